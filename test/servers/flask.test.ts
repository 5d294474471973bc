/*
 * invenio-app as PyPI has it, with SQLite: accounts, OAuth 2, CSRF, rate limits, secure headers
 * (test/fakes/invenio_api.py is the application). Each attack first succeeds against the application as it
 * stands without a gateway, then fails through the door.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { AuthorityInfo } from '../../src/shared/share-model.ts';
import {
  askByName,
  eventually,
  makeHome,
  root,
  serve,
  type Reply,
  type Served,
  type TestHome,
} from '../support/core.ts';
import { GuestClient } from '../support/guest.ts';
import { pythonServer } from '../support/server-packages.ts';

let python: string;
let home: TestHome;
let folder: string;
let bareFolder: string;
let bare: ChildProcess;
let barePort: number;
let served: Served;
let core: CoreClient;
let authority: AuthorityInfo;
let token: string;

beforeAll(async () => {
  python = await pythonServer('flask');
  [folder, bareFolder] = [await application(), await application()];
  home = await makeHome({ PATH: `${dirname(python)}:/usr/bin:/bin` });
  served = await serve(home, '--secrets', 'memory', 'invenio', join(folder, 'api.py'));
  token = await served.token();
  core = await home.client();
  authority = await core.call('authority.info');
  barePort = await getPort();
  const argv = ['-m', 'gunicorn', '--bind', `127.0.0.1:${barePort}`, ...believing, 'api:app'];
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: bareFolder,
    INVENIO_PROXYFIX_CONFIG: "{'x_for': 1, 'x_proto': 1}",
  };
  bare = spawn(python, argv, { cwd: bareFolder, env, stdio: 'ignore' });
  await eventually(
    'the application without a gateway',
    60_000,
    async () => (await asked('/ping')).status === 200,
  );
}, 300_000);
afterAll(async () => {
  core?.close();
  bare?.kill('SIGTERM');
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
  for (const each of [folder, bareFolder])
    if (each !== undefined) await rm(each, { recursive: true, force: true });
});

/** What many installations say to gunicorn, so that a header with an underscore arrives. */
const believing = ['--header-map', 'dangerous', '--no-control-socket'];

async function application(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'invenio '));
  await copyFile(join(root, 'test', 'fakes', 'invenio_api.py'), join(made, 'api.py'));
  return made;
}

/** The application without a gateway. */
function asked(path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: barePort, path, headers, agent: false }, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

interface Seen {
  readonly host: string;
  readonly scheme: string;
  readonly address: string;
  readonly absolute: string;
  readonly environ: Readonly<Record<string, string>>;
}

const seenIn = ({ body }: { readonly body: string }): Seen => JSON.parse(body);

/** The owner's door; `headers` beside the credential. */
function owner(path: string, headers: Record<string, string> = {}): Promise<Reply> {
  return askByName(`${served.server.url}${path.slice(1)}`, { 'x-gatehouse-token': token, ...headers });
}

/** @param from the guest's own address, so that two are two */
async function guestFrom(from: string): Promise<GuestClient> {
  const link = await core.call('share.create', {
    server: served.server.id,
    role: 'full',
    label: from,
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: '127.0.0.1',
    acknowledged: true,
  });
  const guest = new GuestClient(link.url, authority.pem, {
    localAddress: from,
    servername: 'localhost',
  });
  await guest.join(from);
  return guest;
}

/** Signs in to the application itself; answers the cookies that its browser then has. */
async function signIn(guest: GuestClient): Promise<{ cookie: string; csrf: string }> {
  const reply = await guest.page('/login', {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: 'email=ada%40example.org&password=analytical+engine',
  });
  expect([reply.status, reply.body]).toEqual([200, expect.stringContaining('ada@example.org')]);
  const set = [reply.headers['set-cookie'] ?? []].flat().map(line => line.split(';', 1)[0] ?? '');
  const csrf = set.find(pair => pair.startsWith('csrftoken='))?.slice(10) ?? '';
  return { cookie: [guest.cookie, ...set].join('; '), csrf };
}

