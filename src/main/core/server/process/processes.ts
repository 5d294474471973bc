/**
 * The attack: another account of the computer writes the marker of a run into the environment of its own
 * program, and a core that may look into every process (root's) takes that for a part of the run: the program
 * is sent the secret of a server whose port it holds. So a marker counts in processes of our own account
 * only.
 */
import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Identity, ProcessRow } from './process-family.ts';
import { listOnWindows } from './processes-windows.ts';

export const markerName = 'GATEHOUSE_RUN';

/** Every process that this account may look at. Rows of processes that end in the meantime are left out. */
export async function listProcesses(marker: string): Promise<ProcessRow[]> {
  if (process.platform === 'win32') return listOnWindows();
  return process.platform === 'linux' ? listByProc(marker) : listByPs(marker);
}

/**
 * When a process started, as an opaque text to compare; null when there is no such process (or only its
 * remains).
 */
export async function startOf(pid: number): Promise<string | null> {
  if (process.platform === 'linux') {
    const row = parseStat(await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => ''), false);
    return row === null || row.zombie ? null : row.start;
  }
  if (process.platform === 'win32')
    return (await listOnWindows()).find(row => row.pid === pid)?.start ?? null;
  const started = await ps(['-o', 'lstart=', '-p', String(pid)]);
  return started.trim() === '' ? null : started.trim();
}

/** Sends a signal; false when nobody is there to receive it. A negative number is a process group. */
export function signal(pid: number, name: 'SIGTERM' | 'SIGKILL'): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

/** Signals exactly these processes: one whose number was taken over by another is left alone. */
export async function signalAll(family: readonly Identity[], name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  for (const { pid, start } of family) {
    // On Windows a look costs half a second; the list that the family comes from is younger than that.
    if (process.platform === 'win32' || (await startOf(pid)) === start) signal(pid, name);
  }
}

async function listByProc(marker: string): Promise<ProcessRow[]> {
  const entry = Buffer.from(`${markerName}=${marker}\0`, 'latin1');
  const pids = (await readdir('/proc')).filter(name => /^\d+$/u.test(name));
  const rows: ProcessRow[] = [];
  // A few at a time: the pool that reads files is shared with everything else in the core.
  for (let at = 0; at < pids.length; at += 16) {
    const some = await Promise.all(
      pids.slice(at, at + 16).map(async pid => {
        const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
        const environment = await readFile(`/proc/${pid}/environ`).catch(() => Buffer.alloc(0));
        return parseStat(stat, hasEntry(environment, entry) && (await isOwn(pid)));
      }),
    );
    rows.push(...some.filter(row => row !== null));
  }
  return rows;
}

/**
 * Whether the real user of a process is ours, which a program with more rights does not change. Not the
 * owner of its files in /proc: a process can make that root (PR_SET_DUMPABLE).
 */
async function isOwn(pid: string): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
  return /^Uid:\t(\d+)/mu.exec(status)?.[1] === String(process.getuid?.());
}

/** Whole entries only: `X_GATEHOUSE_RUN=...` is somebody else's variable. */
export function hasEntry(environment: Buffer, entry: Buffer): boolean {
  const whole =
    environment.length > 0 && environment.at(-1) !== 0
      ? Buffer.concat([environment, Buffer.of(0)])
      : environment;
  for (let at = whole.indexOf(entry); at !== -1; at = whole.indexOf(entry, at + 1)) {
    if (at === 0 || whole[at - 1] === 0) return true;
  }
  return false;
}

/** proc_pid_stat(5). The name stands in brackets and may itself hold brackets, blanks and line ends. */
export function parseStat(text: string, marked: boolean): ProcessRow | null {
  const pid = Number.parseInt(text, 10);
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [state, parent, group, session] = fields;
  const start = fields[19];
  if (!Number.isInteger(pid) || state === undefined || start === undefined) return null;
  return {
    pid,
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    start,
    zombie: state === 'Z' || state === 'X',
    marked,
  };
}

/** macOS and the BSDs. Their session is not a number that could be compared, so the group stands for it. */
async function listByPs(marker: string): Promise<ProcessRow[]> {
  const plain = await ps(['-axo', 'pid=,ppid=,pgid=,state=,lstart=']);
  const withEnvironment = await ps(['-axwwE', '-o', 'pid=,ruid=,command=']);
  const marked = markedOf(withEnvironment, marker, process.getuid?.() ?? -1);
  return plain.split('\n').flatMap(line => parsePs(line, marked) ?? []);
}

/** Lines of number, real user, and command with environment. Pure. */
export function markedOf(lines: string, marker: string, account: number): ReadonlySet<number> {
  return new Set(
    lines.split('\n').flatMap(line => {
      const [, pid, owner] = /^\s*(\d+)\s+(\d+)\s/u.exec(line) ?? [];
      if (pid === undefined || Number(owner) !== account) return [];
      return `${line} `.includes(` ${markerName}=${marker} `) ? [Number(pid)] : [];
    }),
  );
}

export function parsePs(line: string, marked: ReadonlySet<number>): ProcessRow | null {
  const found = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\S.*?)\s*$/u.exec(line);
  const [, pid, parent, group, state, start] = found ?? [];
  if (state === undefined || start === undefined) return null;
  return {
    pid: Number(pid),
    parent: Number(parent),
    group: Number(group),
    session: Number(group),
    start,
    zombie: state.startsWith('Z'),
    marked: marked.has(Number(pid)),
  };
}

/** The guard's shell compares the same texts, so both ask in the same language and time zone. */
async function ps(args: readonly string[]): Promise<string> {
  const options = {
    env: { PATH: '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' },
    maxBuffer: 64 * 1024 * 1024,
    timeout: 5000,
  };
  return promisify(execFile)('ps', [...args], options).then(
    ({ stdout }) => stdout,
    () => '',
  );
}
