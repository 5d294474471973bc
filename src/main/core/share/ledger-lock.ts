/**
 * The fault: two processes with one ledger, each sure that it knows which links are revoked. The lock names a process by pid, start time and computer
 * (a home may be on the network), is taken by `link`, which makes the name or fails, and is only cleared when that process is known to be gone.
 */
import { link, rename, rm, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { GatehouseError } from '../errors.ts';
import { fileError, partOf, readTextIfPresent, sweepParts, systemCode } from '../files.ts';
import type { ProcessTable } from '../instance.ts';

const holderSchema = z.strictObject({ pid: z.int().positive(), started: z.string(), host: z.string() });
type Holder = z.infer<typeof holderSchema>;

export interface LockOwner {
  readonly pid: number;
  readonly host: string;
  readonly processes: ProcessTable;
}

/** Takes `<file>.lock`. Refuses with `ledger-busy`, which says who has it. The answer gives it back. */
export async function lockLedger(file: string, own: LockOwner): Promise<() => Promise<void>> {
  const path = `${file}.lock`;
  const started = await own.processes.startOf(own.pid);
  if (started === null)
    throw new GatehouseError('no-start-time', 'The system does not tell when this process started.');
  await sweepParts(path);
  const draft = partOf(path);
  try {
    const holder: Holder = { pid: own.pid, started, host: own.host };
    await writeFile(draft, JSON.stringify(holder), { mode: 0o600, flag: 'wx' });
  } catch (error) {
    throw fileError('write-failed', 'Cannot write', draft, error);
  }
  try {
    await take(draft, path, own);
  } finally {
    await rm(draft, { force: true });
  }
  return () => rm(path, { force: true });
}

async function take(draft: string, path: string, own: LockOwner): Promise<void> {
  for (let attempt = 0; attempt < 5; attempt++) {
    try {
      return await link(draft, path);
    } catch (error) {
      if (systemCode(error) !== 'EEXIST') throw fileError('write-failed', 'Cannot make', path, error);
    }
    const text = await readTextIfPresent(path, 1000);
    const holder = text === null ? null : read(text);
    if (text !== null && (await isHeld(holder, own))) throw busy(path, holder);
    if (text !== null) await clear(path, own);
  }
  throw busy(path, null);
}

/** A lock that says nothing readable was cut short by a crash of the computer; it is nobody's. */
async function isHeld(holder: Holder | null, own: LockOwner): Promise<boolean> {
  if (holder === null) return false;
  // Nothing can be known of another computer's processes, so its lock counts.
  if (holder.host !== own.host) return true;
  return (await own.processes.startOf(holder.pid)) === holder.started;
}

/** `rename` gives a dead lock to one of several that try; if it was a living one's after all, it goes back. */
async function clear(path: string, own: LockOwner): Promise<void> {
  const moved = partOf(path);
  try {
    await rename(path, moved);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return;
    throw fileError('write-failed', 'Cannot move', path, error);
  }
  const holder = read((await readTextIfPresent(moved, 1000)) ?? '');
  if (await isHeld(holder, own)) await link(moved, path).catch(() => undefined);
  await rm(moved, { force: true });
}

function read(text: string): Holder | null {
  try {
    const parsed = holderSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

function busy(path: string, holder: Holder | null): GatehouseError {
  const who = holder === null ? 'another process' : `process ${holder.pid} on ${holder.host}`;
  return new GatehouseError('ledger-busy', `The share links are in use by ${who}.`, {
    nextStep: `Stop sharing there first; if that is long gone, remove ${path}.`,
  });
}
