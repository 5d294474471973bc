import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  realpath,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openTrustedFolders, type TrustedFolders } from '../../../src/main/core/folders/trusted-folders.ts';
import { silentLog } from '../../support/fake-ports.ts';

const uid = process.getuid?.() ?? null;
let root: string;
let set: string[];
let warnings: string[];

beforeEach(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'trusted-')));
  set = [];
  warnings = [];
  for (const name of ['state', 'home', 'home/Downloads', 'lab', 'lab/a', 'lab-evil'])
    await mkdir(join(root, name));
});
afterEach(() => rm(root, { recursive: true, force: true }));

function open(): TrustedFolders {
  return openTrustedFolders({
    stateFolder: join(root, 'state'),
    home: join(root, 'home'),
    uid,
    bySetting: () => set,
    log: { ...silentLog, warn: message => void warnings.push(message) },
  });
}

const at = (name: string) => join(root, name);
const trusted = async (name: string) => (await open().look(at(name))).trusted;

test('an answer is remembered, in a private file, for the folder and what is below', async () => {
  expect(await trusted('lab')).toBe(false);
  await open().answer(at('lab'), true);
  const names = ['lab', 'lab/', 'lab/a', 'lab/a/..', 'lab/../lab-evil', 'lab-evil', 'home', '.'];
  const seen = await Promise.all(names.map(async name => [name, await trusted(name)]));
  expect(Object.fromEntries(seen)).toEqual({
    lab: true,
    'lab/': true,
    'lab/a': true,
    'lab/a/..': true,
    'lab/../lab-evil': false,
    'lab-evil': false,
    home: false,
    '.': false,
  });
  expect((await stat(at('state/trusted-folders.json'))).mode & 0o077).toBe(0);
});

test('links count for nothing: what they lead to is judged, when it is opened', async () => {
  await symlink(at('lab'), at('link'));
  await symlink(at('lab-evil'), at('lab/out'));
  expect((await open().answer(at('link'), true)).path).toBe(at('lab'));
  expect([await trusted('link'), await trusted('lab/out')]).toEqual([true, false]);
  await rm(at('link'));
  await symlink(at('lab-evil'), at('link'));
  expect(await trusted('link')).toBe(false);
});

test('trust in the home folder is not trust in the downloads', async () => {
  await open().answer(at('home'), true);
  expect([await trusted('home'), await trusted('home/Downloads')]).toEqual([true, false]);
  expect((await open().look(at('home'))).isHome).toBe(true);
  await open().answer(at('home/Downloads'), true);
  expect(await trusted('home/Downloads')).toBe(true);
});

test('what everybody can fill or replace is not trusted, and cannot be', async () => {
  await open().answer(at('lab'), true);
  await chmod(at('lab/a'), 0o777);
  expect([await trusted('lab'), await trusted('lab/a')]).toEqual([true, false]);
  await expect(open().answer(at('lab/a'), true)).rejects.toMatchObject({
    code: 'folder-open-to-others',
    kind: 'refused',
  });
  await chmod(root, 0o777);
  expect((await open().look(at('lab'))).verdict).toBe('open-to-others');
  // As /tmp: others may make folders in it, and rename only their own.
  await chmod(root, 0o1777);
  expect(await trusted('lab')).toBe(true);
});

test.skipIf(uid !== 0)('attack: who owns the folder above can put another one in its place', async () => {
  await open().answer(at('lab'), true);
  await chown(root, 12_345, 12_345);
  expect((await open().look(at('lab'))).verdict).toBe('open-to-others');
  await expect(open().answer(at('lab'), true)).rejects.toMatchObject({
    code: 'folder-open-to-others',
    message: expect.stringContaining(`${root} belongs to another account`),
  });
  // Its own folder is another matter: who wrote the files is what the question is about.
  await chown(at('lab'), 12_345, 12_345);
  await open().answer(at('lab'), true);
  expect(await trusted('lab')).toBe(true);
});

test('what was said is forgotten, also of a folder that is gone', async () => {
  for (const name of ['lab', 'lab/a', 'home/Downloads']) await open().answer(at(name), true);
  await rm(at('home/Downloads'), { recursive: true });
  expect((await open().list()).map(({ path, verdict }) => [relative(root, path), verdict])).toEqual([
    ['home/Downloads', 'gone'],
    ['lab', 'trusted'],
    ['lab/a', 'trusted'],
  ]);
  expect(await open().forget(at('home/Downloads'))).toMatchObject({ verdict: 'gone', by: null });
  expect(await open().forget(at('lab/a'))).toMatchObject({ trusted: true, by: at('lab') });
  expect(await open().forget(at('lab'))).toMatchObject({ verdict: 'unknown', by: null });
  expect(await open().list()).toEqual([]);
  set = [at('lab')];
  await expect(open().forget(at('lab'))).rejects.toMatchObject({
    code: 'no-answer',
    kind: 'not-found',
    nextStep: expect.stringContaining('folders.trusted'),
  });
});

test('a setting names folders, a no of the owner takes one out', async () => {
  set = [at('lab'), at('nowhere')];
  expect(await trusted('lab/a')).toBe(true);
  await open().answer(at('lab/a'), false);
  expect([await trusted('lab'), await trusted('lab/a')]).toEqual([true, false]);
  expect((await open().list()).map(({ path, verdict }) => [relative(root, path), verdict])).toEqual([
    ['lab', 'trusted'],
    ['lab/a', 'refused'],
  ]);
});

test('two processes that answer at once lose nothing of each other', async () => {
  const [one, two] = [open(), open()];
  await one.answer(at('lab'), true);
  await two.answer(at('lab-evil'), false);
  await one.answer(at('home'), true);
  expect((await two.list()).map(({ path, trusted }) => [relative(root, path), trusted])).toEqual([
    ['home', true],
    ['lab', true],
    ['lab-evil', false],
  ]);
});

test('what is not a folder is not found', async () => {
  await writeFile(at('file'), '');
  for (const name of ['file', 'nowhere'])
    await expect(open().answer(at(name), true)).rejects.toMatchObject({ code: 'no-such-folder' });
  expect(await trusted('file')).toBe(false);
});

test.each(['', '{', '{"a":1}'])('a file that reads %j trusts nothing, and is kept aside', async text => {
  await writeFile(at('state/trusted-folders.json'), text);
  expect(await trusted('lab')).toBe(false);
  const [aside = ''] = await readdir(at('state'));
  expect(await readFile(join(at('state'), aside), 'utf8')).toBe(text);
  expect(warnings).not.toEqual([]);
  // Its owner hears of it until they have taken the file away.
  expect(await open().warnings()).toEqual([expect.stringContaining(aside)]);
  await rm(at(`state/${aside}`));
  expect(await open().warnings()).toEqual([]);
});

test('one entry that cannot be read does not cost the others', async () => {
  const entries = [
    { path: at('lab'), trusted: 'yes' },
    { path: at('lab-evil'), trusted: true, owner: uid },
  ];
  await writeFile(at('state/trusted-folders.json'), JSON.stringify(entries));
  expect([await trusted('lab'), await trusted('lab-evil')]).toEqual([false, true]);
});
