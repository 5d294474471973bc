import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { askByName, makeHome, serve } from '../support/core.ts';
import { pythonServer } from '../support/server-packages.ts';

test('TensorBoard is found, started on loopback, and answers only who is signed in', async () => {
  const python = await pythonServer('tensorboard');
  await using home = await makeHome({ PATH: `${dirname(python)}:/usr/bin:/bin` });
  const served = await serve(home, 'tensorboard');
  expect(served.server.title).toMatch(/^TensorBoard \d/);
  const url = `${served.server.url}data/environment`;
  expect((await askByName(url)).status).toBe(401);
  const { status, body } = await askByName(url, { authorization: `Bearer ${await served.token()}` });
  expect([status, JSON.parse(body)]).toEqual([200, expect.objectContaining({ data_location: home.folder })]);
});
