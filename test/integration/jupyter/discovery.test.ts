import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jupyterProfile } from '../../../src/main/core/profiles/jupyter.ts';
import type { Log } from '../../../src/main/core/ports.ts';
import { testPython } from '../../support/jupyter.ts';

const run = promisify(execFile);
const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
let root = '';
let python = '';

beforeEach(async () => {
  python = await testPython();
  root = await mkdtemp(join(tmpdir(), 'gh-discovery-'));
}, 600_000);
afterEach(() => rm(root, { recursive: true, force: true }));

/** Looks with a home of its own, so that the machine's environments do not count. */
async function find(environment: Record<string, string>, folder?: string) {
  const home = join(root, 'home');
  await mkdir(home, { recursive: true });
  const profile = jupyterProfile({
    environment: { PATH: '/nowhere', WORKON_HOME: join(root, 'envs'), ...environment },
    home,
    dataFolder: join(root, 'data'),
    log: quiet,
  });
  const began = performance.now();
  const found = await profile.find({ fresh: true, folder, signal: AbortSignal.timeout(30_000) });
  return { found, milliseconds: performance.now() - began };
}

/** A real environment that sees the packages of the one with JupyterLab, without installing anything. */
async function borrowing(location: string): Promise<string> {
  await run(python, ['-m', 'venv', '--without-pip', location]);
  const own = await packagesOf(location);
  const lent = await packagesOf(dirname(dirname(python)));
  await writeFile(join(own, 'lent.pth'), `${lent}\n`);
  for (const name of await readdir(lent)) {
    if (/^(jupyterlab|jupyter_server)-.*\.dist-info$/.test(name))
      await symlink(join(lent, name), join(own, name));
  }
  return location;
}

async function packagesOf(location: string): Promise<string> {
  const [version = ''] = (await readdir(join(location, 'lib'))).filter(name => name.startsWith('python3'));
  return join(location, 'lib', version, 'site-packages');
}

test('a real JupyterLab is found with its version, by PATH as by VIRTUAL_ENV, once', async () => {
  const location = await realpath(dirname(dirname(python)));
  await mkdir(join(root, 'envs'));
  await symlink(location, join(root, 'envs', 'again'));
  const byName = await find({ VIRTUAL_ENV: location, PATH: dirname(python) });
  expect(byName.found.filter(server => server.location === location)).toEqual([
    expect.objectContaining({
      title: 'JupyterLab',
      version: expect.stringMatching(/^4\./),
      origin: 'VIRTUAL_ENV',
      problem: null,
    }),
  ]);
  const byPath = await find({ PATH: dirname(python) });
  expect(byPath.found[0]).toMatchObject({ location, origin: 'PATH', id: byName.found[0]?.id });
});

test('spaces, quotes and letters of all kinds work, and a broken one stops nobody', async () => {
  const good = await borrowing(join(root, 'envs', "Zoë's 環境 env"));
  const moved = await borrowing(join(root, 'envs', 'moved'));
  for (const name of await readdir(join(moved, 'bin'))) {
    if (name.startsWith('python')) await rm(join(moved, 'bin', name));
  }
  await symlink('/usr/lib/removed/python3.11', join(moved, 'bin', 'python'));
  const halved = await borrowing(join(root, 'envs', 'halved'));
  await rm(join(await packagesOf(halved), 'lent.pth'));
  const { found, milliseconds } = await find({});
  const bySuffix = (name: string) => found.find(server => server.location.endsWith(name));
  expect(bySuffix("Zoë's 環境 env")).toMatchObject({ location: await realpath(good), problem: null });
  expect(bySuffix('halved')?.problem).toMatch(/No module named/);
  expect(bySuffix('moved')?.problem).toMatch(/not there any more|No such file/);
  expect(found[0]?.problem).toBeNull();
  expect(milliseconds).toBeLessThan(15_000);
});

test("a folder's own environment is listed without running any code of it", async () => {
  const folder = join(root, 'downloaded');
  await mkdir(folder);
  const location = await borrowing(join(folder, '.venv'));
  const trap = join(root, 'trapped');
  await writeFile(
    join(await packagesOf(location), 'trap.pth'),
    `import os; open(${JSON.stringify(trap)}, "w").close()\n`,
  );
  const { found } = await find({}, folder);
  expect(found).toContainEqual(
    expect.objectContaining({ location, origin: `.venv in ${folder}`, problem: null }),
  );
  expect(await readdir(root)).not.toContain('trapped');
  // The trap works: started on purpose, the environment does run it.
  await run(join(location, 'bin', 'python'), ['-c', '']);
  expect(await readdir(root)).toContain('trapped');
});

test("the computer's own Python, which a folder's pyvenv.cfg leads to a library of the folder, is not run", async () => {
  const folder = join(root, 'downloaded with a base');
  const location = await borrowing(join(folder, '.venv'));
  const python = join(location, 'bin', 'python');
  const trap = join(root, 'sprung');
  const version = basename(dirname(await packagesOf(location)));
  const encodings = join(folder, 'base/lib', version, 'encodings');
  await mkdir(encodings, { recursive: true });
  // This early there is no `open` yet.
  const payload = `import posix\nposix.mkdir(${JSON.stringify(trap)})\n`;
  await writeFile(join(encodings, '__init__.py'), payload);
  // What tells Python where its library is.
  await writeFile(join(folder, 'base/lib', version, 'os.py'), '');
  await mkdir(join(folder, 'base/bin'));
  await writeFile(join(location, 'pyvenv.cfg'), `home = ${join(folder, 'base/bin')}\n`);
  const { found } = await find({}, folder);
  expect(found).toContainEqual(expect.objectContaining({ location, fromFolder: true, problem: null }));
  expect(await readdir(root)).not.toContain('sprung');
  // The trap works, also where nothing of the environment was to be loaded.
  await run(python, ['-I', '-S', '-c', '']).catch(() => undefined);
  expect(await readdir(root)).toContain('sprung');
});
