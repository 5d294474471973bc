/* TensorBoard as PyPI has it, through both doors by its own page. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openWithout, telling, listensOn, leftOver, guestOf, inBrowser, openApp } from '../support/app.ts';
import { toolUrl } from '../support/core.ts';
import type { Shared } from '../support/shared.ts';

let shared: Shared;

beforeAll(async () => {
  shared = await openApp('tensorboard', {
    // A module that a folder of downloaded runs might bring.
    'random.py': 'open("ran", "w").close()\n',
  });
});
afterAll(() => shared?.close());

test('it is found, and started on loopback without a secret that others can see', async () => {
  expect(shared.served.server.title).toMatch(/^TensorBoard 2\.\d+/);
  expect((await listensOn(shared, /--port\0(\d+)/)).reach).toEqual(['loopback']);
  expect(await telling(shared)).toEqual([]);
});

test('what is in the folder of the runs is shown, and not run', async () => {
  await expect(stat(join(shared.home.folder, 'ran'))).rejects.toThrow(/ENOENT/);
});

test('nobody without a credential gets past a door', async () => {
  expect(await openWithout(shared, ['/', '/data/environment', '/data/runs'], [])).toEqual([]);
});

test("its page works at the owner's door", async () => {
  await inBrowser(shared, async page => {
    await page.getByText('No dashboards are active for the current data set.').waitFor();
    expect(await page.title()).toBe('TensorBoard');
  });
});

test('an owner and a guest ask it for the same', async () => {
  const authorization = `Bearer ${await shared.served.token()}`;
  const url = new URL('/data/environment', toolUrl(shared.served.server));
  const own = await (await fetch(url, { headers: { authorization } })).json();
  expect(own).toMatchObject({ data_location: shared.home.folder });
  expect(JSON.parse((await (await guestOf(shared)).page('/data/environment')).body)).toEqual(own);
  await expect(shared.share({ role: 'viewer' })).rejects.toThrow(/TensorBoard shows everybody the same/);
});

test('it is stopped without a trace', async () => {
  expect(await leftOver(shared)).toEqual([]);
});
