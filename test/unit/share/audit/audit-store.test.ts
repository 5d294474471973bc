import { appendFile, chmod, readFile, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { memoryStore } from '../../../../src/main/core/vault/memory-store.ts';
import { AuditBench, auditKey, refused } from '../../../support/audit.ts';

const bench = new AuditBench();

test('files are full at their size, the oldest goes, and the chain goes on through all of them', async () => {
  const audit = bench.opened({ maxBytes: 1000, kept: 2 });
  for (let index = 0; index < 20; index++) await audit.record(refused(`number ${index}`));
  const names = (await readdir(bench.folder)).filter(name => name.endsWith('.jsonl')).sort();
  expect(names).toHaveLength(3);
  expect(names.at(-1)).toBe('audit.jsonl');
  for (const name of names) expect((await stat(join(bench.folder, name))).size).toBeLessThanOrEqual(1000);
  expect(await audit.verify()).toMatchObject({ whole: true });
  await audit.close();
  const again = bench.opened({ maxBytes: 1000, kept: 2 });
  await again.record(refused('after'));
  expect(await again.verify()).toMatchObject({ whole: true });
  await rm(join(bench.folder, names[0] ?? ''));
  expect(await again.verify()).toMatchObject({ whole: false, reason: 'beginning-missing' });
});

test('the chain goes on after a restart', async () => {
  await bench.opened().record(refused('first'));
  const again = bench.opened();
  await again.record(refused('second'));
  expect((await bench.lines()).map(line => line['n'])).toEqual([1, 2, 3]);
  expect(await again.verify()).toEqual({ whole: true, lines: 3 });
});

test.each([
  ['half a line', '{"n":3,"at":"20'],
  ['half a line and its marker, cut again', '{"n":3,"at":"20\n{"n":3,"ev'],
  ['half a line that was closed', '{"n":3,"at":"20\n'],
  ['half a character', Buffer.from([0x7b, 0xc3])],
])('%s left by a crash is marked and chained over', async (_name, piece) => {
  await bench.opened().record(refused('first'));
  await appendFile(bench.file, piece);
  const again = bench.opened();
  await again.record(refused('second'));
  expect((await bench.lines()).map(line => line['event']).slice(-2)).toEqual(['torn', 'refused']);
  expect(await again.verify()).toEqual({ whole: true, lines: 4 });
});

test('a whole line that only lacks its end is taken for what it is', async () => {
  await bench.opened().record(refused('first'));
  await writeFile(bench.file, (await readFile(bench.file, 'utf8')).trimEnd());
  const again = bench.opened();
  await again.record(refused('second'));
  expect(await again.verify()).toEqual({ whole: true, lines: 3 });
});

test('attack: an end that is cut off shows, before and after the log goes on', async () => {
  const audit = bench.opened();
  for (const reason of ['a', 'b', 'c']) await audit.record(refused(reason));
  const text = await readFile(bench.file, 'utf8');
  await writeFile(bench.file, text.split('\n').slice(0, 2).join('\n') + '\n');
  expect(await audit.verify()).toMatchObject({ whole: false, line: 3, reason: 'cut' });
  const again = bench.opened();
  await again.record(refused('d'));
  expect((await bench.lines())[2]).toMatchObject({ event: 'cut-found', expected: 4, found: 2, n: 5 });
  expect(await again.verify()).toMatchObject({ whole: false, line: 3, reason: 'cut' });
});

test('attack: an old log with its old count, both put back: the keychain knows better', async () => {
  const audit = bench.opened();
  await audit.record(refused('a'));
  const [log, head] = [await readFile(bench.file), await readFile(join(bench.root, 'audit.head'))];
  await audit.record({ event: 'listener-off', server: 'thesis', reason: 'stopped' });
  await audit.close();
  await writeFile(bench.file, log);
  await writeFile(join(bench.root, 'audit.head'), head);
  expect(await bench.opened().verify()).toMatchObject({ whole: false, reason: 'cut' });
});

test('attack: the whole log removed, with or without its count', async () => {
  const audit = bench.opened();
  await audit.record(refused('a'));
  await audit.close();
  await rm(bench.file);
  expect(await audit.verify()).toMatchObject({ whole: false, reason: 'cut' });
  await rm(join(bench.root, 'audit.head'));
  expect(await audit.verify()).toMatchObject({ whole: false, reason: 'cut' });
  const again = bench.opened();
  await again.record(refused('b'));
  expect(await again.verify()).toMatchObject({ whole: false, reason: 'cut' });
});

test('the log of another key is put aside and a new one begins', async () => {
  await bench.opened().record(refused('a'));
  const other = bench.opened({ keys: [auditKey('another')], secretStore: memoryStore('Another run.') });
  await other.record(refused('b'));
  expect((await readdir(bench.folder)).filter(name => name.startsWith('foreign-'))).toHaveLength(1);
  expect(await other.verify()).toEqual({ whole: true, lines: 2 });
});

test('attack: a link in the place of the log is not followed', async () => {
  await writeFile(join(bench.root, 'precious'), 'kept');
  await chmod(join(bench.root, 'precious'), 0o644);
  await symlink(join(bench.root, 'precious'), bench.file);
  await bench.opened().record(refused('a'));
  expect(await readFile(join(bench.root, 'precious'), 'utf8')).toBe('kept');
});
