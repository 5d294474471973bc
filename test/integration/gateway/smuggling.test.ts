/**
 * A server that reads more out of a byte stream than it should: it takes a bare LF for a line end, either
 * framing, whichever comes first, a chunk size in any spelling. It records what it *executed*. Whatever a
 * client writes, it must execute what the gateway allowed and nothing else.
 */
import type { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRoom, rawExchange, token, type Room } from '../../support/gateway.ts';

let room: Room;
let executed: string[];
beforeEach(async () => {
  executed = [];
  room = await openRoom({ rawServer: socket => serveLeniently(socket, executed) });
});
afterEach(() => room.close());

function serveLeniently(socket: Socket, seen: string[]): void {
  let buffer = '';
  socket.setEncoding('latin1');
  socket.on('data', (part: string) => {
    buffer += part;
    for (let next = readOne(buffer); next !== null; next = readOne(buffer)) {
      seen.push(next.line);
      buffer = buffer.slice(next.length);
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok');
    }
  });
}

/** One request off the front, read as carelessly as any server ever did; null while it is not whole. */
function readOne(text: string): { line: string; length: number } | null {
  const head = /^[\r\n]*([^\r\n]*)([\s\S]*?)\r?\n\r?\n/.exec(text);
  if (head === null) return null;
  const [whole, line = '', fields = ''] = head;
  const length = /content[-_]length\s*:\s*(\d+)/i.exec(fields)?.[1];
  if (/transfer[-_]encoding\s*:[^\n]*chunked/i.test(fields)) {
    const end = /(?:^|\n)0+[^\n]*\r?\n\r?\n/.exec(text.slice(whole.length));
    return end === null ? null : { line, length: whole.length + end.index + end[0].length };
  }
  const size = whole.length + Number(length ?? 0);
  return text.length < size ? null : { line, length: size };
}

const evil = 'GET /evil HTTP/1.1\r\nHost: localhost\r\n\r\n';

/** Each is sent with the right credential, so that it is the shape that must hold. */
const attempts: [string, string[], string][] = [
  ['Content-Length beside chunked', ['Content-Length: 6', 'Transfer-Encoding: chunked'], `0\r\n\r\n${evil}`],
  [
    'chunked beside Content-Length',
    ['Transfer-Encoding: chunked', `Content-Length: ${evil.length + 5}`],
    `0\r\n\r\n${evil}`,
  ],
  ['Content_Length beside Content-Length', [`Content-Length: ${evil.length}`, 'Content_Length: 0'], evil],
  [
    'Transfer_Encoding beside Content-Length',
    [`Content-Length: ${evil.length + 5}`, 'Transfer_Encoding: chunked'],
    `0\r\n\r\n${evil}`,
  ],
  ['a body named in Connection', [`Content-Length: ${evil.length}`, 'Connection: content-length'], evil],
  [
    'chunked named in Connection',
    ['Transfer-Encoding: chunked', 'Connection: transfer-encoding'],
    `${evil.length.toString(16)}\r\n${evil}\r\n0\r\n\r\n`,
  ],
  [
    'a chunk extension with a request in it',
    ['Transfer-Encoding: chunked'],
    `3;x="\n${evil}"\r\nabc\r\n0\r\n\r\n`,
  ],
  ['a bare LF in a chunk size', ['Transfer-Encoding: chunked'], `3\nabc\r\n0\n\n${evil}`],
  ['a trailer with a length', ['Transfer-Encoding: chunked'], `0\r\nContent-Length: 50\r\n\r\n`],
  [
    'a chunked body that holds a request',
    ['Transfer-Encoding: chunked'],
    `${evil.length.toString(16)}\r\n${evil}\r\n0\r\n\r\n`,
  ],
  ['a length with leading zeros', [`Content-Length: 000${evil.length}`], evil],
  ['a request in a header value', ['Content-Length: 0', `X-A: a\rGET /evil HTTP/1.1`], ''],
];

test.each(attempts)('%s', async (_name, fields, body) => {
  const head = `POST /allowed HTTP/1.1\r\nHost: ${room.host}\r\nAuthorization: Bearer ${token}\r\n${fields.join('\r\n')}\r\n\r\n`;
  const answer = await rawExchange(room.port, head + body, 250);
  expect(executed.filter(line => line !== 'POST /allowed HTTP/1.1')).toEqual([]);
  expect(executed.length).toBeLessThanOrEqual(1);
  expect(answer).toMatch(/^HTTP\/1\.1 (?:200|400|501|503) /);
});

test.each(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'POST'])(
  '%s with a body leaves nothing of it for the next request',
  async method => {
    const head = `${method} /allowed HTTP/1.1\r\nHost: ${room.host}\r\nAuthorization: Bearer ${token}\r\nContent-Length: ${evil.length}\r\n\r\n`;
    const second = `GET /second HTTP/1.1\r\nHost: ${room.host}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
    await rawExchange(room.port, head + evil + second, 250);
    expect(executed).not.toContain('GET /evil HTTP/1.1');
    expect(executed[0]).toBe(`${method} /allowed HTTP/1.1`);
  },
);

test('pipelined requests are judged one by one', async () => {
  const right = `GET /allowed HTTP/1.1\r\nHost: ${room.host}\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const none = `GET /evil HTTP/1.1\r\nHost: ${room.host}\r\n\r\n`;
  const foreign = `GET /evil HTTP/1.1\r\nHost: evil.io\r\nAuthorization: Bearer ${token}\r\n\r\n`;
  const answer = await rawExchange(room.port, right + none + right + foreign + right, 300);
  expect(answer.match(/HTTP\/1\.1 \d{3}/g)).toEqual([
    'HTTP/1.1 200',
    'HTTP/1.1 401',
    'HTTP/1.1 200',
    'HTTP/1.1 400',
  ]);
  expect(executed).toEqual(['GET /allowed HTTP/1.1', 'GET /allowed HTTP/1.1']);
});

test('a request behind an upgrade is data of the upgrade, not a request', async () => {
  const upgrade = `GET /ws HTTP/1.1\r\nHost: ${room.host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`;
  const answer = await rawExchange(
    room.port,
    `${upgrade}GET /evil HTTP/1.1\r\nHost: ${room.host}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    250,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(executed).toEqual([]);
});

test('the careless server is careless: without the gateway it executes what is smuggled', () => {
  const seen: string[] = [];
  let text = `POST /allowed HTTP/1.1\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${evil}`;
  for (let next = readOne(text); next !== null; next = readOne(text)) {
    seen.push(next.line);
    text = text.slice(next.length);
  }
  expect(seen).toEqual(['POST /allowed HTTP/1.1', 'GET /evil HTTP/1.1']);
});
