import { chmod, mkdir, readFile, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCache, stampOf } from '../../../../src/main/core/profiles/python/cache.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let path = '';
beforeEach(async () => {
  scratch = await scratchFolder();
  path = join(scratch.folder, 'cache/python.json');
});
afterEach(() => scratch.remove());

const works = { kind: 'works', versions: { jupyterlab: '4.6.6' } } as const;

test('what was learnt is there the next time, for the same stamp only, and private', async () => {
  const first = await openCache(path);
  first.set('/env', 'a', works);
  first.set('/slow', 'a', { kind: 'too-slow' });
  await first.save();
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const second = await openCache(path);
  expect(second.get('/env', 'a')).toEqual(works);
  expect(second.get('/env', 'b')).toBeNull();
  expect(second.get('/slow', 'a')).toBeNull();
});

test('what was not asked for any more is forgotten with the next write', async () => {
  const first = await openCache(path);
  first.set('/old', 'a', works);
  await first.save();
  const second = await openCache(path);
  second.set('/new', 'a', { kind: 'broken', reason: 'x' });
  await second.save();
  const third = await openCache(path);
  expect([third.get('/old', 'a'), third.get('/new', 'a')]).toEqual([null, { kind: 'broken', reason: 'x' }]);
});

test.each([
  '',
  '{',
  '[]',
  '{"format":1,"environments":{"/env":{"stamp":"a","result":{"kind":"works","versions":{"a":1}}}}}',
])('a broken file is no file: %s', async text => {
  await mkdir(join(scratch.folder, 'cache'));
  await writeFile(path, text);
  const cache = await openCache(path);
  expect(cache.get('/env', 'a')).toBeNull();
  cache.set('/env', 'a', works);
  await cache.save();
  expect(await readFile(path, 'utf8')).toContain('4.6.6');
});

test('an unwritable place is no error', async () => {
  await writeFile(join(scratch.folder, 'cache'), 'a file where the folder would be');
  const cache = await openCache(path);
  cache.set('/env', 'a', works);
  await expect(cache.save()).resolves.toBeUndefined();
});

test('a stamp changes with the time, the size and the target of a file', async () => {
  const file = join(scratch.folder, 'python');
  const stamps = [await stampOf([file])];
  await writeFile(file, 'one');
  stamps.push(await stampOf([file]));
  await utimes(file, 1, 1);
  stamps.push(await stampOf([file]));
  const link = join(scratch.folder, 'link');
  await symlink(file, link);
  stamps.push(await stampOf([link]));
  await chmod(file, 0o700);
  expect(new Set(stamps).size).toBe(stamps.length);
  expect(await stampOf([link])).toBe(stamps.at(-1));
});
