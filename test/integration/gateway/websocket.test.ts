import { createServer, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { expect } from 'vitest';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import { dial, echoRoom, nextMessage, opened } from '../../support/gateway-echo.ts';
import {
  ask,
  listen,
  owner,
  rawExchange,
  signIn,
  token,
  until,
  upstreamSecret,
  websocket,
} from '../../support/gateway.ts';
import { away, openTo } from '../../support/reach.ts';

test('messages pass both ways, unchanged, with the subprotocol; the server sees its own secret and no credential of ours', async ({
  open,
}) => {
  const { room, handshakes } = await echoRoom(open);
  const client = dial(room, `/api/kernels/1/channels?session_id=a&token=${token}`, {}, [
    'v1.kernel.websocket.jupyter.org',
    'other',
  ]);
  await opened(client);
  expect(client.protocol).toBe('v1.kernel.websocket.jupyter.org');
  client.send('héllo');
  expect((await nextMessage(client)).toString()).toBe('héllo');
  const large = Buffer.alloc(8 * 1024 * 1024, 7);
  client.send(large);
  expect((await nextMessage(client)).equals(large)).toBe(true);
  expect(room.gateway.connections()).toBe(1);
  const [seen] = handshakes;
  expect(seen?.url).toBe('/api/kernels/1/channels?session_id=a');
  expect(seen?.headers['x-upstream-secret']).toBe(upstreamSecret);
  expect(seen?.headers.host).toBe('localhost');
  expect(JSON.stringify(seen?.rawHeaders)).not.toContain(token);
  client.close();
  await until('the socket is gone', () => room.gateway.connections() === 0);
});

test('a browser with a cookie needs its own Origin; the server sees an Origin that fits its Host', async ({
  open,
}) => {
  const { room, handshakes } = await echoRoom(open);
  const cookie = await signIn(room);
  const own = `http://${room.host}`;
  const client = dial(room, '/ws', { Cookie: `${cookie}; _xsrf=2|a`, Origin: own });
  await opened(client);
  expect(handshakes[0]?.headers.origin).toBe('http://localhost');
  expect(handshakes[0]?.headers.cookie).toBe('_xsrf=2|a');
  client.terminate();
  for (const origin of [
    'http://evil.io',
    'null',
    `https://${room.host}`,
    `http://127.0.0.1:${room.port}`,
    `${own}.evil.io`,
  ]) {
    const reply = await ask(room, '/ws', { headers: { ...websocket, Cookie: cookie, Origin: origin } });
    expect([origin, reply.status]).toEqual([origin, 403]);
  }
  expect((await ask(room, '/ws', { headers: { ...websocket, Cookie: cookie } })).status).toBe(403);
  expect(handshakes).toHaveLength(1);
});

test('an answer of the server that is no 101 is relayed', async ({ open }) => {
  const { room } = await echoRoom(open);
  const reply = await ask(room, '/refused', { headers: { ...websocket, ...owner } });
  expect([reply.status, reply.body, reply.headers['x-why'], reply.headers.server]).toEqual([
    403,
    'not me',
    'origin',
    undefined,
  ]);
});

test('no server: 503; a server that is gone: 503', async ({ open }) => {
  const { room, handshakes } = await echoRoom(open);
  room.gateway.setUpstream({ state: 'restarting', reason: 'It crashed.', reach: away, landing: '/' });
  const reply = await ask(room, '/ws', { headers: { ...websocket, ...owner } });
  expect([reply.status, reply.headers['retry-after']]).toEqual([503, '1']);
  expect(reply.body).toContain('restarting: It crashed.');
  const spare = createServer();
  const port = await listen(spare);
  spare.close();
  room.gateway.setUpstream({
    state: 'ready',
    reason: '',
    reach: openTo({ ...room.upstream, address: { kind: 'port', port } }),
    landing: '/',
  });
  expect((await ask(room, '/ws', { headers: { ...websocket, ...owner } })).status).toBe(503);
  expect(handshakes).toHaveLength(0);
});

test('bytes sent right behind the handshake are kept, in both directions', async ({ open }) => {
  const got: Buffer[] = [];
  const room = await open({
    attach: server => {
      server.on('upgrade', (_request: IncomingMessage, socket: Duplex, head: Buffer) => {
        got.push(head);
        socket.on('data', (chunk: Buffer) => got.push(chunk));
        socket.write(
          'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\nfrom the server',
        );
      });
    },
  });
  const lines = Object.entries({ ...websocket, ...owner, Host: room.host }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  const answer = await rawExchange(
    room.port,
    `GET /ws HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\nfrom the client`,
  );
  expect(answer.split('\r\n\r\n')[1]).toBe('from the server');
  expect(Buffer.concat(got).toString()).toBe('from the client');
});

test('the server ends: so does the client, and the other way round', async ({ open }) => {
  const { room, echo } = await echoRoom(open);
  const first = dial(room, '/a', owner);
  await opened(first);
  for (const client of echo.clients) client.terminate();
  await until('the client is closed', () => first.readyState === 3, 1000);
  const second = dial(room, '/a', owner);
  await opened(second);
  second.terminate();
  await until('the server is closed', () => echo.clients.size === 0, 1000);
  await until('nothing is counted', () => room.gateway.connections() === 0, 1000);
  expect(room.gateway.connections()).toBe(0);
});

test('a client that takes nothing pauses the server instead of filling the memory', async ({ open }) => {
  let pushed = 0;
  const room = await open({
    attach: server => {
      server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
        const chunk = Buffer.alloc(256 * 1024);
        const push = (): void => {
          while (!socket.destroyed && pushed < 512 * 1024 * 1024) {
            pushed += chunk.length;
            if (!socket.write(chunk)) break;
          }
        };
        socket.on('drain', push);
        push();
      });
    },
  });
  const socket: Socket = connect(room.port, '127.0.0.1');
  const lines = Object.entries({ ...websocket, ...owner, Host: room.host }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  socket.pause();
  socket.write(`GET /ws HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
  let last = -1;
  let same = 0;
  await until('the server is paused', () => {
    same = pushed > 0 && pushed === last ? same + 1 : 0;
    last = pushed;
    return same > 60;
  });
  expect(pushed).toBeLessThan(64 * 1024 * 1024);
  socket.destroy();
});
