/*
 * `--env` with a path: the interpreter that is named runs, or the environment that is; and what is said of
 * one that was not taken.
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { makeHome, type TestHome } from '../../support/core.ts';
import { linkedEnvironment } from '../../support/linked-jupyter.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';

async function programOf(home: TestHome, name: string): Promise<string | undefined> {
  const server = (await home.json<ServerInfo[]>('list')).find(each => each.name === name);
  return (await readFile(`/proc/${server?.pid}/cmdline`, 'utf8').catch(() => '')).split('\0')[0];
}

test('the interpreter that is named runs, also where the default one of its place is another', async () => {
  await using home = await makeHome();
  const place = join(home.folder, 'many pythons');
  const numbered = await linkedEnvironment(place);
  const ran = join(home.folder, 'ran');
  // The default is another Python, which has no JupyterLab.
  for (const name of ['python', 'python3']) {
    await rm(join(place, 'bin', name), { force: true });
    const script = `#!/bin/sh\ntouch "${ran}"\necho 'gatehouse:{}'\n`;
    await writeFile(join(place, 'bin', name), script, { mode: 0o755 });
  }
  // Conda's way to set variables; it was chosen, so its scripts run, and what they print is kept.
  await mkdir(join(place, 'conda-meta'));
  await mkdir(join(place, 'etc/conda/activate.d'), { recursive: true });
  await writeFile(
    join(place, 'etc/conda/activate.d/gdal.sh'),
    'echo gdal is here; export GDAL_DATA=/of/gdal\n',
  );
  const start = (name: string, path: string) =>
    home.cli('start', home.folder, '--name', name, '--no-trust', '--env', path);

  const named = await start('named', relative(home.folder, numbered));
  expect(named).toMatchObject({ code: 0, out: expect.stringContaining('(named by its path) is running') });
  expect(await programOf(home, 'named')).toBe(numbered);
  expect(await readdir(home.folder)).not.toContain('ran');
  expect((await home.cli('logs', 'named')).out).toMatch(
    /gatehouse: The activation scripts of the conda environment printed:\n.* gatehouse: {3}\| gdal is here\n/,
  );
  // It is what was named the next time, too.
  await home.json('restart', 'named');
  expect(await programOf(home, 'named')).toBe(numbered);
  expect(await readdir(home.folder)).not.toContain('ran');

  const whole = await start('whole', place);
  expect(whole.code).not.toBe(0);
  expect(whole.err).toContain('It has no JupyterLab of its own');
  expect(await start('nothing', join(home.folder, 'gatehouse'))).toMatchObject({
    code: 3,
    err: expect.stringContaining(`There is no JupyterLab in "${join(home.folder, 'gatehouse')}"`),
  });
});

test("the folder's own environment is not taken unasked; what is said of it takes it", async () => {
  await using home = await makeHome();
  const folder = join(home.folder, 'cloned');
  await mkdir(folder);
  await linkedEnvironment(join(folder, '.venv'));
  const other = await home.cli('start', folder, '--name', 'other', '--no-trust');
  expect(other).toMatchObject({ code: 0, out: expect.stringContaining('(PATH) is running') });
  const said =
    /^The environment (.*) \(\.venv in .*\) was not used: `--env (.*)` uses it, which runs its code\.$/m.exec(
      other.err,
    );
  expect(said?.[1]).toBe(join(folder, '.venv'));
  // The shell takes the quotes off.
  const path = said?.[2]?.replaceAll("'", '') ?? '';
  const own = await home.cli('start', folder, '--name', 'own', '--no-trust', '--env', path);
  expect(own.err).not.toContain('was not used');
  expect(await programOf(home, 'own')).toBe(join(folder, '.venv/bin/python'));
});
