import { afterEach, expect, test } from 'vitest';
import { openRoute } from '../../../../src/main/core/gateway/forward/upstream-route.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ask, openRoom, owner, type Room } from '../../../support/gateway.ts';
import { alwaysOurs } from '../../../support/reach.ts';

const rooms: Room[] = [];
afterEach(async () => {
  for (const context of rooms.splice(0)) await context.close();
});

test('a route knows the names under which the server may name itself', async () => {
  const upstream = { host: 'LocalHost', headers: [], withheldCookies: [/^a$/gi] };
  const byPort = openRoute({ ...upstream, address: { kind: 'port', port: 7 } }, alwaysOurs);
  expect(byPort.response.upstreamOrigins).toEqual([
    'http://localhost',
    'http://127.0.0.1:7',
    'http://localhost:7',
  ]);
  // A sticky or global expression would remember where it stopped and let every second cookie through.
  expect(byPort.response.withheldCookies.map(String)).toEqual(['/^a$/i']);
  const bySocket = openRoute({ ...upstream, address: { kind: 'socket', path: '/nowhere' } }, alwaysOurs);
  expect(bySocket.response.upstreamOrigins).toEqual(['http://localhost']);
  await Promise.all([byPort.pool.destroy(), bySocket.pool.destroy()]);
});

test.skipIf(process.platform === 'win32')('a server on a Unix socket', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'gh-'));
  const path = join(directory, 's');
  const server = createServer((incoming, response) => response.end(`${incoming.method} ${incoming.url}`));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(path, resolve);
  await promise;
  const context = await openRoom({ upstream: { address: { kind: 'socket', path } } });
  rooms.push(context);
  const reply = await ask(context, '/a?b', { method: 'PUT', headers: owner, body: 'c' });
  expect(reply.body).toBe('PUT /a?b');
  server.closeAllConnections();
  server.close();
  rmSync(directory, { recursive: true });
});

test('small, empty, large and binary answers come whole', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_value, index) => index));
  const sizes = [0, 1, 256, 16 * 1024, 16 * 1024 + 1, 300_000];
  const context = await openRoom({
    listener: (incoming, response) => {
      const size = Number(incoming.url?.slice(2));
      const body = Buffer.alloc(size, bytes);
      if (incoming.url?.startsWith('/c') === true)
        response.writeHead(200, { 'Content-Length': String(size) });
      response.end(body);
    },
  });
  rooms.push(context);
  for (const size of sizes) {
    for (const kind of ['c', 'x']) {
      const { body } = await ask(context, `/${kind}${size}`, { headers: owner });
      expect([size, Buffer.from(body, 'latin1').equals(Buffer.alloc(size, bytes))]).toEqual([size, true]);
    }
  }
});

test('an answer that cannot be passed on is 502, not a crash', async () => {
  const context = await openRoom({
    rawServer: socket => socket.once('data', () => socket.end('this is not HTTP\r\n\r\n')),
  });
  rooms.push(context);
  expect((await ask(context, '/a', { headers: owner })).status).toBe(502);
  expect(context.gateway.connections()).toBe(0);
});
