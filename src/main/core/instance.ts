/*
 * The faults: two cores for one GATEHOUSE_HOME would fight over servers, ports and records; a core that was killed leaves its
 * lock behind, and its process id may belong to somebody else by now. A lock is therefore a pid *and* a start time, taken by
 * `link`, which either makes the name or fails, and never by look-then-write.
 */
import { createHash, randomBytes } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { GatehouseError } from './errors.ts';
import { fileError, systemCode } from './files.ts';

/** What a running core leaves in its runtime folder for those who look for it. */
const recordSchema = z.object({
  pid: z.int().positive(),
  /** Of that process, as the system tells it; with the pid it names one process for ever. */
  started: z.string(),
  version: z.string(),
  /** Path of the control socket. */
  socket: z.string(),
  /** How a person would find it: `in a terminal (gatehouse serve)`. */
  place: z.string(),
});

export type CoreRecord = z.infer<typeof recordSchema>;

export interface ProcessTable {
  /** When that process started, in whatever form the system tells it; null when there is none. */
  startOf(pid: number): Promise<string | null>;
}

export interface InstanceLock {
  readonly record: CoreRecord;
  release(): Promise<void>;
}

const lockName = 'core.json';

/** Path of the control socket: in the runtime folder, or a named pipe with the folder's hash. */
export function controlSocketPath(runtime: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return join(runtime, 'control.sock');
  return `\\\\.\\pipe\\gatehouse-${createHash('sha256').update(runtime).digest('hex').slice(0, 16)}`;
}

/** Path of the file with the control key of the running core (0600, in the runtime folder, new for each run). */
export function controlKeyPath(runtime: string): string {
  return join(runtime, 'control.key');
}

/** The core that runs for this runtime folder; null when there is none, or only the leavings of a dead one. */
export async function findCore(runtime: string, processes: ProcessTable): Promise<CoreRecord | null> {
  const record = await readRecord(join(runtime, lockName));
  if (record === null) return null;
  return (await processes.startOf(record.pid)) === record.started ? record : null;
}

/** Makes this process the one core of the runtime folder. Throws `core-running`, which says where the other one is. */
export async function becomeCore(
  runtime: string,
  own: Omit<CoreRecord, 'started'>,
  processes: ProcessTable,
): Promise<InstanceLock> {
  const started = await processes.startOf(own.pid);
  if (started === null)
    throw new GatehouseError('no-start-time', 'The system does not tell when this process started.');
  const record = { ...own, started };
  const path = join(runtime, lockName);
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(draft, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw fileError('home-unwritable', 'Cannot write', draft, error);
  }
  try {
    await takeName(draft, path, runtime, processes);
  } finally {
    await unlink(draft).catch(() => {});
  }
  return { record, release: () => unlink(path).catch(() => {}) };
}

async function takeName(
  draft: string,
  path: string,
  runtime: string,
  processes: ProcessTable,
): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt += 1) {
    try {
      return await link(draft, path);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw fileError('home-unwritable', 'Cannot make', path, error);
    }
    const other = await findCore(runtime, processes);
    if (other !== null) throw alreadyRunning(other);
    await clearStale(path, processes);
  }
  throw new GatehouseError('core-running', 'Another Gatehouse is starting for this home.', {
    nextStep: 'Wait a moment and try again.',
  });
}

/** Moves a dead core's lock away. `rename` gives it to one of several that try; if it was a living one's after all, it goes back. */
async function clearStale(path: string, processes: ProcessTable): Promise<void> {
  const aside = `${path}.stale-${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw fileError('home-unwritable', 'Cannot move', path, error);
  }
  const moved = await readRecord(aside);
  if (moved !== null && (await processes.startOf(moved.pid)) === moved.started)
    await link(aside, path).catch(() => {});
  await unlink(aside).catch(() => {});
}

async function readRecord(path: string): Promise<CoreRecord | null> {
  try {
    const parsed = recordSchema.safeParse(JSON.parse(await readFile(path, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function alreadyRunning(other: CoreRecord): GatehouseError {
  return new GatehouseError(
    'core-running',
    `Gatehouse ${other.version} already runs for this home: process ${other.pid}, ${other.place}.`,
    {
      nextStep:
        'Use it with `gatehouse list`, `start` and `stop`, or end it with Ctrl-C there or `gatehouse quit`.',
    },
  );
}
