import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rm, stat } from 'node:fs/promises';
import { z } from 'zod';
import { GatehouseError } from '../../errors.ts';
import { systemCode, writeFileAtomic } from '../../files.ts';
import { createPrivateFile } from '../../private-file.ts';
import { startOf } from '../../server/process/processes.ts';

const identity = z.object({ pid: z.int().positive(), start: z.string() });
const shape = z.object({ holder: identity, child: identity.nullable() });
type Content = z.infer<typeof shape>;

export interface SetupLock {
  /** Notes the installer that runs now: it would outlive a core that is killed. */
  note(pid: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * One at a time, also between two cores. A lock whose holder is gone is taken over, and what its installer
 * still does is ended first. Refuses with `setup-busy`.
 */
export async function takeSetupLock(path: string): Promise<SetupLock> {
  const start = (await startOf(process.pid)) ?? '';
  const holder = { pid: process.pid, start };
  for (let attempt = 0; attempt < 3; attempt++) {
    if (await create(path, { holder, child: null })) {
      return {
        note: async pid => {
          const child = { pid, start: (await startOf(pid)) ?? '' };
          await writeFileAtomic(path, JSON.stringify({ holder, child }));
        },
        release: () => rm(path, { force: true }),
      };
    }
    const other = await read(path);
    if (other !== null && (await isAlive(other.holder))) throw busy(other.holder.pid);
    const child = other?.child ?? null;
    if (child !== null && (await isAlive(child))) endGroup(child.pid);
    await takeAway(path, other);
  }
  throw busy(null);
}

/** There with its content or not at all: half a lock would pass for one that nobody holds. */
async function create(path: string, content: Content): Promise<boolean> {
  const whole = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await createPrivateFile(whole, JSON.stringify(content));
    await link(whole, path);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

/**
 * Of many that find the same stale lock, only the one that has a claim to just this one removes it: anyone
 * who comes later finds that its claim is to the next one's fresh lock, and leaves that alone.
 */
async function takeAway(path: string, stale: Content | null): Promise<void> {
  const text = JSON.stringify(stale);
  const claim = `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 8)}`;
  try {
    await link(path, claim);
  } catch {
    // Its owner may have died on the way. The time is that of the link, not of the lock.
    const made = (await stat(claim).catch(() => null))?.ctimeMs ?? Date.now();
    if (Date.now() - made > 60_000) await rm(claim, { force: true });
    return;
  }
  if (JSON.stringify(await read(claim)) === text) await rm(path, { force: true });
  await rm(claim, { force: true });
}

async function read(path: string): Promise<Content | null> {
  try {
    return shape.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

/** A process number alone is used again sooner or later; with its start it is the same process. */
async function isAlive(process: { readonly pid: number; readonly start: string }): Promise<boolean> {
  return process.start !== '' && (await startOf(process.pid)) === process.start;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just exited on its own.
  }
}

function busy(pid: number | null): GatehouseError {
  const by = pid === null ? '' : ` by process ${pid}`;
  return new GatehouseError('setup-busy', `The environment is already being made or removed${by}.`, {
    nextStep: 'Wait until that is done.',
  });
}
