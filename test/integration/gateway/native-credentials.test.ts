/*
 * The places where a server's own clients show a token: each opens the door with the right one, none with a
 * wrong one, and nothing of it reaches the server.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { openRoom, token, type Room } from '../../support/gateway.ts';

let room: Room;
const upgrades: { url: string; headers: readonly string[] }[] = [];

beforeAll(async () => {
  room = await openRoom({
    rules: {
      clientCredential: {
        headers: ['mwi-auth-token'],
        parameters: ['access_token'],
        pathPrefix: '/core/',
        subprotocol: true,
      },
    },
    attach: server => server.on('upgrade', accept),
  });
});
afterAll(() => room.close());

/** Accepts every upgrade, and the first subprotocol that is offered. */
function accept(request: IncomingMessage, socket: Duplex): void {
  upgrades.push({ url: request.url ?? '', headers: request.rawHeaders });
  const key = `${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const chosen = request.headers['sec-websocket-protocol']?.split(',')[0]?.trim();
  socket.on('error', () => {});
  socket.write(
    [
      'HTTP/1.1 101 Switching Protocols',
      'Connection: Upgrade',
      'Upgrade: websocket',
      `Sec-WebSocket-Accept: ${createHash('sha1').update(key).digest('base64')}`,
      ...(chosen === undefined ? [] : [`Sec-WebSocket-Protocol: ${chosen}`]),
      '\r\n',
    ].join('\r\n'),
  );
}

const ask = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`http://127.0.0.1:${room.port}${path}`, { headers, redirect: 'manual' });

test.each([
  ['header', '/a', { 'mwi-auth-token': token }, '/a'],
  ['header in another spelling', '/a', { MWI_AUTH_TOKEN: token }, '/a'],
  ['parameter', `/a?access_token=${token}&b=1`, {}, '/a?b=1'],
  ['path', `/core/${token}?b=1`, {}, '/core?b=1'],
])('a right %s opens, and does not reach the server', async (_name, path, headers, executed) => {
  room.executed.length = 0;
  expect((await ask(path, headers)).status).toBe(200);
  expect(room.executed.map(({ url }) => url)).toEqual([executed]);
  expect(JSON.stringify(room.executed)).not.toContain(token);
  expect(room.lines.join('\n')).not.toContain(token);
});

test.each([
  ['header', '/a', { 'mwi-auth-token': 'wrong' }, 401],
  ['parameter', '/a?access_token=wrong', {}, 401],
  ['path', '/core/wrong', {}, 401],
  [
    'header beside a right Authorization',
    '/a',
    { 'mwi-auth-token': 'wrong', authorization: `Bearer ${token}` },
    401,
  ],
  ['two headers', '/a', { 'mwi-auth-token': token, mwi_auth_token: token }, 400],
  ['path beside a parameter', `/core/${token}?access_token=${token}`, {}, 400],
  ['none', '/core', {}, 401],
])('%s does not open', async (_name, path, headers, status) => {
  room.executed.length = 0;
  expect((await ask(path, headers as Record<string, string>)).status).toBe(status);
  expect(room.executed).toEqual([]);
});

test('an empty native header says nothing, and is not passed on', async () => {
  room.executed.length = 0;
  expect((await ask('/a', { 'mwi-auth-token': '', authorization: `Bearer ${token}` })).status).toBe(200);
  expect(room.executed[0]?.headers.map(name => name.toLowerCase())).not.toContain('mwi-auth-token');
});

async function dial(
  path: string,
  subprotocols: string[],
): Promise<{ protocol: string } | { status: number }> {
  const socket = new WebSocket(`ws://127.0.0.1:${room.port}${path}`, subprotocols);
  const { promise, resolve } = Promise.withResolvers<{ protocol: string } | { status: number }>();
  socket.on('open', () => resolve({ protocol: socket.protocol }));
  socket.on('unexpected-response', (_request, { statusCode }) => resolve({ status: statusCode ?? 0 }));
  socket.on('error', () => resolve({ status: 0 }));
  const result = await promise;
  socket.terminate();
  return result;
}

test.each([
  [
    'answered with ours where the server chooses none',
    ['gatehouse', `gatehouse.${token}`],
    'gatehouse',
    undefined,
  ],
  ['the server’s own is chosen', ['v1', `gatehouse.${token}`], 'v1', 'v1'],
])('a token among the subprotocols: %s', async (_name, offered, chosen, passed) => {
  upgrades.length = 0;
  expect(await dial('/core', offered)).toEqual({ protocol: chosen });
  const [upgrade] = upgrades;
  expect(upgrade?.url).toBe('/core');
  const place = upgrade?.headers.findIndex(name => name.toLowerCase() === 'sec-websocket-protocol') ?? -1;
  expect(place === -1 ? undefined : upgrade?.headers[place + 1]).toBe(passed);
  expect(JSON.stringify(upgrades)).not.toContain(token);
});

test.each([
  ['a token in the path', `/core/${token}`, [], { protocol: '' }],
  ['a wrong one in the path', '/core/wrong', [], { status: 401 }],
  ['a wrong one among the subprotocols', '/core', ['gatehouse', 'gatehouse.wrong'], { status: 401 }],
  ['two of them', '/core', [`gatehouse.${token}`, 'gatehouse.wrong'], { status: 400 }],
  ['none', '/core', ['gatehouse'], { status: 401 }],
])('a WebSocket with %s', async (_name, path, offered, wanted) => {
  upgrades.length = 0;
  expect(await dial(path, offered)).toEqual(wanted);
  expect(upgrades).toHaveLength('status' in wanted ? 0 : 1);
});
