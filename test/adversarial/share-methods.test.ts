/*
 * A guest may POST and says in a header that it is a DELETE, in a spelling that servers of the CGI family
 * read as the plain one; or in a field of a form.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathRules } from '../../src/main/core/profiles/custom/path-sharing.ts';
import type { GuestClient } from '../support/guest.ts';
import { openShareRoom, type ShareRoom } from '../support/share-room.ts';

let room: ShareRoom;
let guest: GuestClient;
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

const part = (name: string): string =>
  `--x\r\nContent-Disposition: form-data; ${name}\r\n\r\nDELETE\r\n--x--\r\n`;
const form = 'application/x-www-form-urlencoded';
const parts = 'multipart/form-data; boundary=x';

test.each([
  [form, '_method=DELETE'],
  [form, 'a=1&%5fmethod=DELETE'],
  [form, 'a=1;_METHOD=DELETE'],
  [form, '.method=DELETE'],
  [parts, part('name="_method"')],
  [parts, part('name=_method')],
  [parts, part("name*=utf-8''%5fmethod")],
])('%s: %s', async (type, body) => {
  const reply = await guest.page('/items', { method: 'POST', headers: { 'content-type': type }, body });
  expect(reply.status).toBe(403);
});

test.each([
  [form, 'a=1&method=x&b=_method=1'],
  [parts, part('name="a"; filename="_method"')],
])('%s: %s is only a form', async (type, body) => {
  const reply = await guest.page('/items', { method: 'POST', headers: { 'content-type': type }, body });
  expect(reply.status).toBe(200);
});

test('without it the request is one that the role names', async () => {
  expect((await guest.page('/items', { method: 'POST' })).status).toBe(200);
});
