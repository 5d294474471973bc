import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { LogFile } from '../../../../src/main/core/server/output/log-file.ts';

let folder = '';
let now = 0;
let troubles: unknown[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gh-log-'));
  [now, troubles] = [0, []];
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function logFile(path = join(folder, 'deep', 'er', 'server.log'), maxBytes = 100): LogFile {
  return new LogFile({ path, maxBytes, kept: 2, now: () => now, onTrouble: error => troubles.push(error) });
}

test('written in order, private, in folders that it makes', async () => {
  const log = logFile();
  for (const line of ['one', 'two', 'three']) log.append(line);
  await log.flush();
  const path = join(folder, 'deep', 'er', 'server.log');
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await log.tail(2)).toEqual(['two', 'three']);
});

test('a file that others could read is closed to them', async () => {
  const path = join(folder, 'open.log');
  writeFileSync(path, 'old\n', { mode: 0o644 });
  const log = logFile(path);
  log.append('new');
  await log.flush();
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(await log.tail(5)).toEqual(['old', 'new']);
});

test('bounded: older files move on and the oldest goes; the end is read across them', async () => {
  const log = logFile();
  for (let at = 0; at < 100; at += 1) {
    log.append(`line ${String(at).padStart(3, '0')} ............`);
    await log.flush();
  }
  const files = readdirSync(join(folder, 'deep', 'er'));
  expect(files.sort()).toEqual(['server.log', 'server.log.1', 'server.log.2']);
  for (const file of files) expect(statSync(join(folder, 'deep', 'er', file)).size).toBeLessThanOrEqual(100);
  expect((await log.tail(6)).map(line => line.slice(5, 8))).toEqual([
    '094',
    '095',
    '096',
    '097',
    '098',
    '099',
  ]);
  expect(troubles).toEqual([]);
});

test('a link in its place is not followed', async () => {
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, join(folder, 'link.log'));
  const log = logFile(join(folder, 'link.log'));
  log.append('line');
  await log.flush();
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(troubles).toHaveLength(1);
});

test('a full disk is told once; when there is space again, so is what is missing', async () => {
  const path = join(folder, 'in', 'the-way.log');
  writeFileSync(join(folder, 'in'), 'a file where a folder should be');
  const log = logFile(path);
  for (let at = 0; at < 5; at += 1) {
    log.append(`lost ${at}`);
    await log.flush();
    now += 3000;
  }
  expect(troubles).toHaveLength(1);
  rmSync(join(folder, 'in'));
  mkdirSync(join(folder, 'in'));
  now += 20_000;
  log.append('kept');
  await log.flush();
  expect(troubles).toHaveLength(2);
  expect(troubles[1]).toBe(null);
  expect(readFileSync(path, 'utf8')).toMatch(/^\S+Z gatehouse 5 lines could not be kept here\.\nkept\n$/u);
});

test('a device that is full is told, and nothing is renamed', async () => {
  const log = logFile('/dev/full');
  log.append('line');
  await log.flush();
  expect(troubles).toHaveLength(1);
  expect(String(troubles[0])).toContain('ENOSPC');
});

test('what comes faster than the disk is counted, not hoarded', async () => {
  const log = logFile(undefined, 10_000_000);
  for (let at = 0; at < 100; at += 1) log.append('x'.repeat(65_536));
  await log.flush();
  log.append('next');
  expect((await log.tail(2))[0]?.slice(-60)).toMatch(/8[45] lines could not be kept here\.$/u);
});
