import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import { parseLine, ServerLog } from '../../../../src/main/core/server/output/server-log.ts';
import type { LogLine } from '../../../../src/shared/model.ts';
import { notingLog, simpleRedactor } from '../../../fakes/supervised.ts';

let folder = '';
let told: LogLine[] = [];
let logs: ServerLog[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gh-server-log-'));
  [told, logs] = [[], []];
});

afterEach(async () => {
  await Promise.all(logs.map(log => log.flush()));
  rmSync(folder, { recursive: true, force: true });
});

function serverLog(path = join(folder, 'server.log'), log = notingLog()): ServerLog {
  const redactor = simpleRedactor();
  redactor.learn(new Secret('s3cr3t'));
  const made = new ServerLog({
    path,
    maxBytes: 1_000_000,
    kept: 1,
    name: 'Fake',
    redactor,
    clock: () => 0,
    now: () => 0,
    log,
    onLine: line => told.push(line),
  });
  logs.push(made);
  return made;
}

test('told, remembered and written, each without the secret', async () => {
  const log = serverLog();
  log.add('server', 'a s3cr3t');
  const line = { at: '1970-01-01T00:00:00.000Z', from: 'server', text: 'a ***' };
  expect(told).toEqual([line]);
  expect(await log.last(1)).toEqual([line]);
  await log.flush();
  expect(readFileSync(join(folder, 'server.log'), 'utf8')).toBe('1970-01-01T00:00:00.000Z server a ***\n');
});

test('the last lines of a run are its own, and of the server only', () => {
  const log = serverLog();
  log.add('server', 'of the run before');
  log.beginRun();
  log.add('gatehouse', 'starting');
  log.add('server', 'hello');
  expect(log.lastOfRun()).toEqual(['hello']);
});

test('lines of before this core come from the file', async () => {
  const before = serverLog();
  for (let at = 0; at < 5; at += 1) before.add('server', `old ${at}`);
  await before.flush();
  const log = serverLog();
  log.add('gatehouse', 'new');
  expect((await log.last(3)).map(line => line.text)).toEqual(['old 3', 'old 4', 'new']);
  expect((await log.last(1)).map(line => line.text)).toEqual(['new']);
});

test('a log that cannot be written is said to the person and to the log, and the lines at hand stay', async () => {
  const notes = notingLog();
  const log = serverLog('/dev/full', notes);
  log.add('server', 'hello');
  await log.flush();
  expect(notes.notes).toHaveLength(1);
  expect((await log.last(10)).map(line => line.from)).toEqual(['server', 'gatehouse']);
});

test.each(['', 'nonsense', '2026-01-01T00:00:00.000Z stranger text'])('%j is no line of ours', text => {
  expect(parseLine(text)).toBe(null);
});
