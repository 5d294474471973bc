import { connect, type Socket } from 'node:net';
import { afterEach, expect } from 'vitest';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import {
  ask,
  owner,
  rawExchange,
  signIn,
  token,
  until,
  type Reply,
  type Room,
} from '../../support/gateway.ts';

const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
});

/**
 * A connection that says `bytes` and then nothing; `read` is what it got, `ended` whether the other side cut
 * it.
 */
function speak(room: Room, bytes: string): { socket: Socket; state: { read: string; ended: boolean } } {
  const socket = connect(room.port, '127.0.0.1');
  const state = { read: '', ended: false };
  socket.on('data', (part: Buffer) => (state.read += part.toString('latin1')));
  socket.on('error', () => (state.ended = true));
  socket.on('close', () => (state.ended = true));
  socket.write(bytes);
  sockets.push(socket);
  return { socket, state };
}

test('headers have a size and a number', async ({ open }) => {
  const room = await open();
  const large = await rawExchange(
    room.port,
    `GET / HTTP/1.1\r\nHost: ${room.host}\r\nX-A: ${'x'.repeat(40_000)}\r\n\r\n`,
  );
  expect(large).toMatch(/^HTTP\/1\.1 431 /);
  const many = Array.from({ length: 101 }, (_value, index) => `X-${index}: a\r\n`).join('');
  expect(await rawExchange(room.port, `GET / HTTP/1.1\r\nHost: ${room.host}\r\n${many}\r\n`)).toMatch(
    /^HTTP\/1\.1 431 /,
  );
  const path = await rawExchange(
    room.port,
    `GET /${'x'.repeat(40_000)} HTTP/1.1\r\nHost: ${room.host}\r\n\r\n`,
  );
  expect(path).toMatch(/^HTTP\/1\.1 431 /);
});

test('a header that never ends is 408, and the connection is cut', async ({ open }) => {
  const room = await open({ limits: { headersMs: 200 } });
  const { state } = speak(room, `GET / HTTP/1.1\r\nHost: ${room.host}\r\nX-A: a`);
  await until('the connection is cut', () => state.ended, 5000);
  expect(state.read).toMatch(/^HTTP\/1\.1 408 /);
});

test('a connection that says nothing is cut', async ({ open }) => {
  const room = await open({ limits: { headersMs: 200, keepAliveMs: 300 } });
  const silent = speak(room, '');
  const idle = speak(room, `GET /_gatehouse/login HTTP/1.1\r\nHost: ${room.host}\r\n\r\n`);
  await until('both are cut', () => silent.state.ended && idle.state.ended, 8000);
  expect(idle.state.read).toMatch(/^HTTP\/1\.1 200 /);
});

test('a body of which nothing more comes is cut, at the server too', async ({ open }) => {
  let aborted = 0;
  const room = await open({
    limits: { sweepMs: 10, bodyIdleMs: 1000 },
    listener: (incoming, response) => {
      incoming.on('aborted', () => (aborted += 1));
      incoming.on('data', () => undefined);
      incoming.on('end', () => response.end());
    },
  });
  const { socket, state } = speak(
    room,
    `POST /a HTTP/1.1\r\nHost: ${room.host}\r\nAuthorization: Bearer ${token}\r\nContent-Length: 1000\r\n\r\nabc`,
  );
  await until('it is in progress', () => room.gateway.connections() === 1);
  room.time.now += 900;
  socket.write('more');
  await seenTwice(room);
  room.time.now += 900;
  await seenTwice(room);
  expect(state.ended).toBe(false);
  room.time.now += 1000;
  await until('the client is cut', () => state.ended, 2000);
  await until('the server knows', () => aborted === 1, 2000);
});

/** Two sweeps have looked at the clock since now. */
async function seenTwice(room: Room): Promise<void> {
  const { reads } = room.time;
  await until('two sweeps', () => room.time.reads > reads + 1, 2000);
}

