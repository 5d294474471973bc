import { randomBytes } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { z } from 'zod';
import { GatehouseError } from '../../errors.ts';
import { systemCode, writeFileAtomic } from '../../files.ts';
import { startOf } from '../../server/processes.ts';

const identity = z.object({ pid: z.int().positive(), start: z.string() });
const shape = z.object({ holder: identity, child: identity.nullable() });
type Content = z.infer<typeof shape>;

export interface SetupLock {
  /** Notes the installer that runs now: it would outlive a core that is killed. */
  note(pid: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * One at a time, also between two cores. A lock whose holder is gone is taken over, and what its installer still does is ended
 * first. Refuses with `setup-busy`.
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
    await moveAway(path, other);
  }
  throw busy(null);
}

async function create(path: string, content: Content): Promise<boolean> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(JSON.stringify(content));
    await file.close();
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Two that find the same stale lock must not delete each other's new one: whoever moved a fresh one puts it back. */
async function moveAway(path: string, stale: Content | null): Promise<void> {
  const aside = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch {
    return;
  }
  if (JSON.stringify(await read(aside)) !== JSON.stringify(stale))
    await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
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
    // It has just ended by itself.
  }
}

function busy(pid: number | null): GatehouseError {
  const by = pid === null ? '' : ` by process ${pid}`;
  return new GatehouseError('setup-busy', `The environment is being made or removed already${by}.`, {
    nextStep: 'Wait until that is done.',
  });
}
