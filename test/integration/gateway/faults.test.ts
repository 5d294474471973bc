import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { type Socket } from 'node:net';
import { expect } from 'vitest';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import {
  ask,
  listen,
  navigation,
  owner,
  partsOf,
  rawExchange,
  token,
  until,
  type Room,
} from '../../support/gateway.ts';
import { away, openTo } from '../../support/reach.ts';

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

const mib = 1024 * 1024;

test('a server that dies in the middle does not look like a whole answer, chunked or counted', async ({
  open,
}) => {
  const room = await open({
    listener: (incoming, response) => {
      if (incoming.url === '/counted') response.writeHead(200, { 'Content-Length': '1000' });
      response.write('half', () => incoming.socket.destroy());
    },
  });
  for (const path of ['/counted', '/chunked']) {
    const answer = await rawExchange(
      room.port,
      `GET ${path} HTTP/1.1\r\nHost: ${room.host}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    expect(answer).toContain('half');
    expect(answer).not.toMatch(/0\r\n\r\n$/);
    await expect(ask(room, path, { headers: owner })).rejects.toThrow('aborted');
  }
  expect(room.lines.filter(line => line.includes('broke off'))).toHaveLength(4);
});

test('a client that leaves takes its request along', async ({ open }) => {
  let closed = 0;
  const room = await open({
    listener: (_incoming, response) => {
      response.on('close', () => (closed += 1));
      response.write('first');
    },
  });
  const answer = await start(room, '/stream');
  expect(room.gateway.connections()).toBe(1);
  answer.destroy();
  await until('the server knows', () => closed === 1, 2000);
  await until('nothing is counted', () => room.gateway.connections() === 0, 1000);
});

/** A server that closes each kept connection as soon as a second request comes on it. */
function staleServer(seen: string[]): (socket: Socket) => void {
  return socket => {
    let served = false;
    socket.on('data', (chunk: Buffer) => {
      seen.push(chunk.toString().split(' ', 1)[0] ?? '');
      if (served) {
        socket.destroy();
        return;
      }
      served = true;
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: keep-alive\r\n\r\nok');
    });
  };
}

test('reading is asked again on a fresh connection, writing is never sent twice', async ({ open }) => {
  const seen: string[] = [];
  const room = await open({ rawServer: staleServer(seen) });
  expect((await ask(room, '/1', { headers: owner })).status).toBe(200);
  expect((await ask(room, '/2', { headers: owner })).status).toBe(200);
  expect(seen).toEqual(['GET', 'GET', 'GET']);
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    seen.length = 0;
    await ask(room, '/warm', { headers: owner });
    seen.length = 0;
    const body = method === 'DELETE' ? {} : { body: 'a' };
    const reply = await ask(room, '/2', { method, headers: owner, ...body });
    expect([method, reply.status]).toEqual([method, 503]);
    expect(seen.filter(one => one === method)).toEqual([method]);
  }
});

/** An answer, or a 101, whose header fields take this many bytes. */
function wordyServer(): (socket: Socket) => void {
  return socket => {
    socket.on('data', (chunk: Buffer) => {
      const [, bytes = '0'] = /bytes=(\d+)/.exec(chunk.toString()) ?? [];
      const upgrade = /^upgrade: websocket/im.test(chunk.toString());
      const line = `X-Long: ${'a'.repeat(1000)}\r\n`;
      const start = upgrade
        ? 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
        : 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n';
      socket.write(
        `${start}${line.repeat(Math.ceil(Number(bytes) / line.length))}\r\n${upgrade ? '' : 'ok'}`,
      );
    });
    socket.on('error', () => {});
  };
}

test('header fields of an answer: 48 KiB pass, 80 KiB are a fault of that answer and say so', async ({
  open,
}) => {
  const room = await open({ rawServer: wordyServer() });
  const passed = await ask(room, '/?bytes=49152', { headers: owner });
  expect([passed.status, passed.body]).toEqual([200, 'ok']);
  const upgraded = await rawExchange(room.port, upgradeRequest(room, '/?bytes=49152'));
  expect(upgraded).toMatch(/^HTTP\/1\.1 101 /);
  expect(upgraded.length).toBeGreaterThan(49_152);
  const refused = await ask(room, '/?bytes=81920', { headers: owner });
  expect([refused.status, refused.body]).toEqual([502, expect.stringContaining('64 KiB of header fields')]);
  expect(await rawExchange(room.port, upgradeRequest(room, '/?bytes=81920'))).toMatch(/^HTTP\/1\.1 502 /);
});

test('an answer that is no HTTP is a fault of that answer', async ({ open }) => {
  const room = await open({
    rawServer: socket => void socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n\r\n')),
  });
  const answer = await ask(room, '/', { headers: owner });
  expect([answer.status, answer.body]).toEqual([502, expect.stringContaining('not well-formed HTTP')]);
  expect(await rawExchange(room.port, upgradeRequest(room, '/'))).toMatch(/^HTTP\/1\.1 502 /);
});

function upgradeRequest(room: Room, path: string): string {
  const lines = [
    `GET ${path} HTTP/1.1`,
    `Host: ${room.host}`,
    `Authorization: Bearer ${token}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  ];
  return `${lines.join('\r\n')}\r\n\r\n`;
}

test('an early refusal of an upload reaches the client', async ({ open }) => {
  const room = await open({
    rawServer: socket => {
      socket.once('data', () => {
        socket.end(
          'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 8\r\nConnection: close\r\n\r\ntoo long',
        );
      });
    },
  });
  const { promise, resolve } = Promise.withResolvers<string>();
  const outgoing = request(
    {
      host: '127.0.0.1',
      port: room.port,
      path: '/up',
      method: 'POST',
      headers: { Host: room.host, ...owner, 'Content-Length': String(64 * mib) },
    },
    answer => {
      let body = String(answer.statusCode);
      answer.on('data', (part: Buffer) => (body += ` ${part.toString()}`));
      answer.on('end', () => resolve(body));
    },
  );
  outgoing.on('error', error => resolve(error.message));
  outgoing.write(Buffer.alloc(mib));
  expect(await promise).toBe('413 too long');
  outgoing.destroy();
});

test('no server: a page that looks again for a person, a sentence for a program', async ({ open }) => {
  const room = await open({});
  room.gateway.setUpstream({
    state: 'starting',
    reason: 'JupyterLab is loading.',
    reach: away,
    landing: '/lab',
  });
  const page = await ask(room, '/lab', { headers: { ...owner, ...navigation } });
  expect([page.status, page.headers['retry-after'], page.headers['content-type']]).toEqual([
    503,
    '1',
    'text/html; charset=utf-8',
  ]);
  expect(page.body).toContain('JupyterLab is loading.');
  // It waits to be told, and believes only who knows the word that stands in it.
  const proof = /data-proof="([^"]+)"/.exec(page.body)?.[1];
  const told = ask(room, '/_gatehouse/wait', { headers: owner });
  expect((await ask(room, '/_gatehouse/wait')).status).toBe(401);
  room.gateway.setUpstream({ state: 'failed', reason: 'It ended.', reach: away, landing: '/lab' });
  expect((await told).body).toBe(`${proof} changed`);
  room.gateway.setUpstream({
    state: 'starting',
    reason: 'JupyterLab is loading.',
    reach: away,
    landing: '/lab',
  });
  const json = await ask(room, '/api', { headers: owner });
  expect([json.status, JSON.parse(json.body)]).toEqual([
    503,
    { message: 'The server cannot be reached (starting: JupyterLab is loading.)', status: 503 },
  ]);
  expect((await ask(room, '/api')).status).toBe(401);
});

