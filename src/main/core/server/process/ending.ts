import { familyOf, type Identity } from './process-family.ts';
import { listProcesses, signal, signalAll, startOf } from './processes.ts';

export interface EndOptions {
  readonly marker: string;
  /** Null when its number may belong to somebody else by now. */
  readonly leader: Identity | null;
  /**
   * What was seen to belong to the run while its leader still lived; children of a leader that is gone cannot
   * be told any more.
   */
  readonly known?: readonly Identity[];
  /** Milliseconds to end in order after TERM. */
  readonly graceful: number;
  /**
   * Milliseconds of KILL until it is given up; a process in the kernel's hands cannot be ended by anybody.
   */
  readonly bound: number;
}

/** What belongs to a run now. */
export async function findFamily(marker: string, leader: Identity | null): Promise<Identity[]> {
  const rows = await listProcesses(marker);
  return familyOf(rows, leader, process.pid).map(({ pid, start }) => ({ pid, start }));
}

/**
 * Ends everything of a run, first in order, then by force, until three looks in a row find nothing: while a
 * process changes its program (execve), its environment cannot be read for a moment. Returns how many are
 * left.
 */
export async function endFamily(options: EndOptions): Promise<number> {
  let family = options.known ?? [];
  // Who belonged to it a look ago still does: its parent, which was all that told, may have ended in between.
  const look = async (): Promise<readonly Identity[]> => {
    const found = await findFamily(options.marker, options.leader);
    const known = await stillThere(family);
    return [...found, ...known.filter(one => found.every(other => other.pid !== one.pid))];
  };
  family = await look();
  if (family.length > 0) {
    await signalAll(family, 'SIGTERM');
    const end = performance.now() + options.graceful;
    for (let pause = 20; family.length > 0 && performance.now() < end; pause = Math.min(200, pause * 1.5)) {
      await wait(pause);
      family = await look();
    }
  }
  const end = performance.now() + options.bound;
  for (let empty = 0; empty < 2 && performance.now() < end;) {
    await signalAll(family, 'SIGKILL');
    if (family.length > 0) await wait(30);
    family = await look();
    empty = family.length === 0 ? empty + 1 : 0;
  }
  return family.length;
}

/**
 * Signals the whole group of a leader that was not yet waited for, so that its number cannot be anybody
 * else's.
 */
export function signalGroup(pid: number, name: 'SIGTERM' | 'SIGKILL'): void {
  if (process.platform === 'win32' || !signal(-pid, name)) signal(pid, name);
}

async function stillThere(known: readonly Identity[]): Promise<Identity[]> {
  const starts = await Promise.all(known.map(one => startOf(one.pid)));
  return known.filter((one, at) => starts[at] === one.start);
}

export function wait(milliseconds: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return new Promise(resolve => {
    const done = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener('abort', done);
  });
}
