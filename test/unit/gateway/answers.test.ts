import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import {
  jsonAnswer,
  pageAnswer,
  redirectAnswer,
  sendRawAnswer,
  type Answer,
} from '../../../src/main/core/gateway/answers.ts';

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
