/**
 * The fault: two processes with one ledger, each sure that it knows which links are revoked. The lock names a process by pid, start time and computer
 * (a home may be on the network). It is a file `<file>.lock.<number>`, made by `link`, which makes the name or fails. Who finds a dead one takes the next number
 * and never the same, so nobody can clear away the lock of somebody who was faster; and who has made his looks once more, and withdraws where another lives.
 */
import { link, readdir, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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

/** Takes the lock. Refuses with `ledger-busy`, which says who has it. The answer gives it back. */
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
    const mine = await take(draft, path, own);
    return () => rm(mine, { force: true });
  } finally {
    await rm(draft, { force: true });
  }
}

async function take(draft: string, path: string, own: LockOwner): Promise<string> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const before = await locksOf(path, own);
    refuseLiving(before);
    const mine = `${path}.${(before.at(-1)?.number ?? 0) + 1}`;
    try {
      await link(draft, mine);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') continue;
      throw fileError('write-failed', 'Cannot make', mine, error);
    }
    const others = (await locksOf(path, own)).filter(lock => lock.path !== mine);
    if (others.some(lock => lock.held)) {
      await rm(mine, { force: true });
      refuseLiving(others);
    }
    for (const dead of others) await rm(dead.path, { force: true });
    return mine;
  }
  throw busy(path, null);
}

interface Lock {
  readonly path: string;
  readonly number: number;
  readonly holder: Holder | null;
  readonly held: boolean;
}

/** By number. */
async function locksOf(path: string, own: LockOwner): Promise<readonly Lock[]> {
  const start = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    throw fileError('read-failed', 'Cannot look into', dirname(path), error);
  });
  const locks: Lock[] = [];
  for (const name of names) {
    if (!name.startsWith(start) || !/^[1-9]\d{0,14}$/.test(name.slice(start.length))) continue;
    const text = await readTextIfPresent(join(dirname(path), name), 1000);
    if (text === null) continue;
    const holder = read(text);
    const number = Number(name.slice(start.length));
    locks.push({ path: join(dirname(path), name), number, holder, held: await isHeld(holder, own) });
  }
  return locks.sort((left, right) => left.number - right.number);
}

function refuseLiving(locks: readonly Lock[]): void {
  const living = locks.find(lock => lock.held);
  if (living !== undefined) throw busy(living.path, living.holder);
}

/** A lock that says nothing readable was cut short by a crash of the computer; it is nobody's. */
async function isHeld(holder: Holder | null, own: LockOwner): Promise<boolean> {
  if (holder === null) return false;
  // Nothing can be known of another computer's processes, so its lock counts.
  if (holder.host !== own.host) return true;
  return (await own.processes.startOf(holder.pid)) === holder.started;
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
