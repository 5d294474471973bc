import { mkdtemp, open, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  append,
  fullFiles,
  putAllAside,
  readFiles,
  removeFile,
  turnOver,
} from '../../../../src/main/core/share/audit/audit-files.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit files ü '));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('lines are appended to a private file, also to one that was open to others', async () => {
  await writeFile(join(folder, 'audit.jsonl'), 'a\n', { mode: 0o644 });
  expect(await append(folder, 'é\n', { open })).toBe(5);
  expect(await readFile(join(folder, 'audit.jsonl'), 'utf8')).toBe('a\né\n');
  expect((await stat(join(folder, 'audit.jsonl'))).mode & 0o777).toBe(0o600);
});

test('full files are numbered on, whatever went before them, and nothing else is looked at', async () => {
  await writeFile(join(folder, 'audit.000041.jsonl'), 'old\n');
  for (const name of ['audit.1.jsonl', 'audit.jsonl.bak', 'foreign-x-audit.jsonl']) {
    await writeFile(join(folder, name), 'no\n');
  }
  await append(folder, 'new\n', { open });
  await turnOver(folder);
  expect(await fullFiles(folder)).toEqual(['audit.000041.jsonl', 'audit.000042.jsonl']);
  await append(folder, 'newest\n', { open });
  expect((await readFiles(folder)).map(file => file.text)).toEqual(['old\n', 'new\n', 'newest\n']);
  await removeFile(folder, 'audit.000041.jsonl');
  expect(await fullFiles(folder)).toEqual(['audit.000042.jsonl']);
});

test('put aside, they are kept and not looked at any more', async () => {
  await append(folder, 'a\n', { open });
  await turnOver(folder);
  await append(folder, 'b\n', { open });
  await putAllAside(folder, 'then');
  expect(await readFiles(folder)).toEqual([]);
  expect(await readdir(folder)).toHaveLength(2);
});

test('a folder that is not there has no files', async () => {
  expect(await readFiles(join(folder, 'none'))).toEqual([]);
});
