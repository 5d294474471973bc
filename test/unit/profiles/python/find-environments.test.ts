import { mkdir, readdir, readFile, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPythonEnvironments } from '../../../../src/main/core/profiles/python/find-environments.ts';
import { fakeEnvironment, scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

async function find(
  options: { fresh?: boolean; folder?: string; active?: string; milliseconds?: number } = {},
) {
  const home = scratch.folder;
  const found = await findPythonEnvironments({
    environment: { PATH: '/nowhere', WORKON_HOME: join(home, 'envs'), VIRTUAL_ENV: options.active },
    home,
    platform: 'linux',
    managed: join(home, 'managed'),
    folder: options.folder,
    cacheFile: join(home, 'cache.json'),
    fresh: options.fresh ?? false,
    signal: new AbortController().signal,
    ...(options.milliseconds === undefined ? {} : { milliseconds: options.milliseconds }),
  });
  return found.filter(environment => environment.location.startsWith(home));
}

async function timesRun(location: string): Promise<number> {
  const notes = await readFile(join(location, 'bin/was-run'), 'utf8').catch(() => '');
  return notes === '' ? 0 : notes.split('gatehouse').length - 1;
}

function env(name: string): string {
  return join(scratch.folder, 'envs', name);
}

test('working and broken ones are listed, those without Jupyter are not, and nobody is stopped', async () => {
  await fakeEnvironment(env('good one'));
  await fakeEnvironment(env('no jupyter'), { versions: { numpy: '2.0' } });
  await fakeEnvironment(env('broken'), { interpreter: 'echo "libpython3.11.so: cannot open" >&2; exit 127' });
  await fakeEnvironment(env('gone'), { interpreter: null });
  await fakeEnvironment(env('slow'), { interpreter: 'exec /bin/sleep 60' });
  const found = await find({ milliseconds: 1500 });
  expect(
    Object.fromEntries(found.map(({ location, problem }) => [location.split('/').at(-1), problem])),
  ).toEqual({
    'good one': null,
    broken: 'It does not work: libpython3.11.so: cannot open',
    gone: 'Its Python interpreter is not there any more.',
    slow: expect.stringMatching(/took too long/),
  });
  expect(await timesRun(env('no jupyter'))).toBe(0);
});

test('what is known is not asked again until a file changes, or it is asked for', async () => {
  const location = await fakeEnvironment(env('one'));
  await find();
  await find();
  expect(await timesRun(location)).toBe(1);
  await find({ fresh: true });
  expect(await timesRun(location)).toBe(2);
  await utimes(join(location, 'lib/python3.11/site-packages'), 1, 1);
  await find();
  expect(await timesRun(location)).toBe(3);
  await writeFile(join(scratch.folder, 'cache.json'), 'not JSON');
  expect(await find()).toHaveLength(1);
  expect(await timesRun(location)).toBe(4);
});

test('what the interpreter says goes before what the folders say', async () => {
  await fakeEnvironment(env('one'), { interpreter: `echo 'gatehouse:{"jupyterlab":"4.5.0"}'` });
  expect((await find())[0]?.versions).toEqual({ jupyterlab: '4.5.0' });
});

test.each<[string, (folder: string, own: string) => Promise<void>]>([
  ['lies in it', async folder => void (await fakeEnvironment(join(folder, '.venv')))],
  [
    'is a link to a script next to it',
    async folder => {
      await hostile(join(folder, 'tools'));
      await fakeEnvironment(join(folder, 'work/.venv'), { interpreter: null });
      await symlink('../../../tools/python', join(folder, 'work/.venv/bin/python'));
    },
  ],
  [
    'lies behind a link to the environment',
    async folder => {
      await hostile(join(folder, 'tools'));
      await fakeEnvironment(join(folder, 'a/env'), { interpreter: null });
      await symlink('../../../tools/python', join(folder, 'a/env/bin/python'));
      await symlink('a/env', join(folder, '.venv'));
    },
  ],
  [
    "is a link to the computer's own, which reads what lies next to the link",
    async (folder, own) => {
      await hostile(own);
      await fakeEnvironment(join(folder, '.venv'), { interpreter: null });
      await symlink(join(own, 'python'), join(folder, '.venv/bin/python'));
    },
  ],
])('a folder that is only looked at runs nothing when its interpreter %s', async (_name, build) => {
  const folder = join(scratch.folder, 'downloaded');
  await build(folder, join(scratch.folder, 'own'));
  const opened = (await readdir(folder)).includes('work') ? join(folder, 'work') : folder;
  for (const fresh of [false, true]) {
    expect(await find({ folder: opened, fresh })).toEqual([
      expect.objectContaining({
        origin: `.venv in ${opened}`,
        fromFolder: true,
        problem: null,
        versions: { jupyterlab: '4.6.6', jupyter_server: '2.21.1' },
      }),
    ]);
  }
  const files = await readdir(scratch.folder, { recursive: true });
  expect(files.filter(name => name.endsWith('was-run'))).toEqual([]);
});

test("an environment in the folder that the owner has activated is the owner's, and is asked", async () => {
  const folder = join(scratch.folder, 'project');
  const location = await fakeEnvironment(join(folder, '.venv'));
  expect(await find({ folder, active: location })).toEqual([
    expect.objectContaining({ location, origin: 'VIRTUAL_ENV', fromFolder: false }),
  ]);
  expect(await timesRun(location)).toBe(1);
});

/** An interpreter that notes next to itself that it was run. */
async function hostile(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(
    join(folder, 'python'),
    '#!/bin/sh\necho "$@" >> "${0%/*}/was-run"\necho "gatehouse:{}"\n',
    {
      mode: 0o755,
    },
  );
}
