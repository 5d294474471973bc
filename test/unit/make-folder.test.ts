import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeFolder } from '../../src/main/core/make-folder.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh-folder-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

test('with its parents, private, once or again', async () => {
  const path = join(root, 'one', 'two', 'three');
  await makeFolder(path);
  await makeFolder(path);
  expect([path, join(root, 'one')].map(folder => statSync(folder).mode & 0o777)).toEqual([0o700, 0o700]);
});

test.each([
  ['a file is in the way', () => join(root, 'file', 'deeper')],
  ['the file system refuses and says there is no such file', () => '/proc/1/gatehouse'],
  ['the parent is a device', () => '/dev/null/gatehouse/run'],
])('an error, and soon, where %s', async (_name, path) => {
  writeFileSync(join(root, 'file'), '');
  await expect(makeFolder(path())).rejects.toThrow(/ENOTDIR|ENOENT|EEXIST/u);
});
