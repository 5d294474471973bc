/* What a role may do with a path that is opened for WebSockets only, and with one that it may only read. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathRules } from '../../../src/main/core/profiles/custom/path-sharing.ts';
import { websocket } from '../../support/gateway.ts';
import { ofPage, type GuestClient, type GuestReply } from '../../support/guest.ts';
import { openShareRoom, type ShareRoom } from '../../support/share-room.ts';

let room: ShareRoom;
let viewer: GuestClient;
beforeAll(async () => {
  room = await openShareRoom(
    pathRules({
      viewer: { requests: ['GET /both/**', 'GET /read/**'], sockets: ['/both/**', '/socket/**'] },
    }),
  );
  viewer = await room.guest('viewer');
});
afterAll(() => room.close());

function upgrade(who: GuestClient, path: string, change: Record<string, string> = {}): Promise<GuestReply> {
  const headers = { ...ofPage(who.origin), ...websocket, ...change };
  return who.ask(path, { headers });
}

test.each([200, 204, 301, 401, 403, 404, 500])(
  'a refusal of the server with %i on a path for sockets tells a viewer nothing',
  async status => {
    const reply = await upgrade(viewer, `/socket/answered-${status}`);
    expect([reply.status, JSON.stringify(reply)]).toEqual([502, expect.not.stringContaining('told')]);
  },
);

test('who may read the path is told why, and a socket that opens is passed on', async () => {
  expect(await upgrade(viewer, '/both/answered-403')).toMatchObject({ status: 403, body: 'told' });
  const full = await room.guest('full');
  expect(await upgrade(full, '/socket/answered-403')).toMatchObject({ status: 403, body: 'told' });
  expect((await upgrade(viewer, '/socket/x')).status).toBe(101);
});

test('neither way leads to the other: a path for sockets is not read, one for reading is not upgraded', async () => {
  expect((await viewer.page('/socket/x')).status).toBe(403);
  expect((await upgrade(viewer, '/read/x')).status).toBe(403);
});

test.each<[string, Record<string, string>]>([
  ['of another protocol', { Upgrade: 'h2c' }],
  ['of two protocols', { Upgrade: 'websocket, h2c' }],
  ['without a key', { 'Sec-WebSocket-Key': '' }],
  ['with a short key', { 'Sec-WebSocket-Key': 'eA==' }],
  ['of an old version', { 'Sec-WebSocket-Version': '8' }],
])('an upgrade %s does not reach the server', async (_name, change) => {
  const before = room.executed.length;
  // What is no upgrade to a WebSocket alone is judged as the GET that it is.
  expect([403, 426]).toContain((await upgrade(viewer, '/socket/answered-200', change)).status);
  expect(room.executed.length).toBe(before);
});
