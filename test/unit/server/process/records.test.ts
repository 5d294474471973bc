import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startOf } from '../../../../src/main/core/server/process/processes.ts';
import {
  cleanStaleRuns,
  judge,
  recordOf,
  removeRecord,
  writeRecord,
  type RunRecord,
} from '../../../../src/main/core/server/process/records.ts';
import { notingLog } from '../../../fakes/supervised.ts';

let root = '';
const name = '0123456789';
const marker = 'deadbeef'.repeat(4);

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh-records-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

async function record(change: Partial<RunRecord> = {}): Promise<RunRecord> {
  return { ...(await recordOf({ name, marker, serverId: 'lab', server: null })), ...change };
}

const gone = { pid: 4_000_000, start: '1' };

test.each<[string, Partial<RunRecord>, string | null, object]>([
  ['of a living core', {}, '7', { kind: 'leave', reason: 'living-core' }],
  ['of a core that is gone', {}, null, { kind: 'end' }],
  ['whose number belongs to another process now', {}, '8', { kind: 'end' }],
  [
    'of another computer with the same home',
    { host: 'other' },
    '7',
    { kind: 'leave', reason: 'other-computer' },
  ],
  ['of before a reboot, number taken or not', { boot: 'b0' }, '7', { kind: 'remove' }],
])('a record %s', async (_name, change, coreStart, verdict) => {
  const made = await record({ host: 'here', boot: 'b1', core: { pid: 5, start: '7' }, ...change });
  expect(judge(made, { host: 'here', boot: 'b1', coreStart })).toEqual(verdict);
});

test('written whole, for the owner only; a living core of its own is left alone', async () => {
  await writeRecord(root, await record());
  mkdirSync(join(root, name));
  expect(readdirSync(root).sort()).toEqual([name, `${name}.json`]);
  expect(statSync(join(root, `${name}.json`)).mode & 0o777).toBe(0o600);
  expect(await cleanStaleRuns(root, notingLog())).toEqual({ cleaned: 0, left: 0 });
  expect(existsSync(join(root, name))).toBe(true);
  await removeRecord(root, name);
  expect(existsSync(join(root, `${name}.json`))).toBe(false);
});

test('what a dead core left is ended and removed; who has only taken its number is not', async () => {
  const child = spawn('/bin/sleep', ['60'], { env: { GATEHOUSE_RUN: marker } });
  const bystander = spawn('/bin/sleep', ['61'], { detached: true });
  await Promise.all([once(child, 'spawn'), once(bystander, 'spawn')]);
  const server = { pid: bystander.pid ?? 0, start: '1' };
  await writeRecord(root, await record({ core: gone, server }));
  mkdirSync(join(root, name));
  writeFileSync(join(root, name, 'secret'), 's');
  const ended = once(child, 'exit');
  const log = notingLog();
  expect(await cleanStaleRuns(root, log)).toEqual({ cleaned: 1, left: 0 });
  await ended;
  expect(await startOf(server.pid)).not.toBe(null);
  expect(readdirSync(root)).toEqual([]);
  expect(log.notes.join()).toContain('Cleaned up');
  const over = once(bystander, 'exit');
  bystander.kill('SIGKILL');
  await over;
});

test.each([
  ['no JSON', '{'],
  ['nothing of ours', '{"pid": 1}'],
  [
    'a way out of the folder',
    JSON.stringify({
      name: '../../etc',
      marker,
      serverId: 'x',
      host: 'h',
      boot: 'b',
      core: gone,
      server: null,
    }),
  ],
  [
    'a name of another record',
    JSON.stringify({
      name: 'aaaaaaaaaa',
      marker,
      serverId: 'x',
      host: 'h',
      boot: 'b',
      core: gone,
      server: null,
    }),
  ],
  [
    'a pid that means everybody',
    JSON.stringify({
      name,
      marker,
      serverId: 'x',
      host: 'h',
      boot: 'b',
      core: gone,
      server: { pid: -1, start: '1' },
    }),
  ],
])('a record with %s is not believed', async (_name, text) => {
  writeFileSync(join(root, `${name}.json`), text);
  expect(await cleanStaleRuns(root, notingLog())).toEqual({ cleaned: 0, left: 0 });
  expect(readdirSync(root)).toEqual([`${name}.json`]);
});

test('folders without a record go after a day, and only those that a run could have made', async () => {
  for (const folder of ['aaaaaaaaaa', 'bbbbbbbbbb', 'documents']) mkdirSync(join(root, folder));
  const old = new Date(Date.now() - 2 * 86_400_000);
  for (const folder of ['aaaaaaaaaa', 'documents']) utimesSync(join(root, folder), old, old);
  await cleanStaleRuns(root, notingLog());
  expect(readdirSync(root).sort()).toEqual(['bbbbbbbbbb', 'documents']);
});

test('no folder at all is nothing to clean', async () => {
  expect(await cleanStaleRuns(join(root, 'nowhere'), notingLog())).toEqual({ cleaned: 0, left: 0 });
});
