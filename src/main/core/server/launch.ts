import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { GatehouseError, systemCode } from '../errors.ts';

export interface Launch {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly folder: string;
  /** Which permissions the files that it makes do not have; as for this process when absent. */
  readonly umask?: number | undefined;
}

export type Child = ChildProcessByStdio<null, Readable, Readable>;

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/**
 * Starts a program: an argv array and no shell, so that nothing in a path or a setting is ever read as a
 * command; in a session and process group of its own, so that it can be ended whole and a terminal's Ctrl-C
 * does not reach it.
 * @throws GatehouseError `not-started` when the system cannot run it
 */
export async function launch({ argv, environment, folder, umask }: Launch): Promise<Child> {
  const [program, ...args] = argv;
  if (program === undefined) throw new GatehouseError('not-started', 'There is no command to start.');
  const child = withUmask(umask, () =>
    spawn(program, args, {
      cwd: folder,
      env: { ...environment },
      detached: process.platform !== 'win32',
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    }),
  );
  try {
    await once(child, 'spawn');
  } catch (cause) {
    throw notStarted(program, folder, cause);
  }
  return child;
}

export function hasEnded(child: Child): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/**
 * What a server, its kernels and terminals write is the user's, and as open as they want it: the folder of a
 * group is closed to nobody. What is ours lies in private folders whatever the mask. `spawn` forks before it
 * returns, so nothing else sees the mask.
 */
function withUmask<T>(umask: number | undefined, work: () => T): T {
  if (umask === undefined) return work();
  const before = process.umask(umask);
  try {
    return work();
  } finally {
    process.umask(before);
  }
}

function notStarted(program: string, folder: string, cause: unknown): GatehouseError {
  const code = systemCode(cause) || String(cause);
  const why: Readonly<Record<string, string>> = {
    ENOENT: `the program or the working folder "${folder}" does not exist`,
    EACCES: 'this account may not run it',
    ENOEXEC: 'it is not a program for this computer',
    E2BIG: 'its arguments are too long',
    EAGAIN: 'this account may not start more processes',
    ENOMEM: 'there is not enough memory',
  };
  return new GatehouseError('not-started', `"${program}" could not be started: ${why[code] ?? code}.`, {
    nextStep: 'Check that the command exists and that the working folder is there.',
    cause,
  });
}