test('a server that is gone: 503 within a moment; back on another address: the same link goes on', async ({
  open,
}) => {
  const room = await open({});
  const spare = createServer((_incoming, response) => response.end('second life'));
  const port = await listen(spare);
  spare.close();
  const address = { kind: 'port', port } as const;
  room.gateway.setUpstream({
    state: 'ready',
    reason: '',
    landing: '/',
    reach: openTo({ ...room.upstream, address }),
  });
  expect((await ask(room, '/a', { headers: owner })).status).toBe(503);
  expect((await ask(room, '/a', { method: 'POST', headers: owner, body: 'x' })).status).toBe(503);
  room.gateway.setUpstream({ state: 'ready', reason: '', landing: '/', reach: openTo(room.upstream) });
  expect((await ask(room, '/a', { headers: owner })).body).toBe('served');
});

test('what is in progress on the old run may finish while the new one serves', async ({ open }) => {
  let live: ServerResponse | undefined;
  const room = await open({ listener: (_incoming, response) => ((live = response), response.write('a')) });
  const answer = await start(room, '/old');
  const next = createServer((_incoming, response) => response.end('new'));
  const port = await listen(next);
  room.gateway.setUpstream({
    state: 'ready',
    reason: '',
    landing: '/',
    reach: openTo({ ...room.upstream, address: { kind: 'port', port } }),
  });
  expect((await ask(room, '/x', { headers: owner })).body).toBe('new');
  live?.end('b');
  let body = '';
  for await (const part of partsOf(answer)) body += String(part);
  expect(body).toBe('ab');
  next.close();
});
