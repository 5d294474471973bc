/*
 * The faults: two processes that each believe to hold a lock; a lock left behind by a killed process,
 * whose process id another process may have by now; and two that find a dead lock at once, of which one
 * removes the lock that the other has just made. A lock therefore names a process by pid *and* start time. It
 * is a file `<path>.<number>`, made by `link`, which makes the name or fails. Finding a dead lock, a process
 * takes the next number and never the same one, so it cannot remove the lock of a faster process; and once it
 * has made its own, it looks again and withdraws if another holder is alive.
 */
import { constants } from 'node:fs';
import { copyFile, link, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { z } from 'zod';
import { fileError, partOf, readTextIfPresent, sweepParts, systemCode, writeFileAtomic } from '../files.ts';
import type { GatehouseError } from '../errors.ts';
import { createPrivateFile } from '../private-file.ts';

export interface ProcessTable {
  /** When that process started, in whatever form the system tells it; null when there is none. */
  startOf(pid: number): Promise<string | null>;
}

const maxLockBytes = 8000;

export interface LockKind<H> {
  /** Numbers are appended to it. */
  readonly path: string;
  /** Null for a lock that cannot be read: a crash of the computer cut it short, so nobody holds it. */
  readonly read: (text: string) => H | null;
  readonly isAlive: (holder: H, path: string) => Promise<boolean>;
  /** The refusal, which names the holder; null where that is not known. */
  readonly busy: (holder: H | null, path: string) => GatehouseError;
  /** Told of each dead holder while its lock is still there, before the new holder begins. */
  readonly inherit?: ((dead: H) => Promise<void>) | undefined;
}

/** `read` of a lock whose holder is written as JSON. */
export function recordReader<H>(schema: z.ZodType<H>): LockKind<H>['read'] {
  return text => {
    try {
      return schema.safeParse(JSON.parse(text)).data ?? null;
    } catch {
      return null;
    }
  };
}

/**
 * A lock that was taken. Somebody may still remove it: by hand, or because they were told that its holder
 * is gone.
 */
export interface HeldLock<H> {
  /** Whether it still exists and is ours. Throws where it cannot be read. */
  isOurs(): Promise<boolean>;
  /** The same, and leaves a sign of life: the time of the file, by the clock of the file server. */
  beat(): Promise<boolean>;
  /** Writes more about the holder, if the lock is still ours. */
  update(own: H): Promise<void>;
  release(): Promise<void>;
}

/** Takes the lock or throws what `busy` says. */
export async function takeLock<H>(kind: LockKind<H>, own: H): Promise<HeldLock<H>> {
  await sweepParts(kind.path);
  const draft = partOf(kind.path);
  const text = textOf(own);
  try {
    await createPrivateFile(draft, text);
  } catch (error) {
    throw fileError('write-failed', 'Cannot write', draft, error);
  }
  try {
    return held(await take(draft, kind), text);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Each sign of life writes the first byte again, so it carries nothing. */
function textOf(holder: unknown): string {
  return `\n${JSON.stringify(holder)}`;
}

function held<H>(path: string, first: string): HeldLock<H> {
  let text = first;
  const isOurs = async (): Promise<boolean> => (await readTextIfPresent(path, maxLockBytes)) === text;
  return {
    isOurs,
    async beat() {
      if (!(await isOurs())) return false;
      const handle = await open(path, constants.O_WRONLY | (constants.O_NOFOLLOW ?? 0));
      try {
        await handle.write('\n', 0);
      } finally {
        await handle.close();
      }
      return true;
    },
    async update(own) {
      if (!(await isOurs())) return;
      const next = textOf(own);
      await writeFileAtomic(path, next);
      text = next;
    },
    async release() {
      // Another process may have its number by now.
      if (await isOurs().catch(() => false)) await rm(path, { force: true });
    },
  };
}

/** The holder and the file that names it; null if nobody holds the lock, or only dead processes do. */
export async function findLock<H>(
  kind: LockKind<H>,
): Promise<{ readonly holder: H; readonly path: string } | null> {
  for (const { held, holder, path } of await locksOf(kind))
    if (held && holder !== null) return { holder, path };
  return null;
}

/** The holder; null if nobody holds the lock, or only dead processes do. */
export async function lockHolder<H>(kind: LockKind<H>): Promise<H | null> {
  return (await findLock(kind))?.holder ?? null;
}

/** Gives a whole file its name, or fails where that is taken. */
async function nameWhole(draft: string, mine: string): Promise<void> {
  try {
    await link(draft, mine);
  } catch (error) {
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(systemCode(error))) throw error;
    // Without hard links (SMB, exFAT) it exists before it is complete. A process that takes it for dead
    // looks again afterwards, and so do we.
    await copyFile(draft, mine, constants.COPYFILE_EXCL);
  }
}

async function take<H>(draft: string, kind: LockKind<H>): Promise<string> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = await locksOf(kind);
    refuseLiving(before, kind);
    const mine = `${kind.path}.${(before.at(-1)?.number ?? 0) + 1}`;
    try {
      await nameWhole(draft, mine);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') continue;
      throw fileError('write-failed', 'Cannot make', mine, error);
    }
    const others = (await locksOf(kind)).filter(lock => lock.path !== mine);
    if (others.some(lock => lock.held)) {
      await rm(mine, { force: true });
      refuseLiving(others, kind);
    }
    for (const { holder, path } of others) {
      if (holder !== null) await kind.inherit?.(holder);
      await rm(path, { force: true });
    }
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
    const text = await readTextIfPresent(join(dirname(path), name), maxLockBytes);
    if (text === null) continue;
    const holder = read(text);
    const held = holder !== null && (await isAlive(holder, join(dirname(path), name)));
    locks.push({ path: join(dirname(path), name), number: Number(name.slice(start.length)), holder, held });
  }
  return locks.sort((left, right) => left.number - right.number);
}

function refuseLiving<H>(locks: readonly Lock<H>[], kind: LockKind<H>): void {
  const living = locks.find(lock => lock.held);
  if (living !== undefined) throw kind.busy(living.holder, living.path);
}
