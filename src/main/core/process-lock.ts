/*
 * The faults: two processes each sure that a thing is theirs alone; a lock left behind by one that was killed, whose process id may be somebody else's by
 * now; and two who find a dead lock at once, of whom one clears away the lock that the other has just made. A lock therefore names a process by pid *and* start
 * time. It is a file `<path>.<number>`, made by `link`, which makes the name or fails. Who finds a dead one takes the next number and never the same, so
 * nobody can clear away the lock of somebody who was faster; and who has made his looks once more, and withdraws where another lives.
 */
import { link, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError, partOf, readTextIfPresent, sweepParts, systemCode } from './files.ts';
import type { GatehouseError } from './errors.ts';

export interface ProcessTable {
  /** When that process started, in whatever form the system tells it; null when there is none. */
  startOf(pid: number): Promise<string | null>;
}

export interface LockKind<H> {
  /** Numbers are put behind it. */
  readonly path: string;
  /** Null for what cannot be read: cut short by a crash of the computer, it is nobody's. */
  readonly read: (text: string) => H | null;
  readonly isAlive: (holder: H) => Promise<boolean>;
  /** The refusal that says who has it; null where that is not known. */
  readonly busy: (holder: H | null, path: string) => GatehouseError;
}

/** Takes the lock or throws what `busy` says. The answer gives it back. */
export async function takeLock<H>(kind: LockKind<H>, own: H): Promise<() => Promise<void>> {
  await sweepParts(kind.path);
  const draft = partOf(kind.path);
  try {
    await writeFile(draft, JSON.stringify(own), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw fileError('write-failed', 'Cannot write', draft, error);
  }
  try {
    const mine = await take(draft, kind);
    return () => rm(mine, { force: true });
  } finally {
    await rm(draft, { force: true });
  }
}

/** Who has it now; null for nobody, or only dead ones. */
export async function lockHolder<H>(kind: LockKind<H>): Promise<H | null> {
  return (await locksOf(kind)).find(lock => lock.held)?.holder ?? null;
}

async function take<H>(draft: string, kind: LockKind<H>): Promise<string> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = await locksOf(kind);
    refuseLiving(before, kind);
    const mine = `${kind.path}.${(before.at(-1)?.number ?? 0) + 1}`;
    try {
      await link(draft, mine);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') continue;
      throw fileError('write-failed', 'Cannot make', mine, error);
    }
    const others = (await locksOf(kind)).filter(lock => lock.path !== mine);
    if (others.some(lock => lock.held)) {
      await rm(mine, { force: true });
      refuseLiving(others, kind);
    }
    for (const dead of others) await rm(dead.path, { force: true });
    return mine;
  }
  throw kind.busy(null, kind.path);
}

interface Lock<H> {
  readonly path: string;
  readonly number: number;
  readonly holder: H | null;
  readonly held: boolean;
}

/** By number. */
async function locksOf<H>({ path, read, isAlive }: LockKind<H>): Promise<readonly Lock<H>[]> {
  const start = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    throw fileError('read-failed', 'Cannot look into', dirname(path), error);
  });
  const locks: Lock<H>[] = [];
  for (const name of names) {
    if (!name.startsWith(start) || !/^[1-9]\d{0,14}$/.test(name.slice(start.length))) continue;
    const text = await readTextIfPresent(join(dirname(path), name), 4000);
    if (text === null) continue;
    const holder = read(text);
    const held = holder !== null && (await isAlive(holder));
    locks.push({ path: join(dirname(path), name), number: Number(name.slice(start.length)), holder, held });
  }
  return locks.sort((left, right) => left.number - right.number);
}

function refuseLiving<H>(locks: readonly Lock<H>[], kind: LockKind<H>): void {
  const living = locks.find(lock => lock.held);
  if (living !== undefined) throw kind.busy(living.holder, living.path);
}
