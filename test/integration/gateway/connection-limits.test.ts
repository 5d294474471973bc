/**
 * Those who have shown nothing: they may knock, but neither stay for ever, nor crowd the owner out, nor fill
 * the memory.
 */
import { connect, type Socket } from 'node:net';
import { afterEach, expect } from 'vitest';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import { ask, owner, token, until, websocket, type Room } from '../../support/gateway.ts';

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

interface Speaker {
  readonly socket: Socket;
  read: string;
  ended: boolean;
}

function speak(room: Room, bytes: string, reads = true): Speaker {
  const socket = connect(room.port, '127.0.0.1');
  const speaker: Speaker = { socket, read: '', ended: false };
  if (reads) socket.on('data', (part: Buffer) => (speaker.read += part.toString('latin1')));
  else socket.pause();
  socket.on('error', () => (speaker.ended = true));
  socket.on('close', () => (speaker.ended = true));
  socket.write(bytes);
  sockets.push(socket);
  return speaker;
}

const login = (room: Room): string => `GET /_gatehouse/login HTTP/1.1\r\nHost: ${room.host}\r\n\r\n`;
const right = (room: Room, path = '/a'): string =>
  `GET ${path} HTTP/1.1\r\nHost: ${room.host}\r\nX-Gatehouse-Token: ${token}\r\n\r\n`;
const form = (room: Room): string =>
  `POST /_gatehouse/login HTTP/1.1\r\nHost: ${room.host}\r\n` +
  'Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\ntoken=';

test('a form that never arrives is answered and its connection cut', async ({ open }) => {
  const room = await open({ limits: { formMs: 50 } });
  const held = speak(room, form(room));
  await until('it is told', () => held.read.startsWith('HTTP/1.1 408 '), 2000);
  await until('and cut', () => held.ended, 4000);
  expect(held.read).toContain('did not arrive in time');
});

test('a crowd of strangers gives way, the oldest first, and the owner stays', async ({ open }) => {
  const room = await open({ limits: { connections: 6 } });
  const mine = [speak(room, right(room)), speak(room, right(room))];
  await until('the owner is in', () => mine.every(one => one.read.includes('served')));
  const strangers: Speaker[] = [];
  for (let index = 0; index < 10; index += 1) {
    const stranger = speak(room, index % 2 === 0 ? form(room) : login(room));
    strangers.push(stranger);
    await until(
      'it is there',
      () => stranger.socket.bytesWritten > 0 && stranger.socket.localPort !== undefined,
    );
  }
  await until('six of ten had to go', () => strangers.filter(one => one.ended).length === 6, 2000);
  expect(strangers.map(one => one.ended)).toEqual([
    ...Array<boolean>(6).fill(true),
    ...Array<boolean>(4).fill(false),
  ]);
  expect(mine.map(one => one.ended)).toEqual([false, false]);
  expect((await ask(room, '/b', { headers: owner })).status).toBe(200);
  const socket = speak(room, right(room, '/c'));
  await until('a new connection of the owner is served', () => socket.read.includes('served'), 2000);
});

test('when the owner has every connection, the newcomer goes', async ({ open }) => {
  const room = await open({ limits: { connections: 2 } });
  const mine = [speak(room, right(room)), speak(room, right(room))];
  await until('the owner is in', () => mine.every(one => one.read.includes('served')));
  const stranger = speak(room, login(room));
  await until('it is closed', () => stranger.ended, 2000);
  expect([stranger.read, mine.some(one => one.ended)]).toEqual(['', false]);
});

test('a WebSocket of the owner is no stranger', async ({ open }) => {
  const room = await open({
    limits: { connections: 2 },
    attach: server => {
      server.on('upgrade', (_incoming, socket) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      });
    },
  });
  const lines = Object.entries(websocket).map(([name, value]) => `${name}: ${value}\r\n`);
  const mine = speak(
    room,
    `GET /w HTTP/1.1\r\nHost: ${room.host}\r\nX-Gatehouse-Token: ${token}\r\n${lines.join('')}\r\n`,
  );
  await until('it is open', () => mine.read.startsWith('HTTP/1.1 101 '));
  const strangers = [1, 2, 3].map(() => speak(room, login(room)));
  await until('two strangers had to go', () => strangers.filter(one => one.ended).length === 2, 2000);
  expect(mine.ended).toBe(false);
});

test('who asks much at once and has shown nothing is cut; the owner may ask more', async ({ open }) => {
  const room = await open({ limits: { pipelined: 4 } });
  const greedy = speak(room, login(room).repeat(100), false);
  await until('it is cut', () => greedy.socket.resume() !== null && greedy.ended, 2000);
  const mine = speak(room, right(room).repeat(20));
  await until('all twenty', () => mine.read.split('served').length === 21, 2000);
  expect(mine.ended).toBe(false);
  expect(room.gateway.connections()).toBe(0);
});

test('an answer that a stranger does not take is not kept for ever', async ({ open }) => {
  const room = await open({ limits: { strangerMs: 1000, sweepMs: 10, pipelined: 100_000 } });
  const long = `GET /_gatehouse/login?next=/${'a'.repeat(1500)} HTTP/1.1\r\nHost: ${room.host}\r\n\r\n`;
  const deaf = speak(room, long.repeat(4000), false);
  const honest = speak(room, login(room));
  const cut = (): boolean => {
    room.time.now += 100;
    return deaf.ended;
  };
  await until('it is cut', cut, 5000);
  expect([honest.ended, honest.read.startsWith('HTTP/1.1 200 ')]).toEqual([false, true]);
});

test('an owner who leaves in the middle of many leaves nothing behind', async ({ open }) => {
  const room = await open({ listener: (_incoming, response) => response.write('never ends') });
  const mine = speak(room, right(room).repeat(3));
  await until('all three are open', () => room.gateway.connections() === 3, 2000);
  mine.socket.destroy();
  await until('nothing is open', () => room.gateway.connections() === 0, 2000);
  expect((await ask(room, '/_gatehouse/login')).status).toBe(200);
});
