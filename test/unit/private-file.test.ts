import { lstat, mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createPrivateFile,
  createPrivateFileSync,
  recreatePrivateFile,
} from '../../src/main/core/private-file.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-private-'));
});

afterEach(() => rm(folder, { recursive: true }));

test('a new file is private from the first moment, whatever the umask', async () => {
  const before = process.umask(0);
  try {
    await createPrivateFile(join(folder, 'secret'), 'word');
    createPrivateFileSync(join(folder, 'other'), 'word');
  } finally {
    process.umask(before);
  }
  for (const name of ['secret', 'other']) expect((await stat(join(folder, name))).mode & 0o777).toBe(0o600);
});

test('attack: a file that is there already is neither filled nor kept open to its maker', async () => {
  const path = join(folder, 'secret');
  await writeFile(path, 'planted', { mode: 0o666 });
  await expect(createPrivateFile(path, 'word')).rejects.toMatchObject({ code: 'EEXIST' });
  expect(() => createPrivateFileSync(path, 'word')).toThrow('EEXIST');
  expect(await readFile(path, 'utf8')).toBe('planted');
  await recreatePrivateFile(path, 'word');
  expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test('attack: a planted link does not lead the secret to another file', async () => {
  const path = join(folder, 'secret');
  const target = join(folder, 'target');
  await symlink(target, path);
  await expect(createPrivateFile(path, 'word')).rejects.toMatchObject({ code: 'EEXIST' });
  await writeFile(target, 'theirs');
  await recreatePrivateFile(path, 'word');
  expect(await readFile(target, 'utf8')).toBe('theirs');
  expect((await lstat(path)).isSymbolicLink()).toBe(false);
});
