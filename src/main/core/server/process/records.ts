import { readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Log } from '../../ports.ts';
import { endFamily } from './ending.ts';
import { removeRunContext } from '../run-context.ts';
import { startOf } from './processes.ts';

const identity = z.object({ pid: z.int().min(2), start: z.string().min(1) });
const runName = /^[0-9a-f]{10}$/u;

/**
 * What is known of a run to a core that has never heard of it. Lies next to the run's folder, made before and
 * removed after it.
 */
const runRecord = z.object({
  name: z.string().regex(runName),
  marker: z.string().regex(/^[0-9a-f]{32}$/u),
  serverId: z.string(),
  /** Which computer, and which of its lives: numbers of processes mean nothing elsewhere. */
  host: z.string(),
  boot: z.string(),
  core: identity,
  server: identity.nullable(),
});

export type RunRecord = z.infer<typeof runRecord>;

export async function recordOf(
  run: Pick<RunRecord, 'name' | 'marker' | 'serverId' | 'server'>,
): Promise<RunRecord> {
  const start = (await startOf(process.pid)) ?? 'unknown';
  return { ...run, ...(await whereAndWhen()), core: { pid: process.pid, start } };
}

/** Whole or not at all: a core that dies in the middle leaves the record of before. */
export async function writeRecord(runRoot: string, record: RunRecord): Promise<void> {
  const path = join(runRoot, `${record.name}.json`);
  const half = `${path}.new`;
  try {
    await writeFile(half, JSON.stringify(record), { mode: 0o600 });
    await rename(half, path);
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

export async function removeRecord(runRoot: string, name: string): Promise<void> {
  await rm(join(runRoot, `${name}.json`), { force: true }).catch(() => undefined);
}

export type Verdict =
  | { readonly kind: 'leave'; readonly reason: 'living-core' | 'other-computer' }
  /** Its processes died with the computer's last life: only the folder is left. */
  | { readonly kind: 'remove' }
  | { readonly kind: 'end' };

/** Pure. A record is stale when its core is gone: the number *and* the start must fit for it to live. */
export function judge(
  record: RunRecord,
  here: { readonly host: string; readonly boot: string; readonly coreStart: string | null },
): Verdict {
  if (record.host !== here.host) return { kind: 'leave', reason: 'other-computer' };
  if (record.boot !== here.boot) return { kind: 'remove' };
  if (record.core.start === here.coreStart) return { kind: 'leave', reason: 'living-core' };
  return { kind: 'end' };
}

/**
 * Ends and removes what a core that died has left behind. A run of a core that lives is never touched. Throws
 * nothing.
 */
export async function cleanStaleRuns(
  runRoot: string,
  log: Log,
): Promise<{ readonly cleaned: number; readonly left: number }> {
  const names = await readdir(runRoot).catch((): string[] => []);
  const here = await whereAndWhen();
  const tally = { cleaned: 0, left: 0 };
  for (const file of names.filter(name => name.endsWith('.json'))) {
    const record = await readRecord(join(runRoot, file));
    if (record === null || `${record.name}.json` !== file) continue;
    const verdict = judge(record, { ...here, coreStart: await startOf(record.core.pid) });
    if (verdict.kind === 'leave') continue;
    const cleaned = await cleanOne(runRoot, record, verdict);
    tally[cleaned ? 'cleaned' : 'left'] += 1;
    const fields = { server: record.serverId, run: record.name, pid: record.server?.pid };
    if (cleaned) log.info('Cleaned up after a Gatehouse that did not exit cleanly.', fields);
    else
      log.warn('Something left by a Gatehouse that did not exit cleanly cannot be ended or removed.', fields);
  }
  await removeUnrecorded(runRoot, names);
  return tally;
}

/** Servers whose run a core that died has left behind, by their id. Only looks. Throws nothing. */
export async function listStaleRuns(runRoot: string): Promise<readonly string[]> {
  const names = await readdir(runRoot).catch((): string[] => []);
  const here = await whereAndWhen();
  const stale: string[] = [];
  for (const file of names.filter(name => name.endsWith('.json'))) {
    const record = await readRecord(join(runRoot, file));
    if (record === null || `${record.name}.json` !== file) continue;
    const verdict = judge(record, { ...here, coreStart: await startOf(record.core.pid) });
    if (verdict.kind !== 'leave') stale.push(record.serverId);
  }
  return stale;
}

async function cleanOne(runRoot: string, record: RunRecord, verdict: Verdict): Promise<boolean> {
  if (verdict.kind === 'end') {
    const { marker, server } = record;
    // The leader's group may be spoken of by its number only while the leader is the one of the record.
    const leader = server !== null && (await startOf(server.pid)) === server.start ? server : null;
    if ((await endFamily({ marker, leader, graceful: 3000, bound: 10_000 })) > 0) return false;
  }
  if (!(await removeRunContext(join(runRoot, record.name)))) return false;
  await removeRecord(runRoot, record.name);
  return true;
}

/**
 * A folder without a record, or half a record, that nobody has touched for a day. Only names that a run could
 * have.
 */
async function removeUnrecorded(runRoot: string, names: readonly string[]): Promise<void> {
  for (const name of names) {
    const run = name.replace(/\.json(?:\.new)?$/u, '');
    if (!runName.test(run) || (name === run && names.includes(`${run}.json`))) continue;
    const path = join(runRoot, name);
    if (name.endsWith('.json') && (await readRecord(path)) !== null) continue;
    const status = await stat(path).catch(() => null);
    if (status !== null && Date.now() - status.mtimeMs > 86_400_000) await removeRunContext(path);
  }
}

async function readRecord(path: string): Promise<RunRecord | null> {
  try {
    return runRecord.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

async function whereAndWhen(): Promise<{ host: string; boot: string }> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'latin1').catch(() => 'unknown');
  return { host: hostname(), boot: boot.trim() };
}
