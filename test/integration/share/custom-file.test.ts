/*
 * A command of one's own that says more of itself in a file: a real core, a real share, and a guest who may
 * do what is listed and nothing else.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Role } from '../../../src/shared/model.ts';
import { askByName, eventually, root } from '../../support/core.ts';
import { GuestClient } from '../../support/guest.ts';
import { openShared, type Shared } from '../../support/shared.ts';

const profile = {
  base: '/lab/app/',
  headers: { 'X-Site': 'north' },
  readyPath: '/lab/app/health',
  readyText: 'all up',
  stop: { method: 'POST', path: '/lab/app/stop' },
  secondPort: {
    path: '/.own/live',
    rewrites: [
      {
        paths: ['/lab/app/'],
        type: 'text/html',
        texts: [
          {
            from: "host: '127.0.0.1', port: '{port2}'",
            to: "host: '{hostname}', port: '{port}{path}', by: '{ws}'",
          },
        ],
      },
    ],
  },
  uploads: ['image/*'],
  roles: {
    viewer: { requests: ['GET /lab/app/', 'GET /lab/app/data/*'], sockets: ['/lab/app/events'] },
    editor: { requests: ['POST /lab/app/data/*'], sockets: ['/.own/live'] },
  },
};

let shared: Shared;
let bearer: Record<string, string>;

beforeAll(async () => {
  const script = join(root, 'test', 'fakes', 'own-server.mjs');
  const command = [process.execPath, script, '{port}', '{port2}', '{base}'];
  shared = await openShared({}, ['--profile-file', 'server.json', '--', ...command], home =>
    writeFile(join(home.folder, 'server.json'), JSON.stringify(profile)),
  );
  bearer = { authorization: `Bearer ${await shared.served.token()}` };
});
afterAll(() => shared?.close());

async function guestAs(role: Role): Promise<GuestClient> {
  const guest = new GuestClient((await shared.share({ role, label: role })).url, shared.authority);
  expect(JSON.parse((await guest.join('Ada')).body)).toEqual({ state: 'in', next: '/lab/app/' });
  return guest;
}

async function hears(guest: GuestClient, path: string): Promise<string> {
  const socket = guest.socket(path);
  return new Promise(resolve => {
    socket.once('message', data => {
      socket.terminate();
      resolve(Buffer.isBuffer(data) ? data.toString() : '');
    });
    socket.once('error', error => resolve(error.message));
  });
}

test('it is ready when its text is there, and its first page is below its base', async () => {
  const url = shared.served.server.url ?? '';
  const first = await askByName(url, {
    ...bearer,
    accept: 'text/html',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  });
  expect([first.status, first.headers.location]).toEqual([303, `${url}lab/app/`]);
  const { body } = await askByName(`${url}lab/app/`, bearer);
  const { hostname, port } = new URL(url);
  expect(body).toContain(`host: '${hostname}', port: '${port}/.own/live', by: 'ws'`);
  const data = await askByName(`${url}lab/app/data/1`, { ...bearer, x_site: 'south', 'X-Site': 'south' });
  expect(JSON.parse(data.body)).toEqual({ done: 'GET /lab/app/data/1', site: 'north' });
});

test('a viewer asks for what is listed, and for nothing else', async () => {
  const guest = await guestAs('viewer');
  expect((await guest.page('/lab/app/data/1')).status).toBe(200);
  expect((await guest.open('/lab/app/')).body).toContain("by: 'wss'");
  for (const path of [
    '/lab/app/admin',
    '/lab/app/data/1/2',
    '/lab/app/data/..%2fadmin',
    '/lab/app/data/..;/admin',
  ]) {
    expect((await guest.page(path)).status).toBe(403);
  }
  for (const path of ['/lab/app/data/1', '/lab/app/stop']) {
    expect((await guest.page(path, { method: 'POST' })).status).toBe(403);
  }
  const changed = { 'x-http-method-override': 'DELETE' };
  expect((await guest.page('/lab/app/data/1', { headers: changed })).status).toBe(403);
  expect(await hears(guest, '/lab/app/events')).toBe('events');
  expect(await hears(guest, '/.own/live')).toContain('403');
});

test('an editor does more, sends pictures and nothing else, and reaches the second port', async () => {
  const guest = await guestAs('editor');
  const send = async (type: string): Promise<number> =>
    (await guest.page('/lab/app/data/1', { method: 'POST', headers: { 'content-type': type }, body: 'x' }))
      .status;
  expect([await send('image/png'), await send('application/json'), await send('image/svg+xml')]).toEqual([
    200, 415, 415,
  ]);
  expect((await guest.page('/lab/app/data/1')).status).toBe(200);
  expect((await guest.page('/lab/app/stop', { method: 'POST' })).status).toBe(403);
  expect(await hears(guest, '/.own/live')).toBe('second');
});

test('it is remembered with its server, which is the same one when it is started again', async () => {
  const { id } = shared.served.server;
  await shared.core.call('server.stop', id);
  const logs = await shared.core.call('server.logs', id, { lines: 50 });
  expect(logs.map(({ text }) => text)).toContain('stopped by request, site north');
  await shared.core.call('server.restart', id);
  const again = await eventually('ready', 20_000, async () =>
    (await shared.core.call('server.list')).find(server => server.id === id && server.state === 'ready'),
  );
  expect((await askByName(`${again.url}lab/app/data/2`, bearer)).status).toBe(200);
  const preview = await shared.core.call('share.preview', {
    server: id,
    role: 'viewer',
    expiresSeconds: 60,
    uses: null,
    approval: false,
  });
  expect(preview.roles.map(({ role }) => role)).toEqual(['viewer', 'editor', 'full']);
});
