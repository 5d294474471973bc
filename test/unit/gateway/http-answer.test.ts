import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import {
  fileAnswer,
  jsonAnswer,
  pageAnswer,
  redirectAnswer,
  sendRawAnswer,
  type Answer,
} from '../../../src/main/core/gateway/http-answer.ts';

function header(answer: Answer, name: string): string | undefined {
  const index = answer.headers.findIndex((value, at) => at % 2 === 0 && value.toLowerCase() === name);
  return index < 0 ? undefined : answer.headers[index + 1];
}

test('a refusal is a sentence and a status, as JSON, never cached', () => {
  const answer = jsonAnswer(400, 'Host "evil.io" is not trusted');
  expect(answer.body).toBe('{"message":"Host \\"evil.io\\" is not trusted","status":400}\n');
  expect([header(answer, 'content-type'), header(answer, 'cache-control')]).toEqual([
    'application/json; charset=utf-8',
    'no-store',
  ]);
});

test('a page cannot be framed, sniffed or cached, and its form keeps its Origin', () => {
  const answer = pageAnswer(200, '<p>', "default-src 'none'");
  expect(
    [
      'x-frame-options',
      'x-content-type-options',
      'cache-control',
      'referrer-policy',
      'content-security-policy',
    ].map(name => header(answer, name)),
  ).toEqual(['DENY', 'nosniff', 'no-store', 'same-origin', "default-src 'none'"]);
});

test('on a bare socket the same, whole, and the socket is closed', async () => {
  const socket = new PassThrough();
  const chunks: Buffer[] = [];
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.on('close', resolve);
  sendRawAnswer(socket, redirectAnswer(303, 'http://x/é', ['X-A', 'b']));
  await promise;
  const text = Buffer.concat(chunks).toString('latin1');
  expect(text.startsWith('HTTP/1.1 303 See Other\r\nLocation: http://x/')).toBe(true);
  expect(text).toContain('\r\nX-A: b\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
  expect(socket.destroyed).toBe(true);
});

test('a file of bytes arrives byte by byte, and one of letters as UTF-8', async () => {
  const bytes = Buffer.from([0, 0x80, 0xff, 0xc3]);
  for (const [content, wanted] of [
    [bytes, bytes],
    ['é', Buffer.from('é')],
  ] as const) {
    const socket = new PassThrough();
    sendRawAnswer(socket, fileAnswer('text/plain', content));
    const sent = Buffer.concat((await socket.toArray()) as Buffer[]);
    expect(sent.subarray(sent.indexOf('\r\n\r\n') + 4).equals(wanted)).toBe(true);
    expect(sent.toString('latin1')).toContain(`Content-Length: ${wanted.length}\r\n`);
  }
});
