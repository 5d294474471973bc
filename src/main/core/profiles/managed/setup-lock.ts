/** One setup of an environment at a time, also between two cores; see `process-lock.ts`. */
import { z } from 'zod';
import { GatehouseError } from '../../errors.ts';
import { recordReader, takeLock } from '../../home/process-lock.ts';
import { startOf } from '../../server/process/processes.ts';

const processSchema = z.object({ pid: z.int().positive(), start: z.string() });
const recordSchema = z.object({ holder: processSchema, child: processSchema.nullable() });
type Process = z.infer<typeof processSchema>;

export interface SetupLock {
  /** Notes the installer that runs now: it would outlive a core that is killed. */
  note(pid: number): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes over a lock whose holder is gone, and first ends the installer that this holder left behind. Refuses
 * with `setup-busy`.
 */
export async function takeSetupLock(path: string): Promise<SetupLock> {
  const holder = { pid: process.pid, start: (await startOf(process.pid)) ?? '' };
  const lock = await takeLock<z.infer<typeof recordSchema>>(
    {
      path,
      read: recordReader(recordSchema),
      isAlive: record => isAlive(record.holder),
      busy: record => busy(record?.holder.pid ?? null),
      inherit: async ({ child }) => {
        if (child !== null && (await isAlive(child))) endGroup(child.pid);
      },
    },
    { holder, child: null },
  );
  return {
    note: async pid => lock.update({ holder, child: { pid, start: (await startOf(pid)) ?? '' } }),
    release: () => lock.release(),
  };
}

/** A process id alone is used again sooner or later; with its start time it names one process. */
async function isAlive({ pid, start }: Process): Promise<boolean> {
  return start !== '' && (await startOf(pid)) === start;
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}

function busy(pid: number | null): GatehouseError {
  const by = pid === null ? '' : ` by process ${pid}`;
  return new GatehouseError('setup-busy', `The environment is already being made or removed${by}.`, {
    nextStep: 'Wait until that is done.',
  });
}
