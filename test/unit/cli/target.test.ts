import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { credential, startRequest, type TargetOptions } from '../../../src/main/cli/target.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'target ü '));
  await mkdir(join(cwd, 'my work'));
  await writeFile(join(cwd, 'my work', 'a b.ipynb'), '{}');
});
afterAll(() => rm(cwd, { recursive: true }));

test.each<[string, string | undefined, string[], TargetOptions, object]>([
  ['nothing', undefined, [], {}, { profile: 'jupyter' }],
  ['jupyter', 'jupyter', [], { name: 'n' }, { profile: 'jupyter', name: 'n' }],
  [
    'a kind in a folder',
    'tensorboard',
    [],
    { folder: 'my work' },
    { profile: 'tensorboard', folder: '{cwd}/my work' },
  ],
  ['a kind where the user stands', 'tensorboard', [], {}, { profile: 'tensorboard', folder: '{cwd}' }],
  ['a kind and a folder', 'jupyter', ['my work'], {}, { profile: 'jupyter', folder: '{cwd}/my work' }],
  ['a kind and the folder here', 'marimo', ['.'], {}, { profile: 'marimo', folder: '{cwd}' }],
  [
    'a kind and its file',
    'jupyter',
    ['my work/a b.ipynb'],
    {},
    { profile: 'jupyter', folder: '{cwd}/my work', file: 'a b.ipynb' },
  ],
  ['a folder', 'my work', [], {}, { profile: 'jupyter', folder: '{cwd}/my work' }],
  [
    'a notebook',
    'my work/a b.ipynb',
    [],
    {},
    { profile: 'jupyter', folder: '{cwd}/my work', file: 'a b.ipynb' },
  ],
  [
    'a command',
    undefined,
    ['srv', '{port}'],
    { credential: 'header:X-A', readyPath: '/ok', readySeconds: '2m' },
    {
      profile: 'custom',
      command: ['srv', '{port}'],
      folder: '{cwd}',
      credential: { kind: 'header', name: 'X-A' },
      readyPath: '/ok',
      readySeconds: 120,
    },
  ],
])('%s', async (_name, target, command, options, wanted) => {
  const request = await startRequest(target, command, options, cwd);
  expect(request).toEqual(JSON.parse(JSON.stringify(wanted).replaceAll('{cwd}', cwd)));
});

test.each<[string, string | undefined, string[], TargetOptions, number]>([
  ['no such thing', 'nothere', [], {}, 3],
  ['a target and a command', 'jupyter', ['x', 'y'], {}, 2],
  ['a command option for a kind', 'jupyter', [], { readyPath: '/' }, 2],
  ['custom without a command', 'custom', [], {}, 2],
  ['a credential without a command', undefined, [], { credential: 'none' }, 2],
  ['a credential that is none', undefined, ['x'], { credential: 'magic' }, 2],
])('%s is refused', async (_name, target, command, options, code) => {
  await expect(startRequest(target, command, options, cwd)).rejects.toMatchObject({ exitCode: code });
});

test('a header needs a name', () => expect(() => credential('header:')).toThrow(/not known/));

test.each<[string, string[], TargetOptions, string]>([
  ['jupyter', ['my work/nowhere.ipynb'], {}, 'no-such-file'],
  ['streamlit', ['nowhere.py'], {}, 'no-such-file'],
  ['nowhere.ipynb', [], {}, 'no-such-target'],
  ['my work', [], { folder: '/' }, 'usage'],
])('%s %j %j is refused before anything is asked of its user', async (target, command, options, code) => {
  await expect(startRequest(target, command, options, cwd)).rejects.toMatchObject({ code });
});

test('an editor makes the file that is not there', async () => {
  const request = await startRequest('marimo', ['my work/new.py'], {}, cwd);
  expect(request).toMatchObject({ profile: 'marimo', file: 'new.py' });
});
