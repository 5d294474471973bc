/*
 * The attack: a notebook shows or hands on the headers of the request that opened it
 * (`mo.app_meta().request`), or a package takes part in marimo's server, and the token by which Gatehouse is
 * let in is among the headers. A viewer who is shown it there asks marimo past the gateway.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { roleSecret } from '../../src/main/core/profiles/common/role-secret.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { eventually, root } from '../support/core.ts';
import type { GuestClient } from '../support/guest.ts';
import { headersOf } from '../support/marimo.ts';
import { openServer, type RealServer } from '../support/real-share.ts';
import { pythonServer } from '../support/server-packages.ts';
import { heardBy, opened } from '../support/sockets.ts';

const run = promisify(execFile);

/** Shows the request that it was opened by; in digits, which no page escapes. */
const code = `import marimo as mo
request = mo.app_meta().request
mo.md("told " + repr(request and [request.headers, request.cookies, request.meta]).encode().hex() + " told")`;

const notebook = `import marimo

app = marimo.App()


@app.cell
def _():
${code.replaceAll(/^/gm, '    ')}
    return


if __name__ == "__main__":
    app.run()
`;

/** A package that takes part in marimo's server by an entry point. */
const reporter = `
from starlette.middleware import Middleware

class Teller:
    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        told = repr(scope.get("headers"))
        if scope["type"] == "http" and scope["path"] == "/favicon.ico":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": told.encode()})
        elif scope["type"] == "websocket" and b"tell" in scope["query_string"]:
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.send", "text": told})
            await receive()
        else:
            await self.app(scope, receive, send)

taking_part = Middleware(Teller)
`;

let packages: string;
let server: RealServer;
let viewer: GuestClient;
let full: GuestClient;

beforeAll(async () => {
  packages = await mkdtemp(join(tmpdir(), 'packages-'));
  await writeFile(join(packages, 'teller.py'), reporter);
  const information = join(packages, 'teller-1.0.dist-info');
  await mkdir(information);
  await writeFile(join(information, 'METADATA'), 'Metadata-Version: 2.1\nName: teller\nVersion: 1.0\n');
  const entry = '[marimo.server.asgi.middleware]\nteller = teller:taking_part\n';
  await writeFile(join(information, 'entry_points.txt'), entry);
  const path = `${dirname(await pythonServer('marimo'))}:/usr/bin:/bin`;
  const environment = { PATH: path, PYTHONPATH: packages };
  server = await openServer(environment, ['marimo', 'app.py', '--trust'], async home => {
    // A list in JSON, as the setting wants it.
    const { code: set, err } = await home.cli('config', 'set', 'environment.names', '["PYTHONPATH"]');
    if (set !== 0) throw new Error(err);
    await writeFile(join(home.folder, 'app.py'), notebook);
  });
  viewer = await server.guest('viewer');
  full = await server.guest('full');
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(packages, { recursive: true, force: true });
});

const asOwner = (): { authorization: string } => ({ authorization: `Bearer ${server.token}` });

/** It was told of a request of ours, and by what Gatehouse is let in was not in it. */
function expectNoCredential(told: string): void {
  const text = told.toLowerCase();
  expect(text).toContain('x-forwarded-for');
  for (const secret of [server.secret, roleSecret(new Secret(server.secret), 'viewer').reveal()]) {
    expect(text.includes(secret.toLowerCase())).toBe(false);
  }
  expect(text).not.toContain('authorization');
}

/** What the notebook told of its request. */
async function toldOn(heard: () => string): Promise<string> {
  const digits = await eventually('the notebook tells', 60_000, async () => {
    return /told ([0-9a-f]+) told/.exec(heard())?.[1];
  });
  return Buffer.from(digits, 'hex').toString('utf8');
}

test('the app that a viewer uses is not told the credential', async () => {
  const socket = viewer.socket('/ws?session_id=s_viewer');
  const heard = heardBy(socket);
  expect(await opened(socket)).toBe(101);
  expectNoCredential(await toldOn(heard));
  socket.close();
});

test.each(['owner', 'full guest'])('the notebook of the editor is not told the credential: %s', async who => {
  const session = `s_${who.length}`;
  const page =
    who === 'owner'
      ? await (await fetch(server.url, { headers: asOwner() })).text()
      : (await full.open('/')).body;
  const target = `ws?session_id=${session}`;
  const socket =
    who === 'owner'
      ? new WebSocket(server.url.replace('http', 'ws') + target, { headers: asOwner() })
      : full.socket(`/${target}&kiosk=false`);
  const heard = heardBy(socket);
  expect(await opened(socket)).toBe(101);
  await eventually('the kernel is ready', 60_000, async () => heard().includes('kernel-ready'));
  const body = JSON.stringify({ cellIds: ['Hbol'], codes: [code] });
  const ran =
    who === 'owner'
      ? (
          await fetch(`${server.url}api/kernel/run`, {
            method: 'POST',
            headers: { ...asOwner(), ...headersOf(page, session) },
            body,
          })
        ).status
      : (await full.page('/api/kernel/run', { method: 'POST', headers: headersOf(page, session), body }))
          .status;
  expect(ran).toBe(200);
  expectNoCredential(await toldOn(heard));
  socket.terminate();
});

test('a package that takes part in the server is not told the credential, by requests and by WebSockets', async () => {
  const owners = await fetch(`${server.url}favicon.ico`, { headers: asOwner() });
  for (const told of [await owners.text(), (await viewer.page('/favicon.ico')).body]) {
    expectNoCredential(told);
  }
  const url = `${server.url.replace('http', 'ws')}ws?session_id=s_t&tell=1`;
  for (const open of [
    () => new WebSocket(url, { headers: asOwner() }),
    () => viewer.socket('/ws?session_id=s_v&tell=1'),
  ]) {
    const socket = open();
    const heard = heardBy(socket);
    expect(await opened(socket)).toBe(101);
    await eventually('it tells', 10_000, async () => heard() !== '');
    expectNoCredential(heard());
    socket.terminate();
  }
});

test("the owner's page, where a notebook shows what it likes, is not told the token by marimo's own address for it", async () => {
  for (const path of ['auth/token', 'auth/%74oken', 'auth/token/', '/auth/token', 'auth//token?x']) {
    const told = await (await fetch(server.url + path, { headers: asOwner() })).text();
    expect([path, told.includes(server.secret)]).toEqual([path, false]);
  }
  const answer = await fetch(`${server.url}auth/token`, { headers: asOwner() });
  expect([answer.status, await answer.json()]).toEqual([200, { token: null }]);
});

test.each([
  [
    'create_starlette_app of its server',
    'marimo/_server/start.py',
    'other = None',
    /no marimo._server.start.create_starlette_app/,
  ],
  [
    'session',
    'marimo/_server/api/auth.py',
    'CustomAuthenticationMiddleware = None',
    /no marimo._server.api.auth.CustomSessionMiddleware/,
  ],
])('a marimo without %s is not started, and it is said why', async (_what, file, text, said) => {
  const folder = await mkdtemp(join(packages, 'marimo-'));
  for (const name of ['marimo/_server/start.py', 'marimo/_server/api/auth.py']) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), 'create_starlette_app = None');
  }
  await writeFile(join(folder, file), text);
  const shim = join(root, 'src/main/core/profiles/marimo/shim/gatehouse_marimo.py');
  const started = run('python3', [shim, 'trusted', 'x.py', '1', 'y'], {
    env: { ...process.env, PYTHONPATH: folder },
  });
  await expect(started).rejects.toMatchObject({ code: 1, stderr: expect.stringMatching(said) });
});
