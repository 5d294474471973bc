/*
 * matlab-proxy with its own stand-in for MATLAB: the desktop through both doors, by its owner in two tabs and
 * by a guest.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { AuthorityInfo } from '../../src/shared/share-model.ts';
import { eventually, serve, toolUrl, type Served, type TestHome } from '../support/core.ts';
import { GuestClient } from '../support/guest.ts';
import { environmentOf, fakeMatlab, fakeMatlabOf, matlabHome, tell, type Told } from '../support/matlab.ts';

let home: TestHome;
let served: Served;
let core: CoreClient;
let authority: AuthorityInfo;
let url: string;
let owner: { readonly authorization: string };
let upstreamPort: string;

beforeAll(async () => {
  home = await matlabHome(fakeMatlab);
  served = await serve(home, 'matlab', '--secrets', 'memory');
  url = toolUrl(served.server);
  owner = { authorization: `Bearer ${await served.token()}` };
  upstreamPort = (await environmentOf(served.server.pid ?? 0))['MWI_APP_PORT'] ?? '';
  core = await home.client();
  authority = await core.call('authority.info');
  await matlabIsUp();
});
afterAll(async () => {
  core?.close();
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
});

const ask = (path: string, method = 'GET'): Promise<Told> => tell(url + path, { method, headers: owner });

interface Status {
  readonly matlab: { readonly status: string };
  readonly warnings: readonly string[];
  readonly clientId?: string;
  readonly isActiveClient?: boolean;
}

async function statusOf(query = ''): Promise<Status> {
  return JSON.parse((await ask(`get_status${query}`)).body) as Status;
}

/**
 * For good: matlab-proxy calls it up, asks the stand-in once more in a way that it does not know, warns of
 * that, and calls it up again.
 */
async function matlabIsUp(): Promise<void> {
  await eventually('MATLAB is up', 60_000, async () => {
    const { matlab, warnings } = await statusOf();
    return matlab.status === 'up' && warnings.length > 0;
  });
}

async function newGuest(): Promise<GuestClient> {
  const link = await core.call('share.create', {
    server: served.server.id,
    role: 'full',
    label: 'Ada',
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
    acknowledged: true,
  });
  const guest = new GuestClient(link.url, authority.pem);
  expect((await guest.join()).status).toBe(200);
  return guest;
}

/** The first message of a socket. */
function firstWord(socket: WebSocket): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.once('message', data => {
      resolve(Buffer.isBuffer(data) ? data.toString() : '');
      socket.close();
    });
    socket.once('error', reject);
  });
}

test('MATLAB is reached through the door, by requests and WebSockets', async () => {
  const page = await ask('http_get_request.html');
  expect(page.status).toBe(200);
  const socket = new WebSocket(`${url.replace('http', 'ws')}http_ws_request.html/`, { headers: owner });
  expect(await firstWord(socket)).toBe('Hello world');
  const stranger = new WebSocket(`${url.replace('http', 'ws')}http_ws_request.html/`);
  await expect(firstWord(stranger)).rejects.toThrow('401');
});

test('MATLAB has neither the upstream secret nor the token in its environment', async () => {
  const environment = await environmentOf(await fakeMatlabOf(upstreamPort));
  expect(environment['MWI_APP_PORT']).toBe(upstreamPort);
  const names = Object.keys(environment).filter(name => /^GATEHOUSE_(?!RUN$)|TOKEN/.test(name));
  expect(names).toEqual([]);
  expect(Object.values(environment).join('\n')).not.toContain(await served.token());
});

test('two tabs of the owner: one has MATLAB, the other takes it over', async () => {
  const first = await statusOf('?IS_DESKTOP=TRUE');
  expect([first.isActiveClient, typeof first.clientId]).toEqual([true, 'string']);
  const second = await statusOf('?IS_DESKTOP=TRUE');
  expect(second.isActiveClient).toBe(false);
  const look = (id: string | undefined, more = ''): Promise<Status> =>
    statusOf(`?IS_DESKTOP=TRUE&MWI_CLIENT_ID=${id}${more}`);
  expect(await look(second.clientId, '&TRANSFER_SESSION=true')).toMatchObject({ isActiveClient: true });
  expect(await look(first.clientId)).toMatchObject({ isActiveClient: false });
  expect((await ask('clear_client_id', 'POST')).status).toBe(200);
  expect(await look(first.clientId)).toMatchObject({ isActiveClient: true });
});

test('a viewer and an editor are not offered, with the reason', async () => {
  const preview = await core.call('share.preview', {
    server: served.server.id,
    role: 'full',
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
  });
  expect(preview.roles.map(({ role }) => role)).toEqual(['full']);
  expect(preview.notOffered.map(({ role }) => role)).toEqual(['viewer', 'editor']);
  expect(preview.notOffered[0]?.reason).toMatch(/no guest can only view/);
});

test('a guest uses the desktop, and gets no cookie of the server and no token', async () => {
  const guest = await newGuest();
  const page = await guest.page('/get_status?IS_DESKTOP=TRUE');
  expect([page.status, JSON.parse(page.body)]).toEqual([
    200,
    expect.objectContaining({ matlab: expect.objectContaining({ status: 'up' }) }),
  ]);
  expect([page.headers['set-cookie'] ?? []].flat().join()).not.toMatch(/matlab-proxy-session/);
  expect(await firstWord(guest.socket('/http_ws_request.html/'))).toBe('Hello world');
  expect((await guest.page('/get_auth_token')).status).toBe(403);
  expect((await guest.page('/get%5Fauth_token')).status).toBe(403);
});

test('a guest stops nothing, in no spelling; bare, one of them is enough', async () => {
  const guest = await newGuest();
  const attacks: readonly (readonly [method: string, path: string])[] = [
    ['DELETE', '/stop_matlab'],
    ['DELETE', '/%73top_matlab'],
    ['DELETE', '/shutdown_integration'],
    ['DELETE', '/shutdown%5Fintegration?reason=idle_timeout'],
    ['PUT', '/start_matlab'],
    ['PUT', '/set_licensing_info'],
    ['DELETE', '/set_licensing_info'],
    ['PUT', '/update_entitlement'],
    ['POST', '/stop_matlab?_method=DELETE'],
    ['DELETE', '/x/../stop_matlab'],
  ];
  for (const [method, path] of attacks) {
    const refused = await guest.page(path, { method, body: method === 'PUT' ? '{}' : '' });
    expect([method, path, refused.status]).toEqual([method, path, 403]);
  }
  const overridden = { method: 'POST', headers: { 'x-http-method-override': 'DELETE' } };
  expect((await guest.page('/http_get_request.html', overridden)).status).toBe(403);
  expect((await statusOf()).matlab.status).toBe('up');
  // The owner may, and the spelling that a guest tried reaches the server's route.
  expect((await ask('%73top_matlab', 'DELETE')).status).toBe(200);
  await eventually('MATLAB is down', 30_000, async () => (await statusOf()).matlab.status === 'down');
});

test('the shut-down of its own page is an end, not a crash', async () => {
  expect((await ask('shutdown_integration', 'DELETE')).status).toBe(200);
  const server = await eventually('it has stopped', 30_000, async () => {
    const [only] = await core.call('server.list');
    return only?.state === 'stopped' ? only : null;
  });
  expect(server.reason).toMatch(/exit code 0/);
});