test('an answer that nobody takes is cut; a long wait for the server is not', async ({ open }) => {
  const room = await open({
    limits: { sweepMs: 10, stalledMs: 1000, bodyIdleMs: 1000 },
    listener: (incoming, response) => {
      if (incoming.url === '/wait') return;
      const chunk = Buffer.alloc(1024 * 1024);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    },
  });
  const auth = `Host: ${room.host}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const waiting = speak(room, `GET /wait HTTP/1.1\r\n${auth}`);
  const deaf = speak(room, `GET /flood HTTP/1.1\r\n${auth}`);
  deaf.socket.pause();
  await until('both are in progress', () => room.gateway.connections() === 2);
  let last = -1;
  await until('the answer has come to a stand', () => {
    const stands = deaf.socket.bytesRead === last;
    last = deaf.socket.bytesRead;
    return stands;
  });
  for (let step = 0; step < 40 && room.gateway.connections() === 2; step += 1) {
    room.time.now += 600;
    await seenTwice(room);
  }
  expect(room.gateway.connections()).toBe(1);
  expect(waiting.state.ended).toBe(false);
});

test('a refused body is not read to its end', async ({ open }) => {
  const room = await open();
  const { state } = speak(
    room,
    `POST /a HTTP/1.1\r\nHost: ${room.host}\r\nContent-Length: 100000000\r\n\r\nabc`,
  );
  await until('the refusal', () => state.read.startsWith('HTTP/1.1 401 '), 2000);
  await until('the connection is cut', () => state.ended, 5000);
  expect(room.executed).toEqual([]);
});

test('guessing is slowed down, and a right credential of the same address is always taken', async ({
  open,
}) => {
  const room = await open({ limits: { failures: 5 } });
  const cookie = await signIn(room);
  const guess = (): Promise<Reply> => ask(room, '/api', { headers: { Authorization: 'Bearer guess' } });
  const replies: Reply[] = [];
  for (let round = 0; round < 7; round += 1) replies.push(await guess());
  expect(replies.map(reply => reply.status)).toEqual([401, 401, 401, 401, 401, 429, 429]);
  expect(replies.map(reply => reply.headers['x-ratelimit-remaining'])).toEqual([
    '4',
    '3',
    '2',
    '1',
    '0',
    '0',
    '0',
  ]);
  expect(replies[6]?.headers).toMatchObject({
    'x-ratelimit-limit': '5',
    'x-ratelimit-reset': '60',
    'retry-after': '60',
  });
  const form = (value: string): Promise<Reply> =>
    ask(room, '/_gatehouse/login', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: `token=${value}`,
    });
  expect((await form('guess')).status).toBe(429);
  expect((await form(token)).status).toBe(303);
  expect((await ask(room, '/api', { headers: owner })).status).toBe(200);
  expect((await ask(room, '/api', { headers: { Cookie: cookie } })).status).toBe(200);
  expect((await ask(room, '/api')).status).toBe(401);
  room.time.now += 60_000;
  expect((await guess()).status).toBe(401);
});

test('a tab with an old cookie that polls is no guesser', async ({ open }) => {
  const room = await open({ limits: { failures: 3 } });
  for (let round = 0; round < 10; round += 1) {
    expect((await ask(room, '/api', { headers: { Cookie: 'gatehouse-session=old' } })).status).toBe(401);
  }
});

test('a session ends after its idle time', async ({ open }) => {
  const room = await open({ limits: { sessionIdleMs: 1000 } });
  const cookie = await signIn(room);
  room.time.now += 999;
  expect((await ask(room, '/api', { headers: { Cookie: cookie } })).status).toBe(200);
  room.time.now += 1000;
  expect((await ask(room, '/api', { headers: { Cookie: cookie } })).status).toBe(401);
});

test('when it was last used, and how much is open', async ({ open }) => {
  const room = await open();
  expect(room.gateway.lastUsed()).toBe(0);
  await ask(room, '/api');
  expect(room.gateway.lastUsed()).toBe(0);
  room.time.now += 5;
  await ask(room, '/api', { headers: owner });
  expect(room.gateway.lastUsed()).toBe(room.time.now);
  await until('nothing is open', () => room.gateway.connections() === 0);
});
