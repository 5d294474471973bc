import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { ask, navigation, openRoom, owner, token, until, type Room } from '../../../support/gateway.ts';
import { away, openTo } from '../../../support/reach.ts';

const rooms: Room[] = [];
afterEach(async () => {
  for (const context of rooms.splice(0)) await context.close();
});

async function open(options: Parameters<typeof openRoom>[0] = {}): Promise<Room> {
  const context = await openRoom(options);
  rooms.push(context);
  return context;
}

test('it answers at its address, with a credential, and says what it is for', async () => {
  const context = await open();
  expect(context.gateway.url).toBe(`http://thesis.localhost:${context.port}/`);
  expect((await ask(context, '/x', { headers: owner })).body).toBe('served');
  expect((await ask(context, '/x')).status).toBe(401);
  expect(context.gateway.toolLink().url).toContain(token);
});

test('before a server is named there is a page, not an error', async () => {
  const context = await open();
  context.gateway.setUpstream({ state: 'starting', reason: '', reach: away, landing: '/' });
  const reply = await ask(context, '/', { headers: { ...navigation, ...owner } });
  expect([reply.status, reply.body.includes('is starting')]).toEqual([503, true]);
});

test('the server may be named again and again', async () => {
  const context = await open();
  for (let round = 0; round < 20; round += 1) {
    context.gateway.setUpstream({
      state: 'ready',
      reason: '',
      reach: openTo({ ...context.upstream }),
      landing: '/',
    });
    expect((await ask(context, '/x', { headers: owner })).status).toBe(200);
  }
});

test('closing ends what is open, idle or busy, and frees the port', async () => {
  const context = await open({ listener: (_incoming, response) => response.write('a') });
  const idle = connect(context.port, '127.0.0.1');
  let ended = 0;
  idle.on('close', () => (ended += 1));
  idle.on('error', () => undefined);
  const busy = connect(context.port, '127.0.0.1');
  busy.on('close', () => (ended += 1));
  busy.on('error', () => undefined);
  busy.resume();
  busy.write(`GET /a HTTP/1.1\r\nHost: ${context.host}\r\nAuthorization: Bearer ${token}\r\n\r\n`);
  await until('it is busy', () => context.gateway.connections() === 1);
  await context.gateway.close();
  await until('both have ended', () => ended === 2);
  const next = await open({ rules: { preferredPort: context.port } });
  expect(next.port).toBe(context.port);
});
