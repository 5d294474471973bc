/**
 * The fault: two processes with one ledger, each sure that it knows which links are revoked; see
 * `process-lock.ts`.
 */
import { z } from 'zod';
import { GatehouseError } from '../../errors.ts';
import { recordReader, takeLock, type ProcessTable } from '../../home/process-lock.ts';

/** By pid, start time and computer: a home may be on the network. */
const holderSchema = z.strictObject({ pid: z.int().positive(), started: z.string(), host: z.string() });
type Holder = z.infer<typeof holderSchema>;

export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly processes: ProcessTable;
  /** This process owns the ledger's home, so a lock of another computer was left behind. */
  readonly ownsHome?: boolean | undefined;
}

/** Takes the lock. Refuses with `ledger-busy`, which says who has it. The answer gives it back. */
export async function lockLedger(file: string, own: LockOwner): Promise<() => Promise<void>> {
  const { pid, host, processes } = own;
  const started = await processes.startOf(pid);
  if (started === null)
    throw new GatehouseError('no-start-time', 'The system does not tell when this process started.');
  const isAlive = async (holder: Holder): Promise<boolean> =>
    // Nothing can be known of another computer's processes, so its lock counts.
    holder.host !== host ? own.ownsHome !== true : (await processes.startOf(holder.pid)) === holder.started;
  const lock = await takeLock(
    { path: `${file}.lock`, read: recordReader(holderSchema), isAlive, busy },
    { pid, started, host },
  );
  return () => lock.release();
}

function busy(holder: Holder | null, path: string): GatehouseError {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new GatehouseError('ledger-busy', `The share links are in use by ${who}.`, {
    nextStep: `Stop sharing there first. If that process no longer exists, remove ${path}.`,
  });
}
