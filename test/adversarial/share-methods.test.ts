/* A guest may POST and says in a header that it is a DELETE, in a spelling that servers of the CGI family read as the plain one. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathRules } from '../../src/main/core/profiles/custom/roles.ts';
import type { Guest } from '../support/guest.ts';
import { openShareRoom, type ShareRoom } from '../support/share-room.ts';

let room: ShareRoom;
let guest: Guest;
beforeAll(async () => {
  room = await openShareRoom(pathRules({ viewer: { requests: ['POST /items'] } }));
  guest = await room.guest('viewer');
});
afterAll(() => room.close());

test.each([
  'X-HTTP-Method-Override',
  'X_HTTP_Method_Override',
  'X-HTTP_Method',
  'x.method.override',
  'X~HTTP~Method~Override',
])('%s', async name => {
  const before = room.executed.length;
  const reply = await guest.page('/items', { method: 'POST', headers: { [name]: 'DELETE' } });
  expect(reply.status).toBe(403);
  expect(room.executed).toHaveLength(before);
});

test('without it the request is one that the role names', async () => {
  expect((await guest.page('/items', { method: 'POST' })).status).toBe(200);
});
