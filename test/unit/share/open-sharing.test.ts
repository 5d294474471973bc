import { afterEach, beforeEach, expect, test } from 'vitest';
import { mintSecret } from '../../../src/main/core/secret.ts';
import { addJoinRequest } from '../../../src/main/core/share/ledger/join-requests.ts';
import { openTestSharing, sharedServer, shareRequest, type TestSharing } from '../../support/sharing.ts';

let bench: TestSharing;

beforeEach(async () => {
  bench = await openTestSharing();
});
afterEach(() => bench[Symbol.asyncDispose]());

/** Whether a microtask ran between an end in the ledger and the cut of the sockets. */
function watchForTurn(method: 'revoke' | 'revokeAll' | 'endGuest'): () => readonly boolean[] {
  const { ledger } = bench.sharing;
  const original: (id: string) => ReturnType<typeof ledger.revoke> = ledger[method].bind(ledger);
  let turned = false;
  const seen: boolean[] = [];
  ledger[method] = (id: string | null) => {
    turned = false;
    const unsaved = original(id ?? '');
    queueMicrotask(() => (turned = true));
    return unsaved;
  };
  bench.onCut = () => seen.push(turned);
  return () => seen;
}

test('no turn of the loop lies between the revocation of a link and the cut of its sockets', async () => {
  await bench.sharing.create(sharedServer(), shareRequest);
  const { link, session } = await bench.guest();
  const seen = watchForTurn('revoke');
  const revoked = bench.sharing.revoke(link.id);
  expect(bench.told).toContain(`end ${session.id}`);
  expect(await revoked).toEqual({ links: [link.id], sessions: 1 });
  expect(seen()).toEqual([false]);
});

test('nor where sharing of a server is stopped, or a guest is removed or leaves', async () => {
  await bench.sharing.create(sharedServer(), shareRequest);
  const removed = await bench.guest();
  const left = await bench.guest();
  await bench.guest();
  const seen = watchForTurn('endGuest');
  await bench.sharing.kick(removed.session.id);
  bench.sharing.left(left.session.id);
  expect(seen()).toEqual([false, false]);
  const seenAtStop = watchForTurn('revokeAll');
  expect((await bench.sharing.stop('thesis')).sessions).toBe(1);
  expect(seenAtStop()).toEqual([false]);
});

test('at the cut, the cookie of the guest opens nothing any more', async () => {
  await bench.sharing.create(sharedServer(), shareRequest);
  const { link, cookie } = await bench.guest();
  let open = true;
  bench.onCut = () => (open = bench.sharing.ledger.peek(cookie, 'thesis').open);
  await bench.sharing.revoke(link.id);
  expect(open).toBe(false);
});

test('an unknown link or session is refused and nothing is cut', async () => {
  await expect(bench.sharing.revoke('aaaaaaaaaaaa')).rejects.toMatchObject({ kind: 'not-found' });
  await expect(bench.sharing.kick('aaaaaaaaaaaa')).rejects.toMatchObject({ kind: 'not-found' });
  bench.sharing.left('aaaaaaaaaaaa');
  expect(bench.told).toEqual([]);
});

test('a link is made after its listener is open, and both are in the audit log', async () => {
  const made = await bench.sharing.create(sharedServer(), shareRequest);
  expect(made.url).toMatch(/^https:\/\/127\.0\.0\.1:4711\//);
  expect(bench.told).toEqual(['open', 'upstream ready']);
  expect(bench.sharing.links()).toMatchObject([{ id: made.id, serverName: 'The thesis', people: 0 }]);
  const events = await bench.events();
  expect(events).toContain('listener-on');
  expect(events).toContain('link-made');
});

test('a role that the server does not offer, or a danger that was not acknowledged, makes no link', async () => {
  const full = { ...shareRequest, role: 'full' as const };
  await expect(bench.sharing.create(sharedServer(), full)).rejects.toMatchObject({
    code: 'role-not-offered',
  });
  const unread = { ...shareRequest, acknowledged: false };
  await expect(bench.sharing.create(sharedServer(), unread)).rejects.toMatchObject({
    code: 'not-acknowledged',
  });
  expect(bench.told).toEqual([]);
  expect(bench.sharing.links()).toEqual([]);
});

test('people are those who are in, each with the label of the link', async () => {
  const { session } = await bench.guest();
  expect(bench.sharing.people()).toMatchObject([{ session: session.id, label: 'Ada', connections: 0 }]);
});

test('the listener stays on after the last link, unless the owner wants it off', async () => {
  const first = await bench.sharing.create(sharedServer(), shareRequest);
  await bench.sharing.revoke(first.id);
  expect(bench.told).not.toContain('close');
  bench.endWithLastLink = true;
  const second = await bench.sharing.create(sharedServer(), shareRequest);
  await bench.sharing.revoke(second.id);
  expect(bench.told).toContain('close');
});

test('a listener follows its server, and opens again only for a server with a link or a guest', async () => {
  expect(await bench.sharing.setUpstream('thesis', sharedServer().state())).toBe(false);
  await bench.sharing.listenAgain('thesis', () => sharedServer());
  expect(bench.told).toEqual([]);
  await bench.guest();
  await bench.sharing.listenAgain('thesis', () => sharedServer());
  expect(await bench.sharing.setUpstream('thesis', sharedServer().state())).toBe(true);
  expect(await bench.sharing.setUpstream('thesis', null)).toBe(true);
  expect(bench.told).toEqual(['open', 'upstream ready', 'upstream ready', 'close']);
});

test('a revoked link takes its join requests with it', async () => {
  const { link } = await bench.sharing.ledger.make({
    label: 'x',
    role: 'viewer',
    serverId: 'thesis',
    madeBy: 'mira',
    approval: true,
  });
  const who = { name: 'Ada', address: '192.168.1.7', browser: '' };
  addJoinRequest(bench.joinRequests, bench.sharing.ledger.now(), link, mintSecret(), who);
  expect(bench.sharing.joinRequests.list()).toMatchObject([{ name: 'Ada', label: 'x' }]);
  await bench.sharing.revoke(link.id);
  expect(bench.sharing.joinRequests.list()).toEqual([]);
  expect(() => bench.sharing.joinRequests.answer('gone', true)).toThrow(/gone/);
});