test('it is found by its name, on a socket of its own, with nothing secret on its command line', async () => {
  expect(served.server.title).toMatch(/^Flask 3\.1/);
  const argv = await readFile(`/proc/${served.server.pid}/cmdline`, 'utf8');
  expect(argv).toContain('server.sock');
  expect(argv).not.toContain(token);
  expect((await readFile(`/proc/${served.server.pid}/environ`, 'utf8')).includes(token)).toBe(false);
  expect((await askByName(`${served.server.url}ping`)).status).toBe(401);
  expect((await owner('/ping')).body).toBe('OK');
});

test('force_https redirects a plain door for ever, and does not through ours', async () => {
  const loop = await asked('/seen');
  expect([loop.status, loop.headers.location]).toEqual([302, `https://127.0.0.1:${barePort}/seen`]);
  const guest = await guestFrom('127.0.0.9');
  for (const seen of [await owner('/seen'), await guest.page('/seen')]) {
    expect([seen.status, seenIn(seen).scheme]).toEqual([200, 'https']);
  }
  // And what it leads to is the door that was asked.
  expect((await owner('/leads-on')).headers.location).toBe(`${served.server.url}seen`);
  expect((await guest.page('/leads-on')).headers['location']).toBe(`${guest.origin}/seen`);
});

test('any Host is taken without a gateway; through the door the application sees its own, and what the guest used beside it', async () => {
  const { host, absolute } = seenIn(await asked('/seen', { host: 'evil.io', 'x-forwarded-proto': 'https' }));
  expect([host, absolute]).toEqual(['evil.io', 'https://evil.io/seen']);
  const guest = await guestFrom('127.0.0.8');
  expect((await guest.page('/seen', { headers: { host: 'evil.io' } })).status).toBe(400);
  const forged = { 'x-forwarded-host': 'evil.io', x_forwarded_host: 'evil.io', forwarded: 'host=evil.io' };
  const seen = seenIn(await guest.page('/seen', { headers: forged }));
  expect([seen.host, seen.absolute]).toEqual(['localhost', 'https://localhost/seen']);
  expect(seen.environ['HTTP_X_FORWARDED_HOST']).toBe(new URL(guest.origin).host);
  expect(JSON.stringify(seen.environ)).not.toContain('evil.io');
});

test('its own session and CSRF token pass untouched; ours stay here', async () => {
  const guest = await guestFrom('127.0.0.7');
  expect((await guest.page('/mine')).status).toBe(401);
  const { cookie, csrf } = await signIn(guest);
  const mine = await guest.page('/mine', { headers: { cookie } });
  expect([mine.status, mine.body]).toEqual([200, expect.stringContaining('ada@example.org')]);
  expect(mine.headers).toMatchObject({ 'x-user-id': '1', 'x-ratelimit-limit': '100' });
  const write = (headers: Record<string, string>): Promise<{ status: number }> =>
    guest.page('/change', { method: 'POST', headers: { cookie, ...headers } });
  expect((await write({})).status).toBe(400);
  expect((await write({ 'x-csrftoken': csrf })).status).toBe(400);
  expect((await write({ 'x-csrftoken': csrf, referer: 'https://evil.io/' })).status).toBe(400);
  expect((await write({ 'x-csrftoken': csrf, referer: `${guest.origin}/page` })).status).toBe(200);
  const { environ } = seenIn(await guest.page('/seen', { headers: { cookie } }));
  expect(environ['HTTP_COOKIE']).toMatch(/session=.*csrftoken=|csrftoken=.*session=/);
  expect(environ['HTTP_COOKIE']).not.toContain(guest.cookie.split('=')[1]);
});

