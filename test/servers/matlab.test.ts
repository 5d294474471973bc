/*
 * matlab-proxy without a MATLAB: what it lets others do when it is bare, and what is left of that behind the
 * door.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, readdir, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listenersOn } from '../../src/main/core/server/process/port-listeners.ts';
import { eventually, serve, toolUrl, type Served, type TestHome } from '../support/core.ts';
import { bareMatlabProxy, environmentOf, matlabHome, tell } from '../support/matlab.ts';
import { everyProcess } from '../support/processes.ts';
import { pythonServer } from '../support/server-packages.ts';

let home: TestHome;
let served: Served;
let token: string;
let url: string;
let upstreamPort: number;

const infoFolder = (): string => join(home.folder, '.matlab', 'MWI', 'hosts', hostname(), 'ports');

beforeAll(async () => {
  home = await matlabHome();
  served = await serve(home, 'matlab', '--secrets', 'memory');
  token = await served.token();
  url = toolUrl(served.server);
  upstreamPort = Number((await environmentOf(served.server.pid ?? 0))['MWI_APP_PORT']);
});
afterAll(async () => {
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
});

test('bare, it listens on every address, tells strangers where MATLAB is, and is stopped by any spelling of its route', async () => {
  await using bare = await bareMatlabProxy(home);
  const listeners = await listenersOn(bare.port, 'linux');
  expect(listeners.map(({ reach }) => reach)).toEqual(['any']);
  const told = await tell(`http://127.0.0.1:${bare.port}/get_env_config`);
  expect([told.status, JSON.parse(told.body)]).toEqual([
    200,
    expect.objectContaining({ matlab: expect.objectContaining({ rootPath: 'None' }) }),
  ]);
  // Its token lies where every program of the account reads it, and each of its pages is told it.
  const info = await readFile(join(infoFolder(), String(bare.port), 'mwi_server.info'), 'utf8');
  expect(info).toContain(`?mwi-auth-token=${bare.token}`);
  const headers = { 'mwi-auth-token': bare.token };
  const asked = await tell(`http://127.0.0.1:${bare.port}/get_auth_token`, { headers });
  expect(JSON.parse(asked.body)).toEqual({ token: bare.token });
  // Hands out a cookie that opens it by itself.
  expect(String(asked.headers['set-cookie'])).toMatch(/^matlab-proxy-session-/);
  await tell(`http://127.0.0.1:${bare.port}/%73hutdown_integration`, { method: 'DELETE', headers });
  await bare.ended;
});

test('it is found with its version, and told what is missing', async () => {
  expect(served.server.title).toBe('MATLAB (matlab-proxy) 0.35.0');
  expect(served.server.origin).toMatch(/; no MATLAB on PATH$/);
  expect(served.server.reason).toMatch(/no MATLAB is on PATH/);
  expect((await home.cli('profiles')).out).toContain('MATLAB (matlab-proxy) 0.35.0');
});

test('it listens on loopback alone, and answers only who knows the upstream secret', async () => {
  const listeners = await listenersOn(upstreamPort, 'linux');
  expect(listeners.map(({ reach }) => reach)).toEqual(['loopback']);
  const paths = ['/get_status', '/get_env_config', '/index.html', '/', '/get_auth_token', '/nothing'];
  for (const path of paths) {
    for (const headers of [{}, { 'mwi-auth-token': token }]) {
      const { status, body } = await tell(`http://127.0.0.1:${upstreamPort}${path}`, { headers });
      expect([path, status, body]).toEqual([path, 403, 'Only Gatehouse may ask this server.']);
    }
  }
  const logs = await home.cli('logs', served.server.id);
  expect(logs.out).toContain(
    'Seen from outside the gateway: it listens only on this computer, and answers no one',
  );
});

test('no secret is on a command line, in an environment, in its folder or in what it printed', async () => {
  const environment = await environmentOf(served.server.pid ?? 0);
  expect(Object.keys(environment).filter(name => /TOKEN/.test(name))).toEqual([]);
  await expect(stat(environment['GATEHOUSE_UPSTREAM_SECRET_FILE'] ?? '')).rejects.toThrow('ENOENT');
  const all = await everyProcess();
  expect(all.filter(({ argv, environment: text }) => argv.includes(token) || text.includes(token))).toEqual(
    [],
  );
  const logs = await home.cli('logs', served.server.id);
  expect(logs.out).toContain(`Access MATLAB at`);
  expect(logs.out).not.toMatch(/mwi-auth-token=/);
});

test('the token opens the door as header, parameter and by the form of its page', async () => {
  expect((await tell(`${url}get_status`)).status).toBe(401);
  expect((await tell(`${url}get_status`, { headers: { 'mwi-auth-token': 'wrong' } })).status).toBe(401);
  for (const name of ['mwi-auth-token', 'mwi_auth_token']) {
    const byHeader = await tell(`${url}get_status`, { headers: { [name]: token } });
    expect(JSON.parse(byHeader.body)).toMatchObject({ matlab: { status: 'down' } });
    expect((await tell(`${url}get_status?${name}=${token}`)).status).toBe(200);
  }
  const form = await tell(`${url}authenticate`, { method: 'POST', headers: { 'mwi-auth-token': token } });
  expect(JSON.parse(form.body)).toEqual({ status: true, error: null });
  const refused = await tell(`${url}authenticate`, {
    method: 'POST',
    headers: { 'mwi-auth-token': 'wrong' },
  });
  expect(refused.status).toBe(401);
  // A hash of the token, as the server itself takes it, is no token here.
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256').update(token).digest('hex');
  expect((await tell(`${url}get_status`, { headers: { 'mwi-auth-token': hash } })).status).toBe(401);
});

test('its page is served, tells no secret, and gets no cookie that opens the server', async () => {
  const headers = { authorization: `Bearer ${token}` };
  const page = await tell(`${url}index.html`, { headers });
  expect([page.status, page.body]).toEqual([200, expect.stringContaining('<div id="root">')]);
  const asked = await tell(`${url}get_auth_token`, { headers });
  expect(JSON.parse(asked.body)).toEqual({ token: `shown by: gatehouse token ${served.server.id}` });
  for (const answer of [page, asked]) expect(answer.headers['set-cookie'] ?? []).toEqual([]);
});

test('matlab-proxy-app-list-servers names the door, without a token; gatehouse list --matlab-proxy with it', async () => {
  const program = join(dirname(await pythonServer('matlab')), 'matlab-proxy-app-list-servers');
  const run = async (...args: string[]): Promise<string> => {
    const child = spawn(program, args, { env: { ...home.environment, COLUMNS: '200' } });
    let out = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    await once(child, 'close');
    return out;
  };
  const gateway = url.replace(/\/$/, '');
  expect(await run('-q')).toBe(`${gateway}\n`);
  expect(await run()).toContain(gateway);
  const info = await stat(join(infoFolder(), String(upstreamPort), 'mwi_server.info'));
  expect(info.mode & 0o077).toBe(0);
  const quiet = await home.cli('list', '--matlab-proxy', '-q');
  expect(quiet.out).toBe(`${gateway}?mwi-auth-token=${token}\n`);
  expect((await tell(quiet.out.trim().replace('?', '/get_status?'))).status).toBe(200);
  const [theirs] = JSON.parse(await run('--json')) as Record<string, string>[];
  const [ours] = await home.json<Record<string, string>[]>('list', '--matlab-proxy');
  expect(Object.keys(ours ?? {})).toEqual(Object.keys(theirs ?? {}));
  expect(ours).toMatchObject({ server_url: quiet.out.trim(), matlab_version: 'MATLAB' });
  expect((await home.cli('list', '--matlab-proxy')).out).toMatch(/MATLAB Proxy Servers[^]*Created On/);
});

test('it stops in its own way and leaves nothing', async () => {
  const { pid } = served.server;
  expect((await home.cli('stop', served.server.id)).code).toBe(0);
  await eventually('it is gone', 10_000, async () => !(await everyProcess()).some(each => each.pid === pid));
  const logs = await home.cli('logs', served.server.id);
  expect(logs.out).toContain('Finished shutting down (reason: NORMAL_SHUTDOWN, code: 0)');
  const left = await readdir(infoFolder(), { recursive: true });
  expect(left.filter(name => name.includes(String(upstreamPort)) && name.endsWith('.info'))).toEqual([]);
});
