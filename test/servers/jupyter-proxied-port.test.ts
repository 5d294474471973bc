/*
 * The attack: jupyter-server-proxy hands every header of a request on to whoever owns the proxied port,
 * another account of the computer perhaps. Whoever reads the upstream secret there asks the server past the
 * gateway. The same headers are what an extension's handler sees.
 */
import { createServer } from 'node:http';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { askByName, toolUrl } from '../support/core.ts';
import { listen } from '../support/gateway.ts';
import { GuestClient, navigation } from '../support/guest.ts';
import { pythonServer } from '../support/server-packages.ts';
import { openShared, type Shared } from '../support/shared.ts';

/** Answers the headers of a request as a handler of an extension finds them. */
const extension = `
from jupyter_server.base.handlers import JupyterHandler
from tornado import web
import sys, types

class Headers(JupyterHandler):
    @web.authenticated
    def get(self):
        who = self.current_user.username
        self.finish({"who": who, "lines": [line for pair in self.request.headers.get_all() for line in pair]})

    def check_xsrf_cookie(self):
        pass

module = types.ModuleType("headers_extension")
module._jupyter_server_extension_points = lambda: [{"module": "headers_extension"}]
module._load_jupyter_server_extension = lambda app: app.web_app.add_handlers(".*", [("/seen-headers", Headers)])
module.load_jupyter_server_extension = module._load_jupyter_server_extension
sys.modules["headers_extension"] = module
c.ServerApp.jpserver_extensions = {"headers_extension": True}
`;

let shared: Shared;
let port: number;
/** Any server at all: it tells what it was sent. */
const listener = createServer((request, response) => response.end(JSON.stringify(request.rawHeaders)));
const protocol = 'chat';

beforeAll(async () => {
  const python = await pythonServer('jupyter-2.17');
  shared = await openShared({ PATH: `${dirname(python)}:/usr/bin:/bin` }, ['jupyter'], async home => {
    await mkdir(join(home.folder, '.jupyter'), { recursive: true });
    await writeFile(join(home.folder, '.jupyter', 'jupyter_server_config.py'), extension);
  });
  new WebSocketServer({ server: listener }).on('connection', (socket, request) =>
    socket.send(JSON.stringify(request.rawHeaders)),
  );
  port = await listen(listener);
});
afterAll(async () => {
  listener.closeAllConnections();
  listener.close();
  await shared?.close();
});

async function ownersCookie(): Promise<string> {
  const { url } = await shared.core.call('server.link', shared.served.server.id, { tool: false });
  const cookie = 'gatehouse-probe=1';
  const reply = await askByName(url, { ...navigation, cookie, host: new URL(url).host });
  return String(reply.headers['set-cookie']).split(';')[0] ?? '';
}

async function fullGuest(): Promise<GuestClient> {
  const made = new GuestClient((await shared.share({ role: 'full' })).url, shared.authority);
  expect((await made.join()).status).toBe(200);
  return made;
}

function firstMessage(socket: WebSocket): Promise<string> {
  return new Promise<string>((resolve, reject) => {
    socket.once('message', (data: Buffer) => resolve(data.toString('utf8')));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed before a message came')));
  }).finally(() => socket.terminate());
}

/** Nothing that Gatehouse says to its server, and nothing that opens Gatehouse. */
function expectNothingOfOurs(lines: string): void {
  const text = lines.toLowerCase();
  expect(text).toContain('x-forwarded-for');
  for (const name of ['x-gatehouse', 'gatehouse-session', '__host-gatehouse', 'authorization']) {
    expect([name, text.includes(name)]).toEqual([name, false]);
  }
}

const ownUrl = (path: string): string => new URL(path, shared.served.server.url ?? '').href;

/** How each kind of person reaches a path by HTTP. */
const people: readonly (readonly [
  who: string,
  ask: (path: string) => Promise<{ status: number; body: string }>,
])[] = [
  ['the owner in a browser', async path => askByName(ownUrl(path), { cookie: await ownersCookie() })],
  [
    "the owner's tool",
    async path => {
      const headers = { authorization: `Bearer ${await shared.served.token()}` };
      const answer = await fetch(new URL(path, toolUrl(shared.served.server)), { headers });
      return { status: answer.status, body: await answer.text() };
    },
  ],
  ['a guest who may do everything', async path => (await fullGuest()).page(path)],
];

describe.each(people)('%s', (_who, ask) => {
  test('a proxied port is told nothing of ours', async () => {
    const reply = await ask(`/proxy/${port}/headers`);
    expect(reply.status).toBe(200);
    expectNothingOfOurs(reply.body);
  });

  test('an extension is told who asks, and not by which secret', async () => {
    const reply = await ask('/seen-headers');
    expect([reply.status, reply.body.slice(0, 200)]).toEqual([200, expect.stringContaining('"who"')]);
    const { who, lines } = JSON.parse(reply.body) as { who: string; lines: string[] };
    expect(who).toMatch(/\S/);
    expectNothingOfOurs(JSON.stringify(lines));
  });
});

test('a proxied port is told nothing of ours by WebSocket', async () => {
  const base = `${toolUrl(shared.served.server).replace('http', 'ws')}proxy/${port}/`;
  const authorization = `Bearer ${await shared.served.token()}`;
  const owners = await firstMessage(new WebSocket(base, protocol, { headers: { authorization } }));
  expect(owners.toLowerCase()).toContain('sec-websocket-key');
  expectNothingOfOurs(owners);
  const guest = await fullGuest();
  expectNothingOfOurs(await firstMessage(guest.socket(`/proxy/${port}/`, [protocol])));
});

test('what a client says itself in our headers is not believed, and does not arrive', async () => {
  const cookie = await ownersCookie();
  const forged = {
    cookie,
    'x-gatehouse-user': 'somebody',
    'x-gatehouse-explicit': '1',
    'x-gatehouse-upstream': 'x',
  };
  const reply = await askByName(ownUrl('/seen-headers'), forged);
  const { who, lines } = JSON.parse(reply.body) as { who: string; lines: string[] };
  expect(who).not.toBe('somebody');
  expectNothingOfOurs(JSON.stringify(lines));
});
