/*
 * A guest sends what may not be uploaded in a body that only the server unpacks: aiohttp and Express do so by
 * themselves.
 */
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathRules } from '../../src/main/core/profiles/custom/path-sharing.ts';
import type { GuestClient } from '../support/guest.ts';
import { openShareRoom, type ShareRoom } from '../support/share-room.ts';

let room: ShareRoom;
let guest: GuestClient;
beforeAll(async () => {
  room = await openShareRoom(pathRules({ viewer: { requests: ['POST /upload'] } }));
  guest = await room.guest('viewer');
});
afterAll(() => room.close());

const page = [
  '--x',
  'Content-Disposition: form-data; name="file"; filename="page.html"',
  'Content-Type: text/html',
  '',
  '<script>fetch("/")</script>',
  '--x--',
  '',
].join('\r\n');

test.each([
  ['plain', {}, page],
  ['gzip', { 'content-encoding': 'gzip' }, gzipSync(page)],
  ['in an odd spelling', { Content_Encoding: 'gzip' }, gzipSync(page)],
])('a page as a part of a form: %s', async (_name, headers, body) => {
  const type = { 'content-type': 'multipart/form-data; boundary=x' };
  const reply = await guest.page('/upload', { method: 'POST', headers: { ...type, ...headers }, body });
  expect(reply.status).toBe(415);
});
