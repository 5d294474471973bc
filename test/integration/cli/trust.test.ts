/* Trust in folders on the command line, as a person gives it and takes it back. */
import { mkdir, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { makeHome, type TestHome } from '../../support/core.ts';

let home: TestHome;
beforeEach(async () => {
  home = await makeHome();
  await home.cli('config', 'set', 'secrets.store', 'memory');
});
afterEach(() => home[Symbol.asyncDispose]());

const custom = ['--', 'python3', '-u', '-m', 'http.server', '{port}', '--bind', '127.0.0.1'];

test('a server is started, and started again, in a folder that is trusted by the same command', async () => {
  const folder = join(home.folder, 'thesis');
  await mkdir(folder);
  const start = (): Promise<ServerInfo> =>
    home.json<ServerInfo>('start', '--trust', '--name', 'files', '--folder', folder, ...custom);
  const started = await start();
  expect(started).toMatchObject({ state: 'ready', folderTrusted: true });
  await home.json('stop', started.id);
  await home.json('trust', '--remove', folder);
  expect(await start()).toMatchObject({ id: started.id, state: 'ready', folderTrusted: true });
  expect((await home.cli('trust', '--list')).out).toContain(folder);
});

test('attack: a folder that was opened before does not take the place of one of the same name here', async () => {
  const [theirs, mine] = [join(home.folder, 'downloads', 'course'), join(home.folder, 'course')];
  for (const folder of [theirs, mine]) await mkdir(folder, { recursive: true });
  await home.json('start', '--name', 'course', '--folder', theirs, ...custom);
  const { code, err } = await home.cli('start', 'course', '--trust');
  expect([code, err]).toEqual([2, expect.stringContaining('./course')]);
  expect((await home.cli('trust', '--list')).out).not.toContain(theirs);
  expect((await home.cli('trust', '')).code).toBe(2);
  await home.json('trust', mine);
  await rm(mine, { recursive: true });
  await home.json('trust', '--remove', mine);
  expect((await home.cli('trust', '--list')).out).not.toContain(mine);
});

test('what was said of a folder is forgotten; one that is gone, and a list that was broken, are told', async () => {
  const folder = join(await realpath(home.folder), 'thesis');
  await mkdir(folder);
  await home.json('trust', folder);
  await rm(folder, { recursive: true });
  expect((await home.cli('trust', '--list')).out).toMatch(/thesis {2}gone: /);
  expect((await home.cli('trust', '--forget', folder)).code).toBe(0);
  expect((await home.cli('trust', '--list')).out).toBe('No folder is trusted.\n');
  expect((await home.cli('trust', '--forget', folder)).code).toBe(3);

  await mkdir(folder);
  await home.json('trust', folder);
  await writeFile(join(home.folder, 'gatehouse', 'state', 'trusted-folders.json'), '{');
  await home.cli('trust', '--list');
  const later = await home.cli('trust', '--list');
  expect([later.out, later.err]).toEqual([
    'No folder is trusted.\n',
    expect.stringContaining('trusted-folders.json.broken-'),
  ]);
});

test('options of a new server are refused for one that is known', async () => {
  const { id } = await home.json<ServerInfo>('start', '--name', 'files', '--folder', home.folder, ...custom);
  for (const option of ['--env', '--folder', '--name', '--ready-seconds']) {
    const { code, err } = await home.cli('start', 'files', option, '90');
    expect([code, err]).toEqual([2, expect.stringContaining(`${option} would change nothing`)]);
  }
  const listed = (await home.cli('list')).out;
  expect(listed).toContain(home.folder);
  expect(listed).toContain(id);
});
