import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterEach, expect, test } from 'vitest';
import { dial, echoRoom, nextMessage, opened } from '../../../support/gateway-echo.ts';
import { ask, openRoom, owner, rawExchange, until, websocket, type Room } from '../../../support/gateway.ts';

const rooms: Room[] = [];
afterEach(async () => {
  for (const room of rooms.splice(0)) await room.close();
});

function handshake(room: Room): string {
  const lines = Object.entries({ ...websocket, ...owner, Host: room.host }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `GET /ws HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}

async function open(onUpgrade: (socket: Duplex) => void, limits = {}): Promise<Room> {
  const room = await openRoom({
    limits,
    attach: server => {
      server.on('upgrade', (_request: IncomingMessage, socket: Duplex) => onUpgrade(socket));
    },
  });
  rooms.push(room);
  return room;
}

test('a message goes there and comes back', async () => {
  const { room } = await echoRoom();
  rooms.push(room);
  const client = dial(room, '/a', owner);
  await opened(client);
  client.send('x');
  expect((await nextMessage(client)).toString()).toBe('x');
  client.terminate();
});

test('a server that does not answer the handshake is given up', async () => {
  const room = await open(() => undefined, { handshakeMs: 100 });
  expect((await ask(room, '/ws', { headers: { ...websocket, ...owner } })).status).toBe(503);
});

test('a server that switches to something else is cut', async () => {
  const room = await open(socket =>
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nevil'),
  );
  expect(await rawExchange(room.port, handshake(room))).toBe('');
});

test('a side that ends while the other does not is not kept for ever', async () => {
  let upstream: Duplex | undefined;
  const room = await open(
    socket => {
      upstream = socket;
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.end();
    },
    { halfClosedMs: 100 },
  );
  await rawExchange(room.port, handshake(room), 3000);
  await until('both sides are gone', () => upstream?.destroyed === true && room.gateway.connections() === 0);
  expect(room.gateway.connections()).toBe(0);
});

test('what the server says of itself and its cookies stays behind, the handshake passes', async () => {
  const room = await open(socket =>
    socket.end(
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: a\r\nSec-WebSocket-Extensions: permessage-deflate\r\nServer: x/1\r\nSet-Cookie: username-x=secret\r\nSet-Cookie: ok=1\r\n\r\n',
    ),
  );
  const answer = await rawExchange(room.port, handshake(room));
  expect(answer.split('\r\n\r\n')[0]?.split('\r\n')).toEqual([
    'HTTP/1.1 101 Switching Protocols',
    'Sec-WebSocket-Accept: a',
    'Sec-WebSocket-Extensions: permessage-deflate',
    'Set-Cookie: ok=1',
    'Connection: Upgrade',
    'Upgrade: websocket',
  ]);
});
