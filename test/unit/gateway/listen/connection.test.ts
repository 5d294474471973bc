import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import {
  afterParseError,
  connectionOf,
  type Connections,
} from '../../../../src/main/core/gateway/listen/connection.ts';

test('a connection is remembered by itself and by nothing else', () => {
  const table: Connections = new WeakMap();
  const [first, second] = [{ remoteAddress: '127.0.0.1' }, {}];
  expect(connectionOf(table, first)).toBe(connectionOf(table, first));
  expect(connectionOf(table, first)).not.toBe(connectionOf(table, second));
  expect([connectionOf(table, first).peer, connectionOf(table, second).peer]).toEqual(['127.0.0.1', '']);
});

function answer(complete: boolean, said: 'nothing' | 'header' | 'all'): ServerResponse {
  const request = new IncomingMessage(new Socket());
  request.complete = complete;
  const response = new ServerResponse(request);
  if (said !== 'nothing') response.writeHead(200).flushHeaders();
  if (said === 'all') response.end();
  return response;
}

test.each([
  ['before any request', null, 'answer'],
  ['in the body of a request that waits', answer(false, 'nothing'), 'answer'],
  ['in the body of a request that is being answered', answer(false, 'header'), 'cut'],
  ['in the body of a request that was answered', answer(false, 'all'), 'finish'],
  ['behind a request that waits', answer(true, 'nothing'), 'cut'],
  ['behind a request that is being answered', answer(true, 'header'), 'cut'],
  ['behind a request that was answered', answer(true, 'all'), 'answer'],
])('a parse error %s', (_name, response, wanted) => {
  expect(afterParseError(response)).toBe(wanted);
});