test('an Authorization of its users passes for a signed-in guest; ours never does, and alone it opens nothing', async () => {
  const theirs = `Bearer ${await readFile(join(folder, 'token.txt'), 'utf8')}`;
  const guest = await guestFrom('127.0.0.6');
  const answers = [
    await guest.page('/by-token', { headers: { authorization: theirs } }),
    await owner('/by-token', { authorization: theirs }),
  ];
  for (const { status, body, headers } of answers) {
    expect([status, body]).toEqual([200, expect.stringContaining('ada@example.org')]);
    expect(headers['x-user-id']).toBe('1');
  }
  expect((await askByName(`${served.server.url}by-token`, { authorization: theirs })).status).toBe(401);
  guest.cookie = '';
  expect((await guest.page('/by-token', { headers: { authorization: theirs } })).status).toBe(401);
  const ours = seenIn(await askByName(`${served.server.url}seen`, { authorization: `Bearer ${token}` }));
  expect(JSON.stringify(ours.environ)).not.toContain(token);
  // The owner's token at the guests' door, beside a session.
  const another = await guestFrom('127.0.0.5');
  expect((await another.page('/seen', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
});

test('limits are kept for each guest; who forges an address has a new one without a gateway only', async () => {
  const left = ({ headers }: Pick<Reply, 'headers'> | { headers: Record<string, unknown> }): number =>
    Number(headers['x-ratelimit-remaining']);
  const https = { 'x-forwarded-proto': 'https' };
  const forged = { 'x-forwarded-for': '203.0.113.1', 'user-agent': 'one' };
  expect(left(await asked('/seen', { ...https, ...forged }))).toBe(11);
  expect(left(await asked('/seen', { ...https, ...forged }))).toBe(10);
  expect(left(await asked('/seen', { ...https, ...forged, 'x-forwarded-for': '203.0.113.2' }))).toBe(11);

  const [ada, ben] = [await guestFrom('127.0.0.2'), await guestFrom('127.0.0.3')];
  const seen = async (guest: GuestClient, address: string): Promise<number> => {
    const headers = { ...forged, 'x-forwarded-for': address, x_forwarded_for: address, 'x-real-ip': address };
    return left(await guest.page('/seen', { headers }));
  };
  expect([await seen(ada, '203.0.113.1'), await seen(ada, '203.0.113.2')]).toEqual([11, 10]);
  expect(await seen(ben, '203.0.113.1')).toBe(11);
  for (let spent = 0; spent < 10; spent += 1) await seen(ada, `203.0.113.${spent}`);
  const refused = await ada.page('/seen', { headers: forged });
  expect([refused.status, refused.headers['retry-after']]).toEqual([429, expect.stringMatching(/^\d+$/)]);
  expect((await ben.page('/seen', { headers: forged })).status).toBe(200);
});

test('CVE-2025-64484 (GHSA-vjrc-mh2v-45x6): a header in underscores is believed by the application, and does not come through the door', async () => {
  const smuggled = {
    x_forwarded_user: 'admin',
    X_Forwarded_For: '203.0.113.77',
    'X_Auth-Request_Email': 'admin',
  };
  const { environ } = seenIn(await asked('/seen', { 'x-forwarded-proto': 'https', ...smuggled }));
  expect(environ['HTTP_X_FORWARDED_USER']).toBe('admin');
  expect(environ['HTTP_X_AUTH_REQUEST_EMAIL']).toBe('admin');
  expect(environ['HTTP_X_FORWARDED_FOR']).toContain('203.0.113.77');

  // The same application on the same gunicorn, which believes it, behind the door.
  const server = await core.call('server.start', {
    profile: 'custom',
    folder: bareFolder,
    command: [python, '-m', 'gunicorn', '--bind', 'unix:{socket}', ...believing, 'api:app'],
    readyPath: '/ping',
    custom: { https: true },
  });
  const credential = await core.call('server.token', server.id);
  const reply = await askByName(`${server.url}seen`, { 'x-gatehouse-token': credential, ...smuggled });
  const { environ: behind } = seenIn(reply);
  expect(behind['HTTP_X_FORWARDED_FOR']).toBe('127.0.0.1');
  expect(JSON.stringify(behind)).not.toMatch(/admin|203\.0\.113\.77/);
  await core.call('server.stop', server.id);
  const seen = seenIn(await owner('/seen', smuggled));
  expect(JSON.stringify(seen.environ)).not.toMatch(/admin|203\.0\.113\.77/);
});
