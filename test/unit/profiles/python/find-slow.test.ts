/*
 * Two hundred environments on a slow disk: the look is bounded by its own clock, and says what it did not get
 * to.
 */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findPythonEnvironments } from '../../../../src/main/core/profiles/python/find-environments.ts';
import { fakeEnvironment, scratchFolder } from '../../../support/fake-environment.ts';

const disk = vi.hoisted(() => ({ dead: '' }));
const onDeadDisk = (path: unknown): boolean =>
  disk.dead !== '' && typeof path === 'string' && path.startsWith(disk.dead);

/** A file system whose dead part never answers, as a network disk whose server is gone. */
vi.mock('node:fs/promises', async importOriginal => {
  const real = await importOriginal<typeof import('node:fs/promises')>();
  const names = ['readdir', 'readFile', 'realpath', 'stat', 'lstat'] as const;
  const ask =
    (name: (typeof names)[number]) =>
    (...args: unknown[]): unknown =>
      onDeadDisk(args[0]) ? new Promise(() => {}) : Reflect.apply(real[name], real, args);
  return { ...real, ...Object.fromEntries(names.map(name => [name, ask(name)])) };
});

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(async () => {
  disk.dead = '';
  await scratch.remove();
});

async function find(environment: Record<string, string>, milliseconds?: number) {
  const home = scratch.folder;
  const found = await findPythonEnvironments({
    environment: { PATH: '/nowhere', ...environment },
    home,
    platform: 'linux',
    managed: join(home, 'managed'),
    condaRoots: [],
    folder: join(home, 'work'),
    cacheFile: join(home, 'cache.json'),
    fresh: false,
    signal: new AbortController().signal,
    ...(milliseconds === undefined ? {} : { milliseconds }),
  });
  return found.filter(({ location }) => location.startsWith(home));
}

test('of two hundred slow ones some are asked, four at once, and the others are listed as not looked into', async () => {
  const { folder } = scratch;
  const notes = join(folder, 'notes');
  // How many run beside it, counted by itself; one that is ended while it sleeps stays counted as begun.
  const slow = (seconds: number): string =>
    [
      'PATH=/usr/bin:/bin',
      `mkdir -p "${notes}"`,
      `touch "${notes}/begun-$$" "${notes}/on-$$"`,
      `ls "${notes}" | grep -c "^on-" > "${notes}/beside-$$"`,
      `/bin/sleep ${seconds}`,
      `rm "${notes}/on-$$"`,
      `echo 'gatehouse:{"jupyterlab":"4.6.6"}'`,
    ].join('\n');
  const names = Array.from({ length: 200 }, (_each, index) => `env-${String(index).padStart(3, '0')}`);
  for (const name of names) await fakeEnvironment(join(folder, 'envs', name), { interpreter: slow(0.5) });
  const active = await fakeEnvironment(join(folder, 'active'));
  const found = await find({ VIRTUAL_ENV: active, WORKON_HOME: join(folder, 'envs') }, 8000);

  expect(found).toHaveLength(201);
  expect(found[0]).toMatchObject({ location: active, problem: null });
  const late = found.filter(({ problem }) => /took too long/.test(problem ?? ''));
  expect(found.filter(({ problem }) => problem === null)).toHaveLength(201 - late.length);
  expect(late.length).toBeGreaterThan(100);
  // Nothing is begun when the time is up, nor later.
  const begun = async () => (await readdir(notes)).filter(name => name.startsWith('begun')).length;
  const asked = await begun();
  expect(asked).toBeLessThanOrEqual(201 - late.length + 4);
  await pause(700);
  expect(await begun()).toBe(asked);
  const counts = (await readdir(notes)).filter(name => name.startsWith('beside'));
  const beside = await Promise.all(
    counts.map(async name => Number(await readFile(join(notes, name), 'utf8'))),
  );
  expect(Math.max(...beside)).toBeLessThanOrEqual(4);

  // What was learnt is not asked again: the next look gets further.
  const again = await find({ VIRTUAL_ENV: active, WORKON_HOME: join(folder, 'envs') }, 8000);
  expect(again.filter(({ problem }) => problem === null).length).toBeGreaterThan(201 - late.length);
});

test('an environment that nobody had the time for is not forgotten', async () => {
  const location = await fakeEnvironment(join(scratch.folder, 'envs/one'));
  const other = await fakeEnvironment(join(scratch.folder, 'active'));
  await find({ WORKON_HOME: join(scratch.folder, 'envs') });
  disk.dead = join(location, 'lib');
  await writeFile(join(other, 'pyvenv.cfg'), 'changed = yes\n');
  await find({ WORKON_HOME: join(scratch.folder, 'envs'), VIRTUAL_ENV: other }, 4000);
  expect(await readFile(join(scratch.folder, 'cache.json'), 'utf8')).toContain(location);
});

test.each(['work', 'envs', '.local', '.cache', '.conda', '.pyenv', 'managed', 'on path'])(
  'a dead disk below %s hides nothing that lies elsewhere',
  async dead => {
    const { folder } = scratch;
    disk.dead = join(folder, dead);
    const places = ['active', 'miniconda3/envs/geo', '.virtualenvs/mine', 'miniconda3'];
    for (const context of places) await fakeEnvironment(join(folder, context));
    const environment = {
      VIRTUAL_ENV: join(folder, 'active'),
      WORKON_HOME: join(folder, 'envs'),
      PATH: join(folder, 'on path'),
    };
    const found = await find(environment);
    const works = found.filter(({ problem }) => problem === null);
    expect(works.map(({ location }) => location.slice(folder.length + 1)).sort()).toEqual(places.sort());
  },
);
