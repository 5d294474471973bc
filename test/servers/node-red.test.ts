/*
 * Node-RED as npm has it. First what it lets anybody do who reaches it as it comes; then the same through the
 * door, and each role at a real share.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { roleSecret } from '../../src/main/core/profiles/common/role-secret.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { openBrowser, pageOf } from '../support/browser.ts';
import { eventually } from '../support/core.ts';
import type { GuestClient } from '../support/guest.ts';
import { bareNodeRed, flows, ownSettings, refused } from '../support/node-red.ts';
import { processesOf } from '../support/processes.ts';
import { leaksOf, openServer, type RealServer } from '../support/real-share.ts';
import { nodeServer } from '../support/server-packages.ts';
import { attack, heardBy, opened } from '../support/sockets.ts';

const run = promisify(execFile);
const evil = 'https://evil.example';

let path: string;
let nodeRed: string;
let server: RealServer;
let viewer: GuestClient;
let full: GuestClient;

beforeAll(async () => {
  const folder = await nodeServer('node-red');
  nodeRed = join(folder, 'node_modules', '.bin', 'node-red');
  path = `${dirname(nodeRed)}:${dirname(process.execPath)}:/usr/bin:/bin`;
  server = await openServer({ PATH: path }, ['node-red'], async home => {
    const own = join(home.folder, '.node-red');
    await mkdir(join(own, 'shown'), { recursive: true });
    await writeFile(join(own, 'settings.js'), ownSettings);
    await writeFile(join(own, 'lab-flows.json'), JSON.stringify(flows));
    await writeFile(join(own, 'shown', 'plan.txt'), 'the plan');
  });
  viewer = await server.guest('viewer');
  full = await server.guest('full');
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const asOwner = (): { authorization: string } => ({ authorization: `Bearer ${server.token}` });

test('as it comes, Node-RED shows everybody its flows, under any name', async () => {
  await using bare = await bareNodeRed(nodeRed, path);
  const { status } = await attack(`http://127.0.0.1:${bare.port}/flows`, { host: 'evil.example' });
  expect(status).toBe(200);
  const deployed = await fetch(`http://127.0.0.1:${bare.port}/flows`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(flows),
  });
  expect(deployed.status).toBe(204);
  await eventually('the flow runs', 10_000, async () => {
    const pump = await fetch(`http://127.0.0.1:${bare.port}/pump`);
    return (await pump.text()).startsWith('pumped');
  });
});

test('as it comes, any page opens /comms, listens, and ends Node-RED with one message', async () => {
  await using bare = await bareNodeRed(nodeRed, path);
  const socket = new WebSocket(`ws://127.0.0.1:${bare.port}/comms`, { origin: evil });
  expect(await opened(socket)).toBe(101);
  const heard = heardBy(socket);
  socket.send(JSON.stringify({ subscribe: 'notification/#' }));
  await eventually('a foreign page hears', 10_000, async () => heard().includes('runtime-deploy'));
  socket.send(JSON.stringify({ subscribe: 5 }));
  expect(await bare.ended).toEqual([1, null]);
});

test('through the door nobody gets anything without a credential, and no page of another origin with one', async () => {
  for (const word of ['', 'flows', 'settings', 'auth/login', 'red/red.min.js', 'pump', 'plan.txt']) {
    expect((await attack(server.url + word, {})).status, word).toBe(401);
  }
  expect((await attack(`${server.url}flows`, { host: 'evil.example', ...asOwner() })).status).toBe(400);
  const page = await attack(server.url, { origin: evil, ...asOwner() });
  expect(page.cors).toBeUndefined();
  const comms = `${server.url.replace('http', 'ws')}comms`;
  expect(await opened(new WebSocket(comms, { origin: evil }))).toBe(401);
  const foreign = new WebSocket(new URL('/comms', viewer.origin.replace('https', 'wss')), {
    origin: evil,
    rejectUnauthorized: false,
    headers: { cookie: full.cookie },
  });
  expect(await opened(foreign)).toBe(403);
});

test('it listens on a socket in the private folder, and there too answers only who shows the secret', async () => {
  const { runtime, folder } = server.home;
  const name = (await readdir(runtime, { recursive: true })).find(one => one.endsWith('server.sock')) ?? '';
  const ask = async (url: string, secret?: string): Promise<number | undefined> => {
    const headers = secret === undefined ? {} : { 'x-gatehouse-upstream': secret };
    const asked = request({ socketPath: join(runtime, name), path: url, headers }).end();
    const [response] = (await once(asked, 'response')) as [{ statusCode?: number; resume(): void }];
    response.resume();
    return response.statusCode;
  };
  const read = roleSecret(new Secret(server.secret), 'viewer').reveal();
  for (const url of ['/', '/flows', '/auth/login', '/pump', '/red/pump', '/plan.txt', '/red/red.min.js']) {
    expect(await ask(url), url).toBe(401);
    expect(await ask(url, 'wrong'), url).toBe(401);
    expect(await ask(url, server.secret), url).toBe(200);
  }
  // Node-RED's own scope, without our door: a second wall.
  expect(await ask('/flows', read)).toBe(200);
  for (const url of ['/pump', '/red/pump', '/plan.txt']) expect(await ask(url, read), url).toBe(403);
  const pids = (await processesOf(folder)).map(({ pid }) => pid);
  const inodes = await Promise.all(
    pids.map(async pid => readFile(`/proc/${pid}/net/tcp`, 'utf8').catch(() => '')),
  );
  expect(inodes.join('')).not.toMatch(/:0758 \S+ 0A/);
});

test("the user's own folder, flows and settings are used, and their own logins are not", async () => {
  const answer = await fetch(`${server.url}flows`, { headers: asOwner() });
  expect(JSON.parse(await answer.text())).toMatchObject([
    { label: 'Pumps of the lab' },
    {},
    {},
    { id: 'fn1' },
    {},
  ]);
  const settings = await fetch(`${server.url}settings`, { headers: asOwner() });
  expect(JSON.parse(await settings.text())).toMatchObject({
    user: { permissions: '*' },
    httpNodeRoot: '/',
  });
  expect((await fetch(`${server.url}plan.txt`, { headers: asOwner() })).status).toBe(200);
  expect(await (await fetch(`${server.url}auth/login`, { headers: asOwner() })).json()).toEqual({});
});

test("Node-RED's own command line works through the door, with Gatehouse's token", async () => {
  const userDir = join(server.home.folder, '.node-red');
  const config = { target: server.url.replace(/\/$/, ''), tokens: { access_token: server.token } };
  await writeFile(join(userDir, '.cli-config.json'), JSON.stringify(config), { mode: 0o600 });
  const env = { PATH: path, HOME: server.home.folder };
  const { stdout } = await run(nodeRed, ['admin', 'list', '--userDir', userDir], { env });
  expect(stdout).toMatch(/node-red\/function/);
});

test('the owner listens to /comms and deploys', async () => {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}comms`, { headers: asOwner() });
  expect(await opened(socket)).toBe(101);
  const heard = heardBy(socket);
  const { status } = await fetch(`${server.url}flows`, {
    method: 'POST',
    headers: { ...asOwner(), 'content-type': 'application/json' },
    body: JSON.stringify(flows),
  });
  expect(status).toBe(204);
  await eventually('the deploy is told', 10_000, async () => heard().includes('runtime-deploy'));
  socket.close();
});

test('a viewer sees the editor and the flows, by a secret that only reads', async () => {
  const page = await viewer.open('/');
  expect(page.status).toBe(200);
  expect(page.body).toContain('red/red.min.js');
  for (const word of [
    '/flows',
    '/nodes',
    '/plugins',
    '/theme',
    '/flows/state',
    '/locales/editor',
    '/icons',
  ]) {
    const { status } = await viewer.page(word, { headers: { accept: 'application/json' } });
    expect(status, word).toBe(200);
  }
  const settings = await viewer.page('/settings');
  expect(JSON.parse(settings.body)).toMatchObject({ user: { username: 'guest', permissions: 'read' } });
});

test('a tool with the token of a link has the scope of its role', async () => {
  const permissionsOf = async (role: 'viewer' | 'full'): Promise<unknown> => {
    const headers = { cookie: '', authorization: `Bearer ${await server.toolToken(role)}` };
    return JSON.parse((await viewer.ask('/settings', { headers })).body);
  };
  expect(await permissionsOf('viewer')).toMatchObject({ user: { permissions: 'read' } });
  expect(await permissionsOf('full')).toMatchObject({ user: { permissions: '*' } });
});

test('a viewer sees the flows in a browser', async () => {
  const browser = await openBrowser();
  try {
    const page = await pageOf(browser, viewer);
    await page.goto(viewer.origin);
    await page.getByText('Pumps of the lab').first().waitFor({ timeout: 60_000 });
    await page.locator('.red-ui-flow-node', { hasText: 'function' }).first().waitFor();
    // Node-RED's own sign that its socket is open: without one it counts down to the next try.
    expect(await page.getByText('Lost connection').count()).toBe(0);
  } finally {
    await browser.close();
  }
}, 120_000);

test.each(refused)('a viewer is refused %s %s', async (method, asked) => {
  const reply = await viewer.page(asked, { method, ...(method === 'GET' ? {} : { body: '[]' }) });
  expect(reply.status).toBe(403);
  expect(JSON.parse(reply.body).message).toMatch(/Your link|more than one way/);
});

test('an address of a flow among the files of the editor runs no flow for a viewer', async () => {
  expect((await viewer.page('/red/pump')).status).toBe(403);
  const count = async (): Promise<string> =>
    (await fetch(`${server.url}context/global/runs`, { headers: asOwner() })).text();
  const before = await count();
  await viewer.page('/red/pump');
  expect(await count()).toBe(before);
});

test('a viewer hears of deploys on /comms, and nothing that a viewer says there reaches Node-RED but subscriptions', async () => {
  const socket = viewer.socket('/comms');
  expect(await opened(socket)).toBe(101);
  const heard = heardBy(socket);
  for (const said of [
    { subscribe: 5 },
    { subscribe: '(a+)+$' },
    { subscribe: 'debug', auth: server.secret },
    { auth: 'x' },
    { topic: 'multiplayer/connect' },
  ]) {
    socket.send(JSON.stringify(said));
  }
  socket.send(JSON.stringify({ subscribe: 'notification/#' }));
  await eventually('the viewer hears', 10_000, async () => heard().includes('runtime-deploy'));
  expect(heard()).not.toContain('auth');
  expect((await fetch(`${server.url}flows`, { headers: asOwner() })).status).toBe(200);
  expect(socket.readyState).toBe(WebSocket.OPEN);
  socket.close();
  expect(await opened(viewer.socket('/red/comms'))).toBe(403);
});

test('a full guest deploys, and reaches what the flows serve', async () => {
  const headers = { 'content-type': 'application/json' };
  const deployed = await full.page('/flows', { method: 'POST', headers, body: JSON.stringify(flows) });
  expect(deployed.status).toBe(204);
  await eventually('the flow runs', 10_000, async () => (await full.page('/pump')).body.startsWith('pumped'));
  expect((await full.page('/plan.txt')).body).toBe('the plan');
});

test('editor is not offered, and it is said why', async () => {
  await expect(server.guest('editor')).rejects.toThrow(/no role between/);
});

test('no secret is on any argv or in any environment, nor in what was printed', async () => {
  const secrets = [server.secret, roleSecret(new Secret(server.secret), 'viewer').reveal(), server.token];
  expect(await leaksOf(server, secrets)).toEqual([]);
  const names = await readdir(server.home.runtime, { recursive: true });
  expect(names.filter(name => name.endsWith('node-red.json'))).toEqual([]);
  for (const secret of secrets) expect(server.served.said()).not.toContain(secret);
});

test('it stops in order and leaves nothing', async () => {
  const { folder, runtime } = server.home;
  const { id } = server.served.server;
  expect((await server.home.cli('stop', id)).code).toBe(0);
  const logs = (await server.home.cli('logs', id)).out;
  expect(logs.slice(logs.indexOf('gatehouse: stopping'))).toContain('Stopped flows');
  expect(await server.stop()).toBe(0);
  expect(await processesOf(folder)).toEqual([]);
  expect((await readdir(runtime, { recursive: true })).filter(name => name.includes('sock'))).toEqual([]);
  const kept = await readFile(join(folder, '.node-red', 'lab-flows.json'), 'utf8');
  expect(JSON.parse(kept)).toHaveLength(flows.length);
});
