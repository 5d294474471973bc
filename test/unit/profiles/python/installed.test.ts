import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { installedIn } from '../../../../src/main/core/profiles/python/installed.ts';
import { fakeEnvironment, scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

async function look(location: string) {
  const { versions, requested, open } = await installedIn(location, scratch.folder, 'linux');
  return { versions: Object.fromEntries(versions), requested: [...requested], open };
}

test('names and versions come from the folders, however they are spelled', async () => {
  const versions = { JupyterLab: '4.6.6', 'jupyter-server': '2.21.1', notebook_shim: '0.2', numpy: '2.0' };
  const location = await fakeEnvironment(join(scratch.folder, 'env'), {
    versions,
    requested: ['JupyterLab'],
  });
  expect(await look(location)).toEqual({
    versions: { jupyterlab: '4.6.6', jupyter_server: '2.21.1' },
    requested: ['jupyterlab'],
    open: false,
  });
});

test('packages of the user count for an environment that sees them, and for no other', async () => {
  const user = join(scratch.folder, '.local/lib/python3.11/site-packages');
  await mkdir(join(user, 'jupyterlab-4.0.0.dist-info'), { recursive: true });
  const base = await fakeEnvironment(join(scratch.folder, 'base'), { versions: {}, virtual: false });
  expect((await look(base)).versions).toEqual({ jupyterlab: '4.0.0' });
  const closed = await fakeEnvironment(join(scratch.folder, 'closed'), { versions: {} });
  expect((await look(closed)).versions).toEqual({});
  await writeFile(join(closed, 'pyvenv.cfg'), 'include-system-site-packages = true\n');
  expect((await look(closed)).open).toBe(true);
});

test('nothing there is nothing', async () => {
  expect(await look(join(scratch.folder, 'nowhere'))).toEqual({ versions: {}, requested: [], open: false });
});

test.runIf(process.platform !== 'win32')('a configuration that never ends is not read', async () => {
  const location = await fakeEnvironment(join(scratch.folder, 'endless'), { virtual: false });
  await symlink('/dev/zero', join(location, 'pyvenv.cfg'));
  const found = await installedIn(location, scratch.folder, 'linux');
  expect(found.versions.get('jupyterlab')).toBe('4.6.6');
});

test('a version that a terminal would obey is none', async () => {
  const location = await fakeEnvironment(join(scratch.folder, 'painted'), {
    versions: { jupyterlab: '4.\u001b[2J', notebook: '7.6.5+local.1' },
  });
  const found = await installedIn(location, scratch.folder, 'linux');
  expect([...found.versions]).toEqual([['notebook', '7.6.5+local.1']]);
});
