import { type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { expect } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { Secret } from '../../../src/main/core/secret.ts';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import { dial, echoRoom, opened, twoSockets } from '../../support/gateway-echo.ts';
import { ask, owner, signIn, until, type Room } from '../../support/gateway.ts';

test('a new token ends every session and every socket at once', async ({ open }) => {
  const { room, echo } = await echoRoom(open);
  const { cookie, byCookie, byToken } = await twoSockets(room);
  room.gateway.rotate(new Secret('a-new-token-a-new-token-a-new-token'));
  const isClosed = (): boolean =>
    byCookie.readyState === 3 && byToken.readyState === 3 && echo.clients.size === 0;
  await until('both sockets are closed on both sides', isClosed, 1000);
  expect((await ask(room, '/x', { headers: { Cookie: cookie } })).status).toBe(401);
  expect((await ask(room, '/x', { headers: owner })).status).toBe(401);
  const fresh = { 'X-Gatehouse-Token': 'a-new-token-a-new-token-a-new-token' };
  expect((await ask(room, '/x', { headers: fresh })).status).toBe(200);
});

test('the token of the window opens in its header alone, for one listener, until the access token changes', async ({
  open,
}) => {
  const room = await open();
  const later = await open();
  const shown = room.gateway.windowToken().reveal();
  const status = async (where: Room, headers: Record<string, string>): Promise<number> =>
    (await ask(where, '/x', { headers })).status;
  expect(await status(room, { 'X-Gatehouse-Token': shown })).toBe(200);
  expect(await status(room, { Authorization: `Bearer ${shown}` })).toBe(401);
  expect((await ask(room, `/x?token=${shown}`)).status).toBe(401);
  // Same access token, another listener: what the first one's window showed is worth nothing there.
  expect(await status(later, { 'X-Gatehouse-Token': shown })).toBe(401);
  room.gateway.rotate(new Secret('a-new-token-a-new-token-a-new-token'));
  expect(await status(room, { 'X-Gatehouse-Token': shown })).toBe(401);
  expect(await status(room, { 'X-Gatehouse-Token': room.gateway.windowToken().reveal() })).toBe(200);
});

test('signing out ends the sockets of that session and no other', async ({ open }) => {
  const { room } = await echoRoom(open);
  const { cookie, byCookie, byToken } = await twoSockets(room);
  const other = await signIn(room);
  const headers = { Cookie: cookie, Origin: `http://${room.host}` };
  expect((await ask(room, '/_gatehouse/logout', { method: 'POST', headers })).status).toBe(303);
  await until('the socket of the session is closed', () => byCookie.readyState === 3, 1000);
  expect(byToken.readyState).toBe(WebSocket.OPEN);
  expect((await ask(room, '/x', { headers: { Cookie: cookie } })).status).toBe(401);
  expect((await ask(room, '/x', { headers: { Cookie: other } })).status).toBe(200);
  byToken.terminate();
});

test('a session that is over takes its sockets along; one with an open socket is in use', async ({
  open,
}) => {
  const quick = await open({
    limits: { sweepMs: 10, sessionIdleMs: 1000, sessionMs: 5000 },
    attach: server => {
      const echo = new WebSocketServer({ noServer: true });
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
        echo.handleUpgrade(request, socket, head, () => undefined),
      );
    },
  });
  const cookie = await signIn(quick);
  const client = dial(quick, '/a', { Cookie: cookie, Origin: `http://${quick.host}` });
  await opened(client);
  for (let step = 0; step < 4; step += 1) {
    quick.time.now += 900;
    const { reads } = quick.time;
    // Nothing but the sweep looks at the clock now.
    await until('two sweeps have passed', () => quick.time.reads > reads + 1);
    expect(client.readyState).toBe(WebSocket.OPEN);
  }
  expect((await ask(quick, '/x', { headers: { Cookie: cookie } })).status).toBe(200);
  quick.time.now += 2000;
  await until('the absolute limit has ended it', () => client.readyState === 3, 2000);
});
