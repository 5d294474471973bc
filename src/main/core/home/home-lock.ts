/**
 * The fault: two cores, each sure that a home is its own. Each has read what the home remembers, and each
 * writes the whole of it: what the other has added is gone. The lock in the runtime folder did not see it,
 * because the environment says where that folder is, and two computers that share a home each have one. So
 * the lock lies in what it protects, in the folders for state and for data, and names computer, its life,
 * process and start (`computer.ts`). Of a dead process of this computer it is taken over; another computer's
 * never by itself: its owner says so (`gatehouse takeover`). Who has lost the lock is refused each write, and
 * learns it within one sign of life.
 */
import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { thisComputer, whereabouts, type Computer, type Whereabouts } from './computer.ts';
import { GatehouseError } from '../errors.ts';
import { homeInUse, homeLost, type OwnerWords } from './home-errors.ts';
import { alreadyRunning, starting } from './instance.ts';
import type { Paths } from '../paths.ts';
import { recordReader, findLock, takeLock, type HeldLock, type LockKind } from './process-lock.ts';
import { startOf } from '../server/process/processes.ts';

/**
 * Throws `home-lost` or `home-in-use` where this process does not own the home's state. Asked before each
 * write of a whole file.
 */
export type MayWrite = () => Promise<void>;

export type HomeFolders = Pick<Paths, 'state' | 'data'>;

const computerSchema = z.object({
  name: z.string(),
  machine: z.string(),
  boot: z.string(),
  pids: z.string(),
});
const recordSchema = z.object({
  pid: z.int().positive(),
  started: z.string(),
  computer: computerSchema,
  version: z.string(),
  /** Where its control socket and key are; null for a command that only changes something and ends. */
  runtime: z.string().nullable(),
  /** How a person would find it: `in a terminal (gatehouse serve)`. */
  place: z.string(),
});
type OwnerRecord = z.infer<typeof recordSchema>;

/** Who owns a home now. */
export interface HomeOwner extends OwnerWords {
  readonly runtime: string | null;
  readonly where: Exclude<Whereabouts, 'dead'>;
}

export interface HomeHold {
  readonly mayWrite: MayWrite;
  /** Resolves when another process has taken the home: then nothing may be written any more. */
  readonly lost: Promise<void>;
  release(): Promise<void>;
}

/** Milliseconds between two signs of life. */
const beatInterval = 5000;
/**
 * Milliseconds of silence after which a process of this computer that cannot be seen from here is taken for
 * dead.
 */
const silence = 60_000;
/** Milliseconds for which a command that is about to end is waited for. */
const patience = 10_000;

/** Who owns the home; null for nobody. Only looks. */
export async function findOwner(folders: HomeFolders): Promise<HomeOwner | null> {
  const here = await thisComputer();
  for (const folder of lockFolders(folders)) {
    const found = await findLock(lockIn(folder, here)).catch(() => null);
    if (found === null) continue;
    const { holder, path } = found;
    const where = await whereabouts(holder, here);
    if (where !== 'dead') return { ...holder, where, seen: await lastSeen(path) };
  }
  return null;
}

/**
 * Makes this process the owner of the home. Refuses with `core-running` or `home-in-use`, which say who has
 * it.
 *
 * @param own `runtime` null for a command that changes something and ends
 */
export async function takeHome(
  folders: HomeFolders,
  own: Pick<OwnerRecord, 'version' | 'runtime' | 'place'>,
): Promise<HomeHold> {
  const started = await startOf(process.pid);
  if (started === null)
    throw new GatehouseError('no-start-time', 'The system does not tell when this process started.');
  const here = await thisComputer();
  const record = { pid: process.pid, started, computer: here, ...own };
  const locks: HeldLock<OwnerRecord>[] = [];
  try {
    for (const folder of lockFolders(folders)) locks.push(await takePatiently(lockIn(folder, here), record));
  } catch (error) {
    for (const lock of locks) await lock.release();
    throw error;
  }
  return hold(folders, locks);
}

/**
 * Takes the home from whoever has it, on its owner's word. The other one notices, ends its servers and writes
 * nothing more.
 */
export async function clearHome(folders: HomeFolders): Promise<void> {
  const here = await thisComputer();
  for (const folder of lockFolders(folders)) {
    const found = await findLock(lockIn(folder, here));
    if (found !== null) await rm(found.path, { force: true });
  }
}

function hold(folders: HomeFolders, locks: readonly HeldLock<OwnerRecord>[]): HomeHold {
  const lost = Promise.withResolvers<void>();
  const beat = async (): Promise<void> => {
    for (const lock of locks) if (!(await lock.beat())) lost.resolve();
  };
  // A disk that does not answer for a while proves nothing; a write is refused until it does.
  const timer = setInterval(() => void beat().catch(() => undefined), beatInterval).unref();
  return {
    lost: lost.promise,
    async mayWrite() {
      for (const lock of locks) {
        if (await lock.isOurs()) continue;
        lost.resolve();
        throw homeLost(await findOwner(folders));
      }
    },
    async release() {
      clearInterval(timer);
      for (const lock of locks) await lock.release();
    },
  };
}

/**
 * For a process that only looks, and changes something at most: it owns the home from its first write to its
 * end.
 */
export function borrowHome(
  folders: HomeFolders,
  version: string,
): { readonly mayWrite: MayWrite; readonly release: () => Promise<void> } {
  let taken: Promise<HomeHold> | null = null;
  return {
    async mayWrite() {
      taken ??= takeHome(folders, { version, runtime: null, place: 'for one command' });
      const hold = await taken.catch((error: unknown) => {
        taken = null;
        throw error;
      });
      await hold.mayWrite();
    },
    async release() {
      await (await taken?.catch(() => null))?.release();
    },
  };
}

function lockFolders({ state, data }: HomeFolders): readonly string[] {
  return state === data ? [state] : [state, data];
}

async function takePatiently(kind: LockKind<OwnerRecord>, own: OwnerRecord): Promise<HeldLock<OwnerRecord>> {
  const deadline = performance.now() + patience;
  for (;;) {
    try {
      return await takeLock(kind, own);
    } catch (error) {
      const passing = error instanceof GatehouseError && error.code === 'home-busy';
      if (!passing || performance.now() > deadline) throw error;
    }
    await delay(50);
  }
}

function lockIn(folder: string, here: Computer): LockKind<OwnerRecord> {
  return {
    path: join(folder, 'home.lock'),
    read: recordReader(recordSchema),
    async isAlive(holder, path) {
      const where = await whereabouts(holder, here);
      if (where !== 'hidden') return where !== 'dead';
      return Date.now() - ((await lastSeen(path)) ?? 0) < silence;
    },
    busy: (other, path) => refusal(other, path, here),
  };
}

function refusal(other: OwnerRecord | null, path: string, here: Computer): GatehouseError {
  if (other === null) {
    const { message, nextStep } = starting();
    return new GatehouseError('home-busy', message, { nextStep });
  }
  const { name, boot, pids } = other.computer;
  const isHere = name === here.name && boot === here.boot && pids === here.pids;
  if (!isHere) return homeInUse({ ...other, seen: null }, here.name);
  if (other.runtime !== null) return alreadyRunning(other);
  return new GatehouseError('home-busy', `Another command (process ${other.pid}) is changing this home.`, {
    nextStep: `Wait until it has ended; ${path} says which it is.`,
  });
}

/** Milliseconds since the epoch; null where there is no lock any more. */
async function lastSeen(path: string): Promise<number | null> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => null,
  );
}
