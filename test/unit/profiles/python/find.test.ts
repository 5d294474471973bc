import { mkdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findPythonEnvironments } from '../../../../src/main/core/profiles/python/find.ts';
import { fakeEnvironment, scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

async function find(options: { fresh?: boolean; folder?: string; milliseconds?: number } = {}) {
  const home = scratch.folder;
  const found = await findPythonEnvironments({
    environment: { PATH: '/nowhere', WORKON_HOME: join(home, 'envs') },
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

test('an environment in a folder that is only looked at runs no code of the folder', async () => {
  const folder = join(scratch.folder, 'downloaded');
  const hostile = await fakeEnvironment(join(folder, '.venv'), { interpreter: 'echo > "${0%/*}/trapped"' });
  const [listed] = await find({ folder });
  expect(listed).toMatchObject({ location: hostile, problem: null, versions: { jupyterlab: '4.6.6' } });
  expect(await timesRun(hostile)).toBe(0);

  // A link to the computer's own interpreter is asked, but without anything of the environment.
  const own = join(scratch.folder, 'own/bin');
  await mkdir(own, { recursive: true });
  await writeFile(join(own, 'python'), `#!/bin/sh\necho "$@" >> "${own}/argv"\necho 'gatehouse:{}'\n`, {
    mode: 0o755,
  });
  await rm(join(hostile, 'bin/python'));
  await symlink(join(own, 'python'), join(hostile, 'bin/python'));
  expect((await find({ folder }))[0]).toMatchObject({ problem: null, versions: { jupyterlab: '4.6.6' } });
  expect(await readFile(join(own, 'argv'), 'utf8')).toMatch(/^-I -S -c /);
});
