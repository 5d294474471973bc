import { createHash } from 'node:crypto';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  candidatePlaces,
  environmentOf,
  withoutDuplicates,
} from '../../../../src/main/core/profiles/python/candidate-environments.ts';
import { namedOrigin } from '../../../../src/shared/model.ts';
import { fakeEnvironment, scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

async function look(environment: Record<string, string> = {}, folder?: string) {
  const home = scratch.folder;
  const managed = join(home, 'managed');
  const candidates = await candidatePlaces({ environment, home, managed, folder, platform: 'linux' });
  const real = await withoutDuplicates(candidates, 'linux');
  return real
    .filter(candidate => candidate.location.startsWith(home))
    .map(({ location, origin }) => [location.slice(home.length + 1), origin]);
}

test('every place where environments are kept, what the user chose first', async () => {
  const home = scratch.folder;
  const places = [
    'work/.venv',
    'active',
    'miniconda3/envs/thesis',
    'path env',
    'managed',
    'conda list/x',
    '.pyenv/versions/3.12.1',
    '.pyenv/versions/3.12.1/envs/nested',
    '.local/share/pipx/venvs/jupyterlab',
    '.local/share/uv/tools/jupyterlab',
    'workon/numerics',
  ];
  for (const context of places) await fakeEnvironment(join(home, context));
  await mkdir(join(home, '.conda'));
  await writeFile(join(home, '.conda/environments.txt'), `${join(home, 'conda list/x')}\n\n/nowhere\n`);
  const environment = {
    PATH: `${join(home, 'path env/bin')}:${join(home, '.pyenv/shims')}:relative`,
    VIRTUAL_ENV: join(home, 'active'),
    CONDA_PREFIX: join(home, 'miniconda3/envs/thesis'),
    WORKON_HOME: join(home, 'workon'),
  };
  expect(await look(environment, join(home, 'work'))).toEqual([
    ['active', 'VIRTUAL_ENV'],
    ['miniconda3/envs/thesis', 'conda: thesis'],
    ['path env', 'PATH'],
    ['managed', 'made by Gatehouse'],
    ['conda list/x', 'conda: base'],
    ['miniconda3', 'conda: base'],
    ['.pyenv/versions/3.12.1', 'pyenv: 3.12.1'],
    ['.local/share/pipx/venvs/jupyterlab', 'pipx: jupyterlab'],
    ['.local/share/uv/tools/jupyterlab', 'uv tool: jupyterlab'],
    ['workon/numerics', 'virtualenvwrapper: numerics'],
    ['.pyenv/versions/3.12.1/envs/nested', 'pyenv: nested'],
    // Whoever made the folder chose it, not the user: it comes last.
    ['work/.venv', `.venv in ${join(home, 'work')}`],
  ]);
});

test('a link to an environment is the environment, and what the user chose names it', async () => {
  await fakeEnvironment(join(scratch.folder, 'real'));
  await mkdir(join(scratch.folder, '.virtualenvs'));
  await symlink(join(scratch.folder, 'real'), join(scratch.folder, '.virtualenvs/again'));
  expect(await look({ VIRTUAL_ENV: join(scratch.folder, 'real') })).toEqual([['real', 'VIRTUAL_ENV']]);
});

test('a program on PATH leads to the environment that its first line names', async () => {
  const bin = join(scratch.folder, 'bin');
  await fakeEnvironment(join(scratch.folder, 'a b/env'));
  await fakeEnvironment(join(scratch.folder, 'plain'));
  await mkdir(bin);
  const python = join(scratch.folder, 'a b/env/bin/python');
  await writeFile(join(bin, 'jupyter-lab'), `#!/bin/sh\n'''exec' "${python}" "$0" "$@"\n' '''\nimport sys\n`);
  await writeFile(join(bin, 'jupyter-server'), `#!${join(scratch.folder, 'plain/bin/python')}\nimport sys\n`);
  expect(await look({ PATH: bin })).toEqual([
    ['a b/env', 'PATH: jupyter-lab'],
    ['plain', 'PATH: jupyter-server'],
  ]);
});

test('half made, the managed environment counts as none', async () => {
  await fakeEnvironment(join(scratch.folder, 'managed'));
  expect(await look()).toEqual([['managed', 'made by Gatehouse']]);
  await writeFile(join(scratch.folder, 'managed.incomplete'), '');
  expect(await look()).toEqual([]);
});

test('an interpreter belongs to the virtual environment that it was found in, or to where it really is', async () => {
  const base = await fakeEnvironment(join(scratch.folder, 'base'), { virtual: false });
  await mkdir(join(scratch.folder, '.local/bin'), { recursive: true });
  await symlink(join(base, 'bin/python'), join(scratch.folder, '.local/bin/python3'));
  expect(await environmentOf(join(scratch.folder, '.local/bin/python3'), 'linux')).toBe(base);
  const virtual = await fakeEnvironment(join(scratch.folder, 'virtual'), { interpreter: null });
  await symlink(join(base, 'bin/python'), join(virtual, 'bin/python'));
  expect(await environmentOf(join(virtual, 'bin/python'), 'linux')).toBe(virtual);
  expect(await environmentOf(join(scratch.folder, 'nowhere/bin/python'), 'linux')).toBeNull();
});

const python = (home: string, context: string) => fakeEnvironment(join(home, context));

test.each([
  ['.asdf/installs/python/3.12.1', 'asdf: 3.12.1'],
  ['.local/share/mise/installs/python/3.12.1', 'mise: 3.12.1'],
  ['.local/share/virtualenvs/work-AbCd1234', 'pipenv: work-AbCd1234'],
  ['.cache/pypoetry/virtualenvs/work-x-py3.12', 'poetry: work-x-py3.12'],
  ['Library/Caches/pypoetry/virtualenvs/work-x-py3.12', 'poetry: work-x-py3.12'],
  ['.local/share/hatch/env/virtual/work/AbCd1234/docs', 'hatch: work docs'],
  ['.pixi/envs/lab', 'pixi: lab'],
  ['.local/share/uv/python/cpython-3.12', 'uv python: cpython-3.12'],
  ['.pyenv/versions/mine', 'pyenv: mine'],
  ['opt/anaconda3', 'conda: base'],
  ['opt/miniconda3/envs/x', 'conda: x'],
  ['micromamba/envs/x', 'conda: x'],
  ['.local/share/mamba/envs/x', 'conda: x'],
  ['elsewhere/conda/envs/x', 'conda: x'],
  ['lists/one', 'conda: base'],
  ['root of exe', 'conda: base'],
  ['kernels of/jupyter', 'registered kernel'],
])('%s is looked into as %s', async (context, origin) => {
  const home = scratch.folder;
  await python(home, context);
  await writeFile(
    join(home, '.condarc'),
    `channels:\n  - x\nenvs_dirs:\n  - ~/elsewhere/conda/envs\n  - "${join(home, 'lists')}"\nauto: false\n`,
  );
  await mkdir(join(home, '.local/share/jupyter/kernels/mine'), { recursive: true });
  const kernel = { argv: [join(home, 'kernels of/jupyter/bin/python'), '-m', 'ipykernel_launcher'] };
  await writeFile(join(home, '.local/share/jupyter/kernels/mine/kernel.json'), JSON.stringify(kernel));
  expect(await look({ CONDA_EXE: join(home, 'root of exe/bin/conda') })).toContainEqual([context, origin]);
});

test.each(['.venv', 'venv', 'env', '.pixi/envs/default'])(
  '%s of the opened folder came with it, and is not trusted',
  async name => {
    const home = scratch.folder;
    const folder = join(home, 'work');
    await python(folder, name);
    const around = {
      environment: {},
      home,
      managed: join(home, 'managed'),
      folder,
      platform: 'linux',
    } as const;
    const real = await withoutDuplicates(await candidatePlaces(around), 'linux');
    expect(real.filter(({ location }) => location.startsWith(home))).toMatchObject([{ untrusted: true }]);
    // Its user names it: a folder, or an interpreter.
    for (const named of [join(folder, name), join(folder, name, 'bin/python')]) {
      const chosen = await withoutDuplicates(await candidatePlaces({ ...around, named }), 'linux');
      expect(chosen[0]).toMatchObject({
        location: join(folder, name),
        origin: namedOrigin,
        untrusted: false,
      });
    }
  },
);

test.each([
  ['.cache/pypoetry/virtualenvs/work-%-py3.12', 'poetry'],
  ['.local/share/hatch/env/virtual/work/%/work', 'hatch'],
  ['.local/share/virtualenvs/work-any', 'pipenv'],
])('what a tool made for the opened folder goes before what is merely on PATH: %s', async (context, tool) => {
  const home = scratch.folder;
  const folder = join(home, 'work');
  await mkdir(folder);
  const hash = createHash('sha256').update(folder).digest('base64url').slice(0, 8);
  const own = context.replace('%', hash);
  await python(home, own);
  await python(home, context.replace('%', 'AAAAAAAA').replace('any', 'other'));
  await writeFile(join(home, own, '.project'), folder);
  await python(home, 'on path');
  const [first] = await look({ PATH: join(home, 'on path/bin') }, folder);
  expect(first?.[0]).toBe(own);
  expect(first?.[1]).toContain(tool);
});
