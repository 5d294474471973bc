/*
 * Node-RED with projects: a repository that the editor pushes to. Whoever may read is told its address, with
 * whatever token is in it, and the secret that its credentials are encrypted with; so Node-RED's scope `read`
 * is not enough for a viewer.
 */
import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, pageOf } from '../support/browser.ts';
import type { GuestClient } from '../support/guest.ts';
import { flows } from '../support/node-red.ts';
import { openServer, type RealServer } from '../support/real-share.ts';
import { nodeServer } from '../support/server-packages.ts';

const run = promisify(execFile);
const remote = 'https://mira:tok3n@git.example/lab.git';

let server: RealServer;
let viewer: GuestClient;

beforeAll(async () => {
  const folder = await nodeServer('node-red');
  const path = `${join(folder, 'node_modules', '.bin')}:${dirname(process.execPath)}:/usr/bin:/bin`;
  server = await openServer({ PATH: path }, ['node-red'], async home => {
    await mkdir(join(home.folder, '.node-red'));
    const settings = 'module.exports = { editorTheme: { projects: { enabled: true }, tours: false } };';
    await writeFile(join(home.folder, '.node-red', 'settings.js'), settings);
  });
  await post('settings/user', { git: { user: { name: 'Mira', email: 'mira@lab.example' } } });
  await post('projects', {
    name: 'lab',
    summary: '',
    files: { flow: 'flows.json' },
    credentialSecret: 'ch0sen',
  });
  await post('flows', flows);
  const project = join(server.home.folder, '.node-red', 'projects', 'lab');
  await run('git', ['-C', project, 'remote', 'add', 'origin', remote]);
  viewer = await server.guest('viewer');
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

async function post(path: string, value: unknown): Promise<void> {
  const headers = { authorization: `Bearer ${server.token}`, 'content-type': 'application/json' };
  const { ok, status } = await fetch(server.url + path, {
    method: 'POST',
    headers,
    body: JSON.stringify(value),
  });
  if (!ok) throw new Error(`${path} was answered ${status}.`);
}

test('the owner is told where the project is pushed to and how it is encrypted, and a viewer is not', async () => {
  const headers = { authorization: `Bearer ${server.token}` };
  const told = async (path: string): Promise<string> => (await fetch(server.url + path, { headers })).text();
  expect(await told('projects/lab')).toContain('tok3n');
  expect(await told('settings')).toMatch(/ch0sen.*tok3n/);
  const shown = await viewer.page('/projects/lab');
  expect(JSON.parse(shown.body)).toMatchObject({ name: 'lab', git: { branches: {} } });
  for (const path of ['/projects', '/projects/lab', '/projects/lab/', '/projects/lab/remotes', '/settings']) {
    expect((await viewer.page(path)).body, path).not.toMatch(/tok3n|ch0sen/);
  }
});

test("a viewer's browser opens the flows of the project", async () => {
  const browser = await openBrowser();
  try {
    const page = await pageOf(browser, viewer);
    await page.goto(viewer.origin);
    await page.getByText('Pumps of the lab').first().waitFor({ timeout: 60_000 });
    expect(await page.getByText('You are not authorised').count()).toBe(0);
  } finally {
    await browser.close();
  }
}, 120_000);
