/*
 * A server of two ports behind one door: its page dials the door, and only what was declared is different
 * from what the server sent.
 */
import { createServer } from 'node:http';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { Upstream } from '../../../src/main/core/ports.ts';
import { nextMessage } from '../../support/gateway-echo.ts';
import {
  ask,
  listen,
  openRoom,
  signIn,
  websocket,
  type Room,
  type RoomOptions,
} from '../../support/gateway.ts';

const page = `uaddr: '127.0.0.1', uport: '2929'`;
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map(end => end()));
});

async function secondPort(): Promise<{ port: number; asked: string[] }> {
  const asked: string[] = [];
  const listener = createServer();
  const server = new WebSocketServer({ server: listener });
  server.on('connection', (socket, request) => {
    asked.push(request.url ?? '');
    socket.send('second');
  });
  ends.push(async () => {
    for (const client of server.clients) client.terminate();
    listener.close();
  });
  return { port: await listen(listener), asked };
}

async function open(options: RoomOptions, second = 1): Promise<Room> {
  const upstream: Partial<Upstream> = {
    branches: [{ paths: ['/.two/net', '/p/{port}/'], address: { kind: 'port', port: second }, target: '/' }],
    rewrites: [
      {
        paths: ['/', '/index.html'],
        type: 'text/html',
        texts: [
          { from: `uaddr: '127.0.0.1'`, to: `uaddr: '{hostname}'` },
          { from: `uport: '2929'`, to: `uport: '{port}/.two/net'` },
        ],
      },
    ],
  };
  const room = await openRoom({ ...options, upstream });
  ends.push(() => room.close());
  return room;
}

test('a WebSocket of the branch reaches the second port, by the same guard', async () => {
  const { port, asked } = await secondPort();
  const room = await open({}, port);
  const Cookie = await signIn(room);
  const headers = { Host: room.host, Cookie, Origin: `http://${room.host}` };
  for (const path of ['/.two/net?a=1', `/p/${room.port}/`]) {
    const client = new WebSocket(`ws://127.0.0.1:${room.port}${path}`, { headers });
    expect((await nextMessage(client)).toString()).toBe('second');
    client.terminate();
  }
  expect(asked).toEqual(['/?a=1', '/']);
  const refusals = [
    { ...websocket, Origin: `http://${room.host}` },
    { ...websocket, Cookie, Origin: 'http://evil.io' },
    { ...websocket, Cookie },
  ];
  for (const refused of refusals) {
    expect((await ask(room, '/.two/net', { headers: refused })).status).toBeGreaterThanOrEqual(401);
  }
  expect(asked).toHaveLength(2);
});

test.each(['/.two/net/', '/.two/%6eet', '/.two//net', '/p/1/', '/.two/net/../x', '/p/{port}/'])(
  'any other spelling does not reach it: %s',
  async path => {
    const { port, asked } = await secondPort();
    const room = await open({}, port);
    const Cookie = await signIn(room);
    await ask(room, path, { headers: { ...websocket, Cookie, Origin: `http://${room.host}` } });
    // No upgrade: the server's own.
    await ask(room, '/.two/net', { headers: { Cookie } });
    expect(asked).toEqual([]);
  },
);

test('the page dials the door; its length is right, and it is asked for whole and plain', async () => {
  const seen: unknown[] = [];
  const room = await open({
    listener(request, response) {
      const { range, 'accept-encoding': coding, 'if-none-match': known } = request.headers;
      seen.push([range, coding, known]);
      response.writeHead(200, {
        'Content-Type': 'text/html; charset=utf-8',
        'Content-Length': page.length,
        ETag: '"1"',
      });
      response.write(page.slice(0, 12), () => response.end(page.slice(12)));
    },
  });
  const Cookie = await signIn(room);
  const headers = { Cookie, 'Accept-Encoding': 'gzip', Range: 'bytes=0-3', 'If-None-Match': '"1"' };
  const { body, headers: answered } = await ask(room, '/index.html', { headers });
  expect(body).toBe(`uaddr: 'thesis.localhost', uport: '${room.port}/.two/net'`);
  expect(answered).not.toHaveProperty('content-length');
  expect(answered).not.toHaveProperty('etag');
  expect(seen).toEqual([[undefined, undefined, undefined]]);
  // A path that was not declared is not touched.
  expect((await ask(room, '/other', { headers })).body).toBe(page);
  expect(seen[1]).toEqual(['bytes=0-3', 'gzip', '"1"']);
});

test.each([
  ['compressed all the same', { 'Content-Type': 'text/html', 'Content-Encoding': 'gzip' }, gzipSync(page)],
  ['of another type', { 'Content-Type': 'application/json' }, page],
  ['with nothing of it', { 'Content-Type': 'text/html' }, '<p>hello</p>'],
] as const)('an answer %s passes as it is, which is said once', async (_what, head, body) => {
  const room = await open({
    listener: (_request, response) => response.writeHead(200, head).end(body),
  });
  const Cookie = await signIn(room);
  for (let round = 0; round < 2; round += 1) {
    expect(Buffer.from((await ask(room, '/', { headers: { Cookie } })).body, 'latin1')).toEqual(
      Buffer.from(body),
    );
  }
  expect(room.lines.filter(line => line.includes('none of the addresses'))).toHaveLength(1);
});
