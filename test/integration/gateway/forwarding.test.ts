import { createHash } from 'node:crypto';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { expect } from 'vitest';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import { ask, owner, partsOf, rawExchange, token, until, type Room } from '../../support/gateway.ts';

/** A request whose answer is read by the caller. */
function start(room: Room, path: string, options: object = {}): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const outgoing = request({
    host: '127.0.0.1',
    port: room.port,
    path,
    headers: { Host: room.host, ...owner },
    agent: false,
    ...options,
  });
  outgoing.on('error', reject);
  outgoing.on('response', resolve);
  outgoing.end();
  return promise;
}

function write(response: ServerResponse, chunk: Buffer, times: number): void {
  let left = times;
  const more = (): void => {
    while (left > 0 && !response.destroyed) {
      left -= 1;
      if (!response.write(chunk)) {
        response.once('drain', more);
        return;
      }
    }
    response.end();
  };
  more();
}

const mib = 1024 * 1024;

test('a download of 1 GiB passes whole, in flat memory', async ({ open }) => {
  const chunk = Buffer.alloc(mib, 'x');
  const room = await open({
    listener: (_incoming, response) => {
      response.writeHead(200, { 'Content-Length': String(1024 * mib) });
      write(response, chunk, 1024);
    },
  });
  const before = process.memoryUsage().rss;
  let peak = before;
  let size = 0;
  const answer = await start(room, '/files/large');
  for await (const part of partsOf(answer)) {
    size += part.length;
    peak = Math.max(peak, process.memoryUsage().rss);
  }
  expect(size).toBe(1024 * mib);
  expect(answer.headers['content-length']).toBe(String(1024 * mib));
  expect(peak - before).toBeLessThan(300 * mib);
});

test('a client that does not read pauses the server; it goes on when the client does', async ({ open }) => {
  let produced = 0;
  const chunk = Buffer.alloc(mib, 'x');
  const room = await open({
    listener: (_incoming, response) => {
      const more = (): void => {
        while (produced < 256 && !response.destroyed) {
          produced += 1;
          if (!response.write(chunk)) {
            response.once('drain', more);
            return;
          }
        }
        response.end();
      };
      more();
    },
  });
  const answer = await start(room, '/files/large');
  let last = -1;
  let same = 0;
  await until('the server is paused', () => {
    same = produced === last ? same + 1 : 0;
    last = produced;
    return same > 60;
  });
  expect(produced).toBeLessThan(64);
  let size = 0;
  for await (const part of partsOf(answer)) size += part.length;
  expect(size).toBe(256 * mib);
});

test('an upload streams, whole and unchanged, and a slow server pauses the client', async ({ open }) => {
  let taken = 0;
  const hash = createHash('sha256');
  const { promise: go, resolve: letGo } = Promise.withResolvers<void>();
  const digest = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    await go;
    for await (const part of partsOf(incoming)) {
      taken += part.length;
      hash.update(part);
    }
    response.end(hash.digest('hex'));
  };
  const room = await open({
    listener: (incoming, response) => {
      void digest(incoming, response);
    },
  });
  const chunk = Buffer.alloc(mib, 'y');
  const wanted = createHash('sha256');
  let sent = 0;
  const { promise, resolve } = Promise.withResolvers<string>();
  const outgoing = request(
    {
      host: '127.0.0.1',
      port: room.port,
      path: '/api/contents/a',
      method: 'PUT',
      headers: { Host: room.host, ...owner },
    },
    answer => {
      let body = '';
      answer.on('data', (part: Buffer) => (body += part.toString()));
      answer.on('end', () => resolve(body));
    },
  );
  const more = (): void => {
    while (sent < 128) {
      sent += 1;
      wanted.update(chunk);
      if (!outgoing.write(chunk)) {
        outgoing.once('drain', more);
        return;
      }
    }
    outgoing.end();
  };
  more();
  let last = -1;
  let same = 0;
  await until('the client is paused', () => {
    same = sent === last ? same + 1 : 0;
    last = sent;
    return same > 60;
  });
  expect(sent).toBeLessThan(32);
  letGo();
  expect(await promise).toBe(wanted.digest('hex'));
  expect(taken).toBe(128 * mib);
});

test('events arrive when they are sent, not when the stream ends', async ({ open }) => {
  let live: ServerResponse | undefined;
  const room = await open({
    listener: (_incoming, response) => {
      live = response;
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.flushHeaders();
    },
  });
  const answer = await start(room, '/events');
  expect(answer.headers['content-type']).toBe('text/event-stream');
  let got = '';
  answer.on('data', (part: Buffer) => (got += part.toString()));
  live?.write('data: 1\n\n');
  await until('the first event', () => got === 'data: 1\n\n', 1000);
  live?.write('data: 2\n\n');
  await until('the second event', () => got === 'data: 1\n\ndata: 2\n\n', 1000);
  answer.destroy();
});

test('HEAD, 204, 304, ranges, trailers and statuses pass as they are', async ({ open }) => {
  const room = await open({
    listener: (incoming, response) => {
      switch (incoming.url ?? '') {
        case '/204':
          response.writeHead(204).end();
          return;
        case '/304':
          response.writeHead(304, { ETag: '"a"' }).end();
          return;
        case '/range':
          response.writeHead(206, { 'Content-Range': 'bytes 1-2/4', 'Content-Length': '2' }).end('bc');
          return;
        case '/trailers':
          response.writeHead(200, { Trailer: 'X-Sum' });
          response.write('a');
          response.addTrailers({ 'X-Sum': '1' });
          response.end();
          return;
        default:
          response.writeHead(418, 'A teapot', { 'Content-Length': '5' }).end('short');
      }
    },
  });
  const head = await ask(room, '/x', { method: 'HEAD', headers: owner });
  expect([head.status, head.headers['content-length'], head.body]).toEqual([418, '5', '']);
  expect((await ask(room, '/204', { headers: owner })).status).toBe(204);
  expect((await ask(room, '/304', { headers: owner })).headers.etag).toBe('"a"');
  const range = await ask(room, '/range', { headers: { ...owner, Range: 'bytes=1-2' } });
  expect([range.status, range.headers['content-range'], range.body]).toEqual([206, 'bytes 1-2/4', 'bc']);
  const answer = await start(room, '/trailers');
  for await (const part of partsOf(answer)) expect(String(part)).toBe('a');
  expect(answer.trailers).toEqual({ 'x-sum': '1' });
  const one = await ask(room, '/x', { headers: owner });
  expect([one.status, one.body]).toEqual([418, 'short']);
});

test('100-continue is answered only to somebody who may send', async ({ open }) => {
  const room = await open({});
  const lines = (authorization: string): string =>
    `POST /a HTTP/1.1\r\nHost: ${room.host}\r\n${authorization}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`;
  expect(await rawExchange(room.port, lines(''))).toMatch(/^HTTP\/1\.1 401 /);
  const socket = connect(room.port, '127.0.0.1');
  let answer = '';
  socket.on('data', (part: Buffer) => (answer += part.toString()));
  socket.write(lines(`Authorization: Bearer ${token}\r\n`));
  await until('the go-ahead', () => answer === 'HTTP/1.1 100 Continue\r\n\r\n', 2000);
  socket.write('abc');
  await until('the answer', () => answer.includes('served'), 2000);
  expect(room.executed[0]?.body).toBe('abc');
  socket.destroy();
});
