import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { namedKind, readTarget, targets } from '../../../src/main/shell/start-argument.ts';

test.each([
  [['/usr/bin/gatehouse', 'a.ipynb'], true, ['a.ipynb']],
  [['/usr/bin/gatehouse', '--no-sandbox', '', 'a b.ipynb'], true, ['a b.ipynb']],
  [['electron', '--inspect=0', '.', 'a.ipynb'], false, ['a.ipynb']],
  [['electron', '.', '--no-sandbox'], false, []],
])('%j, packaged %s, names %j', (argv, packaged, wanted) => {
  expect(targets(argv, packaged)).toEqual(wanted);
});

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'start ü '));
  await mkdir(path.join(folder, 'work'));
  await writeFile(path.join(folder, 'work', 'a.ipynb'), '{}');
  await writeFile(path.join(folder, 'work', 'run.exe'), '');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('a folder, a notebook, and what is neither', async () => {
  const work = path.join(folder, 'work');
  expect(await readTarget('work', folder)).toEqual({ profile: 'jupyter', folder: work, file: null });
  expect(await readTarget('work/a.ipynb', folder)).toEqual({
    profile: 'jupyter',
    folder: work,
    file: 'a.ipynb',
  });
  expect(await readTarget('work/run.exe', folder)).toBeNull();
  expect(await readTarget('work/none.ipynb', folder)).toBeNull();
});

test.each([
  [['marimo'], { profile: 'marimo', folder: null, file: null }],
  [['marimo', 'notes/a b.py'], { profile: 'marimo', folder: '/home/notes', file: 'a b.py' }],
  [['Marimo'], null],
  [['../x'], null],
  [['a.ipynb'], null],
  [[], null],
])('%j as a kind of server', (words, wanted) => {
  expect(namedKind(words, '/home')).toEqual(wanted);
});
