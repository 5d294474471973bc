/*
 * Every route that this JupyterLab really has x {GET, POST, Upgrade}: without a credential each is refused by
 * the gateway.
 */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeHome, serve, type Served, type TestHome } from '../../support/core.ts';
import { testPython } from '../../support/jupyter.ts';
import { jupyterRoutes } from '../../support/jupyter-route-list.ts';

let home: TestHome;
let served: Served;
let routes: string[];

beforeAll(async () => {
  home = await makeHome();
  served = await serve(home, '--secrets', 'memory');
  routes = (await jupyterRoutes(await testPython(), home.folder, home.environment)).map(
    ({ pattern }) => pattern,
  );
});
afterAll(async () => {
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
});

/** A path that the pattern matches, near enough: groups become a word. */
function examplePath(pattern: string): string {
  const path = pattern
    .replace(/^\^?/, '')
    .replace(/\$$/, '')
    .replaceAll(/\((?:[^()]|\([^()]*\))*\)[?*+]?/g, 'x')
    .replaceAll('\\', '')
    .replaceAll(/[?+*]|\.\*/g, '');
  return path.startsWith('/') ? path : `/${path}`;
}

interface Reply {
  readonly status: number;
  readonly text: string;
}

function ask(path: string, method: 'GET' | 'POST' | 'Upgrade'): Promise<Reply> {
  const { port } = new URL(served.server.url ?? '');
  const lines = {
    GET: [`GET ${path} HTTP/1.1`],
    POST: [`POST ${path} HTTP/1.1`, 'Content-Length: 2', 'Content-Type: application/json'],
    Upgrade: [
      `GET ${path} HTTP/1.1`,
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ],
  }[method];
  const body = method === 'POST' ? '{}' : '';
  const connection = method === 'Upgrade' ? 'Connection: Upgrade' : 'Connection: close';
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => {
      socket.write([...lines, `Host: 127.0.0.1:${port}`, connection, '', body].join('\r\n'));
    });
    socket.setEncoding('utf8').on('data', chunk => {
      text += chunk;
      // A refused upgrade is ended by the gateway; an accepted one would stay open, so the status line
      // decides.
      if (method === 'Upgrade' && text.includes('\r\n')) socket.destroy();
    });
    socket.on('close', () => resolve({ status: Number(text.split(' ')[1]), text }));
    socket.on('error', reject);
  });
}

test('the list of routes is the real one', () => {
  expect(routes.length).toBeGreaterThan(60);
  for (const known of [
    '/api/kernels',
    '/terminals/websocket',
    '/lab',
    '/api/contents',
    '/lsp/ws',
    '/api/events/subscribe',
  ]) {
    expect(
      routes.some(route => route.includes(known)),
      known,
    ).toBe(true);
  }
});

test.each(['GET', 'POST', 'Upgrade'] as const)(
  '%s of every route is refused',
  { timeout: 120_000 },
  async method => {
    const wrong: string[] = [];
    for (const route of routes) {
      const path = examplePath(route);
      const { status, text } = await ask(path, method);
      // What Jupyter itself answers carries its own headers or cookies; a refusal of the gateway does not.
      if (![401, 303, 307, 400, 404, 405].includes(status) || /_xsrf|tornado/i.test(text))
        wrong.push(`${method} ${path}: ${status}`);
      if (status === 303 && !/location: [^\r]*_gatehouse\/login/i.test(text))
        wrong.push(`${method} ${path}: ${text.slice(0, 200)}`);
    }
    expect(wrong).toEqual([]);
  },
);
