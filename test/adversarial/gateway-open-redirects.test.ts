import { afterAll, beforeAll, expect, test } from 'vitest';
import { safeNext } from '../../src/main/core/gateway/owner/next-path.ts';
import { attacks } from '../support/attacks.ts';
import { ask, openRoom, token, type Room } from '../support/gateway.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom({ limits: { sessions: 1000 } });
});
afterAll(() => room.close());

const lines = attacks('open-redirects.txt');

test.each(lines)('%s', line => {
  expect(safeNext(line)).toBe('/');
});

async function landing(next: string): Promise<string> {
  const reply = await ask(room, '/_gatehouse/login', {
    method: 'POST',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Origin: `http://${room.host}` },
    body: new URLSearchParams({ token, next }).toString(),
  });
  expect(reply.status).toBe(303);
  return String(reply.headers.location);
}

test.each(lines)('%s after a real sign-in', async line => {
  expect(await landing(line)).toBe(`http://${room.host}/lab`);
});

test.each([
  '/lab/tree/My%20Notes/%C3%A9t%C3%A9.ipynb',
  '/lab?reset=1',
  '/doc/a?next=//evil.io',
  '/files/100%25.csv',
])('%s is a path of this server', async next => {
  expect(await landing(next)).toBe(`http://${room.host}${next}`);
});

test('a path that only looks foreign stays here', async () => {
  const reply = await ask(room, `//evil.io/x?token=${token}`, { headers: { Accept: 'text/html' } });
  expect(reply.headers.location).toBe(`http://${room.host}//evil.io/x`);
});
