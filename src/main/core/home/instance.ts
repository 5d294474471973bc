/*
 * Two cores for one GATEHOUSE_HOME would fight over servers, ports and records: `process-lock.ts` says how
 * only one gets in.
 */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { GatehouseError } from '../errors.ts';
import { recordReader, lockHolder, takeLock, type LockKind, type ProcessTable } from './process-lock.ts';

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

export interface InstanceLock {
  readonly record: CoreRecord;
  release(): Promise<void>;
}

/** Path of the control socket: in the runtime folder, or a named pipe with the folder's hash. */
export function controlSocketPath(runtime: string, platform: NodeJS.Platform): string {
  if (platform !== 'win32') return join(runtime, 'control.sock');
  return `\\\\.\\pipe\\gatehouse-${createHash('sha256').update(runtime).digest('hex').slice(0, 16)}`;
}

/**
 * Path of the file with the control key of the running core (0600, in the runtime folder, new for each run).
 */
export function controlKeyPath(runtime: string): string {
  return join(runtime, 'control.key');
}

/**
 * The core that runs for this runtime folder; null when there is none, or only the leavings of a dead one.
 * @internal for tests of the lock
 */
export function findCore(runtime: string, processes: ProcessTable): Promise<CoreRecord | null> {
  return lockHolder(coreLock(runtime, processes));
}

/**
 * Makes this process the one core of the runtime folder. Throws `core-running`, which says where the other
 * one is.
 */
export async function becomeCore(
  runtime: string,
  own: Omit<CoreRecord, 'started'>,
  processes: ProcessTable,
): Promise<InstanceLock> {
  const started = await processes.startOf(own.pid);
  if (started === null) {
    throw new GatehouseError('no-start-time', 'The system does not tell when this process started.');
  }
  const record = { ...own, started };
  const lock = await takeLock(coreLock(runtime, processes), record);
  return { record, release: () => lock.release() };
}

function coreLock(runtime: string, processes: ProcessTable): LockKind<CoreRecord> {
  return {
    path: join(runtime, 'core.lock'),
    read: recordReader(recordSchema),
    isAlive: async ({ pid, started }) => (await processes.startOf(pid)) === started,
    busy: other => (other === null ? starting() : alreadyRunning(other)),
  };
}

export function starting(): GatehouseError {
  return new GatehouseError('core-running', 'Another Gatehouse is starting for this home.', {
    nextStep: 'Wait a moment and try again.',
  });
}

export function alreadyRunning(other: Pick<CoreRecord, 'version' | 'pid' | 'place'>): GatehouseError {
  return new GatehouseError(
    'core-running',
    `Gatehouse ${other.version} already runs for this home: process ${other.pid}, ${other.place}.`,
    {
      nextStep:
        'Use it with `gatehouse list`, `start` and `stop`, or end it with Ctrl-C there or `gatehouse quit`.',
    },
  );
}
