import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { ProcessRow } from './process-family.ts';

/**
 * Windows has no process groups and shows nobody's environment; what belongs to a server is told by who
 * started whom. Written after the documentation and never run: see the limits in README.
 */
export async function listOnWindows(): Promise<ProcessRow[]> {
  const command =
    'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.CreationDate.ToFileTimeUtc())" }';
  const options = { maxBuffer: 16 * 1024 * 1024, timeout: 15_000, windowsHide: true };
  const { stdout } = await promisify(execFile)(
    'powershell.exe',
    ['-NoProfile', '-NonInteractive', '-Command', command],
    options,
  ).catch(() => ({ stdout: '' }));
  return stdout.split('\n').flatMap(line => parseWindowsRow(line) ?? []);
}

/** `4711 815 133412345678901234`: number, parent, start (100 ns since 1601). */
export function parseWindowsRow(line: string): ProcessRow | null {
  const [, pid, parent, start] = /^\s*(\d+) (\d+) (\d+)\s*$/u.exec(line) ?? [];
  if (pid === undefined || start === undefined) return null;
  const number = Number(pid);
  // Each is its own group, so that a leader is found by its number and the rest by their parents.
  return {
    pid: number,
    parent: Number(parent),
    group: number,
    session: number,
    start,
    zombie: false,
    marked: false,
  };
}
