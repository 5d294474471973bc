/*
 * code-server as npm has it: found, started on a socket alone, used by its owner and a guest through the
 * doors, its port proxy closed, stopped without a trace.
 */
import { mkdir, readdir, readFile, readlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { ServerInfo } from '../../src/shared/model.ts';
import type { NewShareLink } from '../../src/shared/share-model.ts';
import { openNeighbour, shake, spellings, startBare, type Neighbour } from '../support/code-server.ts';
import { askByName, makeHome, serve, type Served, type TestHome } from '../support/core.ts';
import { GuestClient } from '../support/guest.ts';
import { processesOf } from '../support/processes.ts';
import { nodeServer } from '../support/server-packages.ts';

let home: TestHome;
let served: Served;
let core: CoreClient;
let neighbour: Neighbour;
let programs: string;
let hostilePort: number;

beforeAll(async () => {
  programs = join(await nodeServer('code-server'), 'node_modules', '.bin');
  neighbour = await openNeighbour();
  const spare = await openNeighbour();
  hostilePort = spare.port;
  spare.close();
  home = await makeHome({ PATH: [programs, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter) });
  // What the user may have, and what would open a second door.
  await mkdir(join(home.folder, '.config', 'code-server'), { recursive: true });
  await writeFile(
    join(home.folder, '.config', 'code-server', 'config.yaml'),
    `bind-addr: 0.0.0.0:${hostilePort}\nport: ${hostilePort}\nauth: password\npassword: users-own-password\ncert: true\nproxy-domain: localhost\ntrusted-origins: "*"\n`,
  );
  served = await serve(home, 'vscode', '--secrets', 'memory');
  core = await home.client();
});
afterAll(async () => {
  core?.close();
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
  neighbour?.close();
});

async function share(role: 'viewer' | 'editor' | 'full' = 'full'): Promise<NewShareLink> {
  return core.call('share.create', {
    server: served.server.id,
    role,
    label: 'Ada',
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
    acknowledged: true,
  });
}

async function guestInside(): Promise<GuestClient> {
  const guest = new GuestClient((await share()).url, (await core.call('authority.info')).pem);
  const { status } = await guest.join('Ada');
  if (status !== 200) throw new Error(`Joining was answered ${status}`);
  return guest;
}

function ownerSocket(path: string, headers: Record<string, string>): Promise<number> {
  const url = new URL(served.server.url ?? '');
  const socket = new WebSocket(`ws://127.0.0.1:${url.port}${path}`, {
    headers: { host: url.host, ...headers },
  });
  return shake(socket);
}

/** The path on which the workbench talks to its server. */
async function workbenchPath(): Promise<string> {
  const authorization = `Bearer ${await served.token()}`;
  const { body } = await askByName(`${served.server.url}?folder=%2Ftmp`, { authorization });
  const commit = /(stable-[0-9a-f]{40})\/static/.exec(body)?.[1];
  if (commit === undefined) throw new Error(`This is not the workbench: ${body.slice(0, 200)}`);
  return `/${commit}?reconnectionToken=11111111-2222-4333-8444-555555555555&reconnection=false&skipWebSocketFrames=false`;
}

test('it is found by its program, with its version, and started with nothing secret on argv', async () => {
  expect(served.server.title).toBe('code-server 4.139.1');
  const running = (await processesOf(home.folder)).filter(({ argv }) => argv.includes('--disable-proxy'));
  expect(running.length).toBeGreaterThan(0);
  const token = await served.token();
  for (const { argv, environment } of await processesOf(home.folder)) {
    expect(argv + environment).not.toContain(token);
    expect(argv + environment).not.toContain('users-own-password');
  }
});

test("the user's own config.yaml opens no second door: it listens on its socket alone", async () => {
  const sockets = new Set<string>();
  for (const { pid } of await processesOf(home.folder)) {
    // The core's own doors are on ports.
    const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (argv.includes('main.mjs')) continue;
    for (const name of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
      const link = await readlink(`/proc/${pid}/fd/${name}`).catch(() => '');
      sockets.add(/^socket:\[(\d+)\]$/.exec(link)?.[1] ?? '');
    }
  }
  const tables = await Promise.all(['tcp', 'tcp6'].map(name => readFile(`/proc/net/${name}`, 'latin1')));
  const listening = tables
    .join('\n')
    .split('\n')
    .map(line => line.trim().split(/\s+/))
    .filter(fields => fields[3] === '0A' && sockets.has(fields[9] ?? ''));
  expect(sockets.size).toBeGreaterThan(1);
  expect(listening).toEqual([]);
  await expect(fetch(`http://127.0.0.1:${hostilePort}/healthz`)).rejects.toThrow('fetch failed');
});

test('it answers only who is signed in, and leads to the folder that it was started in', async () => {
  expect((await askByName(`${served.server.url}healthz`)).status).toBe(401);
  const authorization = `Bearer ${await served.token()}`;
  const health = await askByName(`${served.server.url}healthz`, { authorization });
  expect([health.status, JSON.parse(health.body)]).toEqual([
    200,
    expect.objectContaining({ status: expect.any(String) }),
  ]);
  const first = await askByName(served.server.url ?? '', { authorization, accept: 'text/html' });
  expect(first.headers.location).toMatch(/\/\?folder=%2F/);
  expect(decodeURIComponent(first.headers.location ?? '')).toContain(home.folder);
});

test('the owner by name, and a guest by address, open the WebSocket of the workbench; a foreign page does not', async () => {
  const path = await workbenchPath();
  const origin = (served.server.url ?? '').replace(/\/$/, '');
  const authorization = `Bearer ${await served.token()}`;
  expect(await ownerSocket(path, { authorization, origin })).toBe(101);
  expect(await ownerSocket(path, { origin })).toBe(401);
  const guest = await guestInside();
  expect(await shake(guest.socket(path))).toBe(101);
  expect(await shake(guest.socket(path, [], { origin: 'https://evil.example' }))).toBe(403);
});

test('attack: the check that closed CVE-2023-26114 believes what is said of forwarding; the doors do not pass it on', async () => {
  const path = await workbenchPath();
  const bare = await startBare(programs, home.environment['PATH'] ?? '', []);
  // It is believed over Host: behind a proxy that passes it on, its sender says which origin is the own one.
  const believed = { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example' };
  expect(await bare.shake(path, believed)).toBe(101);
  expect(await bare.shake(path, { origin: 'https://evil.example' })).toBe(403);
  await bare.stop();
  const guest = await guestInside();
  for (const header of [{ 'x-forwarded-host': 'evil.example' }, { forwarded: 'host=evil.example' }]) {
    expect(await shake(guest.socket(path, [], { origin: 'https://evil.example', ...header }))).toBe(403);
    expect(await shake(guest.socket(path, [], header))).toBe(101);
  }
});

test('attack: the port proxy reaches a program on another port of the bare server', async () => {
  const bare = await startBare(programs, home.environment['PATH'] ?? '', []);
  const { port, asked } = neighbour;
  asked.length = 0;
  for (const path of [`/proxy/${port}/x`, `/absproxy/${port}/x`, `/PROXY/${port}/x`]) {
    expect(await bare.status(path)).toBe(200);
    expect(await bare.shake(path)).toBe(101);
  }
  expect(asked).toEqual([
    'GET /x',
    'UPGRADE /x',
    `GET /absproxy/${port}/x`,
    `UPGRADE /absproxy/${port}/x`,
    'GET /x',
    'UPGRADE /x',
  ]);
  await bare.stop();
});

test('the port proxy is closed at the server itself', async () => {
  const bare = await startBare(programs, home.environment['PATH'] ?? '', ['--disable-proxy']);
  neighbour.asked.length = 0;
  for (const path of [`/proxy/${neighbour.port}/x`, `/absproxy/${neighbour.port}/x`]) {
    expect([await bare.status(path), await bare.shake(path)]).toEqual([403, 403]);
  }
  // Some are no address of it at all; a WebSocket at one of those ends in the workbench's own server.
  for (const path of spellings(neighbour.port)) {
    await bare.status(path);
    await bare.shake(path);
  }
  expect(neighbour.asked).toEqual([]);
  await bare.stop();
});

test('no spelling of the port proxy gets through a door, by request or upgrade, by owner or guest', async () => {
  const guest = await guestInside();
  const authorization = `Bearer ${await served.token()}`;
  const { port, host } = new URL(served.server.url ?? '');
  const ownerStatus = (path: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const ask = request({ host: '127.0.0.1', port, path, headers: { host, authorization } }, response => {
        response.resume();
        response.on('end', () => resolve(response.statusCode ?? 0));
      });
      ask.on('error', reject).end();
    });
  neighbour.asked.length = 0;
  const origin = (served.server.url ?? '').replace(/\/$/, '');
  for (const path of spellings(neighbour.port)) {
    const seen = await Promise.all([
      ownerStatus(path),
      ownerSocket(path, { authorization, origin }),
      guest.page(path).then(({ status }) => status),
      // As it is written: a WebSocket's own client would tidy it up.
      guest
        .ask(path, {
          headers: {
            connection: 'Upgrade',
            upgrade: 'websocket',
            origin: guest.origin,
            'sec-websocket-version': '13',
            'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
          },
        })
        .then(({ status }) => status),
    ]);
    expect([path, ...seen]).toEqual([path, 403, 403, 403, 403]);
  }
  expect(neighbour.asked).toEqual([]);
  const told = await guest.page(`/proxy/${neighbour.port}/x`);
  expect(JSON.parse(told.body).message).toMatch(/port proxy of code-server is closed/);
});

test('a role that could not be held back is not offered, and cannot be asked for', async () => {
  const preview = await core.call('share.preview', {
    server: served.server.id,
    role: 'full',
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
  });
  expect(preview.roles.map(({ role, runsCode }) => [role, runsCode])).toEqual([['full', true]]);
  expect(preview.notOffered.map(({ role }) => role)).toEqual(['viewer', 'editor']);
  await expect(share('viewer')).rejects.toThrow(/viewer/i);
  await expect(share('editor')).rejects.toThrow(/editor/i);
});

test('it is stopped by its own way, and nothing is left: no process, no socket', async () => {
  const authorization = `Bearer ${await served.token()}`;
  const path = await workbenchPath();
  const origin = (served.server.url ?? '').replace(/\/$/, '');
  expect(await ownerSocket(path, { authorization, origin })).toBe(101);
  const marked = async (): Promise<string[]> =>
    (await processesOf(home.folder))
      .filter(({ environment }) => environment.includes('GATEHOUSE_RUN='))
      .map(({ argv }) => argv)
      .filter(argv => argv.includes('code-server'));
  expect((await marked()).length).toBeGreaterThan(1);
  const begun = performance.now();
  await home.cli('stop', served.server.id);
  expect(performance.now() - begun).toBeLessThan(8000);
  expect(await marked()).toEqual([]);
  const [stopped] = await home.json<ServerInfo[]>('list');
  expect(stopped?.state).toBe('stopped');
});
