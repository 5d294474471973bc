/* The settings of matlab-proxy's security page, honoured at the door. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import getPort from 'get-port';
import { expect, test } from 'vitest';
import type { AuthorityInfo } from '../../src/shared/share-model.ts';
import { eventually, serve, toolUrl, type Served, type TestHome } from '../support/core.ts';
import { hostNames } from '../../src/main/core/share/network/host-names.ts';
import { day, makeCertificate } from '../support/certificates.ts';
import { matlabHome, tell } from '../support/matlab.ts';

async function end(served: Served): Promise<void> {
  served.child.kill('SIGTERM');
  await served.ended;
}

async function everyFile(folder: string): Promise<readonly { path: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter(entry => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Promise.all(paths.map(async path => ({ path, text: await readFile(path, 'latin1') })));
}

const start = (home: TestHome): Promise<Served> => serve(home, 'matlab', '--secrets', 'memory');

test('MWI_APP_PORT, MWI_AUTH_TOKEN and MWI_BASE_URL say where the door is and what opens it', async () => {
  const port = await getPort();
  const token = 'My-own.token~of_MATLAB';
  await using home = await matlabHome({
    MWI_APP_PORT: String(port),
    MWI_AUTH_TOKEN: token,
    MWI_BASE_URL: '/lab/matlab/',
  });
  const served = await start(home);
  const url = toolUrl(served.server);
  expect(url).toBe(`http://127.0.0.1:${port}/lab/matlab/`);
  expect(await served.token()).toBe(token);
  const headers = { 'mwi-auth-token': token };
  expect((await tell(`${url}get_status`)).status).toBe(401);
  expect((await tell(`${url}get_status`, { headers })).status).toBe(200);
  const first = await tell(`${url}?mwi-auth-token=${token}`);
  expect([first.status, first.headers.location]).toEqual([302, '/lab/matlab/index.html']);
  const root = await tell(`http://127.0.0.1:${port}/`, { headers: { ...headers, accept: 'text/html' } });
  expect([root.status, root.headers.location]).toEqual([
    303,
    `http://127.0.0.1:${port}/lab/matlab/index.html`,
  ]);
  const listed = await home.cli('list', '--matlab-proxy', '--quiet');
  expect(listed.out).toBe(`http://127.0.0.1:${port}/lab/matlab?mwi-auth-token=${token}\n`);
  const rotated = await home.cli('token', served.server.id, '--rotate');
  expect([rotated.code, rotated.err]).toEqual([2, expect.stringMatching(/is set in the environment/)]);
  // The next start has the same token, and nothing that was kept or printed has it.
  const kept = await everyFile(home.folder);
  expect(kept.map(({ path }) => path).join()).toContain('gatehouse.log');
  expect(kept.filter(({ text }) => text.includes(token)).map(({ path }) => path)).toEqual([]);
  expect((await home.cli('logs', served.server.id)).out).not.toContain(token);
  await end(served);
});

test('a token that means something else in a URL is refused, and not repeated', async () => {
  await using home = await matlabHome({ MWI_AUTH_TOKEN: 'a&b#never-said' });
  const { code, err } = await home.cli('start', 'matlab', '--secrets', 'memory');
  expect(code).toBe(2);
  expect(err).toMatch(/MWI_AUTH_TOKEN has a character that is not allowed at position 2/);
  expect(err).not.toContain('never-said');
});

test('MWI_SHUTDOWN_ON_IDLE_TIMEOUT: an end that was wanted is no crash', async () => {
  await using home = await matlabHome({ MWI_SHUTDOWN_ON_IDLE_TIMEOUT: '0.05' });
  const served = await start(home);
  const client = await home.client();
  const server = await eventually('it has stopped', 30_000, async () => {
    const [only] = await client.call('server.list');
    return only?.state === 'stopped' ? only : null;
  });
  client.close();
  expect(server.reason).toMatch(/exit code 0/);
  expect((await home.cli('logs', served.server.id)).out).toMatch(/nobody used MATLAB for as long as/);
  await end(served);
});

test('MWI_ENABLE_TOKEN_AUTH=False lets this computer in, says so as long as it runs, and is never shared', async () => {
  await using home = await matlabHome({ MWI_ENABLE_TOKEN_AUTH: 'False' });
  const served = await start(home);
  const url = toolUrl(served.server);
  expect(served.server.reason).toMatch(/every account on this computer can use MATLAB as you/);
  expect((await home.cli('list', '--json')).out).toMatch(/every account on this computer/);
  expect((await tell(`${url}get_status`)).status).toBe(200);
  expect((await tell(`${url}index.html`, { headers: { accept: 'text/html' } })).status).toBe(200);
  // Other sites are as shut out as ever: a form, a WebSocket, a name that was turned to this computer.
  const form = {
    origin: 'https://evil.example',
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'no-cors',
  };
  expect((await tell(`${url}clear_client_id`, { method: 'POST', headers: form })).status).toBe(403);
  const image = { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' };
  expect((await tell(`${url}get_status`, { headers: image })).status).toBe(403);
  const port = new URL(url).port;
  const rebound = { headers: { host: `evil.example:${port}` } };
  expect((await tell(`${url}get_status`, rebound)).status).toBe(400);
  const socket = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const key = { 'sec-websocket-key': 'AAAAAAAAAAAAAAAAAAAAAA==', origin: 'https://evil.example' };
  expect((await tell(`${url}x`, { headers: { ...socket, ...key } })).status).toBe(403);
  expect((await home.cli('list', '--matlab-proxy', '-q')).out).toBe(`${url.replace(/\/$/, '')}\n`);
  const share = await home.cli('share', served.server.id, '--role', 'full', '--expires', '1h', '--yes');
  expect([share.code, share.err]).toEqual([
    4,
    expect.stringMatching(/cannot be shared: its door .* asks nobody/),
  ]);
  await end(served);
});

test('MWI_ENABLE_SSL with the owner’s certificate, its key in the same file', async () => {
  const period = { from: Date.now() - day, to: Date.now() + 30 * day };
  const authority = await makeCertificate({ subject: 'CN=Lab', ca: true, ...period });
  const middle = await makeCertificate({ subject: 'CN=Room', ca: true, issuer: authority, ...period });
  const host = hostNames(['localhost'], ['127.0.0.1']);
  const certificate = await makeCertificate({ issuer: middle, host, ...period });
  await using home = await matlabHome({ MWI_ENABLE_SSL: 'True', MWI_BASE_URL: '/m' });
  const file = join(home.folder, 'chain and key.pem');
  await writeFile(file, [certificate.pem, middle.pem, certificate.keyPem].join('\n'), { mode: 0o600 });
  home.environment['MWI_SSL_CERT_FILE'] = file;
  const served = await start(home);
  expect(served.server.url).toMatch(/^https:\/\/[^/]+\.localhost:\d+\/m\/$/);
  const url = toolUrl(served.server);
  const headers = { 'mwi-auth-token': await served.token() };
  const told = await tell(`${url}get_status`, { headers, ca: authority.pem });
  expect([told.status, JSON.parse(told.body)]).toEqual([
    200,
    expect.objectContaining({ matlab: expect.anything() }),
  ]);
  expect((await tell(`${url}get_status`, { ca: authority.pem })).status).toBe(401);
  expect((await home.cli('list', '--matlab-proxy', '-q')).out).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/m\?/);
  await expect(tell(url.replace('https', 'http'))).rejects.toThrow(/hang up|ECONNRESET/);
  await end(served);
});

test('MWI_ENABLE_SSL alone: a certificate of this installation’s own authority, for this door and no other', async () => {
  await using home = await matlabHome({ MWI_ENABLE_SSL: 'true' });
  const served = await start(home);
  const client = await home.client();
  const { pem }: AuthorityInfo = await client.call('authority.info');
  client.close();
  const url = toolUrl(served.server);
  const headers = { 'mwi-auth-token': await served.token() };
  expect((await tell(`${url}get_status`, { headers, ca: pem })).status).toBe(200);
  await expect(tell(`${url}get_status`, { headers })).rejects.toThrow(/certificate/);
  await end(served);
});
