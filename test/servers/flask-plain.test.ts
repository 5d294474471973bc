/*
 * Flask as it is installed alone: no gunicorn, no ProxyFix, an application that is found by its name in the
 * folder.
 */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { askByName, makeHome, serve } from '../support/core.ts';
import { pythonServer } from '../support/server-packages.ts';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map(folder => rm(folder, { recursive: true, force: true })));
});

async function application(lines: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'flask '));
  folders.push(folder);
  await writeFile(join(folder, 'app.py'), ['from flask import Flask, request', ...lines, ''].join('\n'));
  return folder;
}

const path = async (): Promise<Record<string, string>> => ({
  PATH: `${dirname(await pythonServer('flask-plain'))}:/usr/bin:/bin`,
});

test('the application of the folder is served, on a private socket, and is told who asks', async () => {
  const folder = await application([
    'def create_app():',
    '    app = Flask(__name__)',
    '    @app.get("/")',
    '    def seen():',
    '        return dict(host=request.host, scheme=request.scheme, address=request.remote_addr, debug=app.debug)',
    '    @app.get("/fails")',
    '    def fails():',
    '        raise RuntimeError("a secret of the application")',
    '    return app',
  ]);
  await using home = await makeHome({ ...(await path()), FLASK_DEBUG: '1' });
  const served = await serve(home, '--secrets', 'memory', 'flask', '--folder', folder, '--trust');
  const headers = { authorization: `Bearer ${await served.token()}`, 'x-forwarded-for': '203.0.113.1' };
  const { body } = await askByName(served.server.url ?? '', headers);
  expect(JSON.parse(body)).toEqual({
    host: 'localhost',
    scheme: 'https',
    address: '127.0.0.1',
    debug: false,
  });
  const failed = await askByName(`${served.server.url}fails`, headers);
  expect([failed.status, failed.body.includes('a secret')]).toEqual([500, false]);
  // The debugger's own door.
  const debug = await askByName(`${served.server.url}?__debugger__=yes&cmd=resource&f=debugger.js`, headers);
  expect(JSON.parse(debug.body)).toMatchObject({ host: 'localhost' });
  const sockets = (await readdir(home.runtime, { recursive: true })).filter(file =>
    file.endsWith('server.sock'),
  );
  expect(sockets).toHaveLength(1);
  expect((await stat(join(home.runtime, sockets[0] ?? ''))).mode & 0o077).toBe(0);
});

test('an application that turns debug mode on is served without it', async () => {
  const folder = await application([
    'app = Flask(__name__)',
    'app.debug = True',
    '@app.get("/")',
    'def seen():',
    '    return dict(debug=app.debug)',
  ]);
  await using home = await makeHome(await path());
  const served = await serve(home, '--secrets', 'memory', 'flask', join(folder, 'app.py'));
  const headers = { authorization: `Bearer ${await served.token()}` };
  expect(JSON.parse((await askByName(served.server.url ?? '', headers)).body)).toEqual({ debug: false });
});
