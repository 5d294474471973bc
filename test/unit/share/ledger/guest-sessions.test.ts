import { expect, test } from 'vitest';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import {
  endGuestSessions,
  findGuestSession,
  sessionKey,
  guestSessionSchema,
  openGuestSession,
  type StoredGuestSession,
  type GuestSessionLimits,
  type GuestSessionTable,
} from '../../../../src/main/core/share/ledger/guest-sessions.ts';
import { deriveKeys, keptHash } from '../../../../src/main/core/share/ledger/installation-key.ts';
import { makeLink, type Link } from '../../../../src/main/core/share/ledger/link.ts';

const now = 1_000_000;
const limits: GuestSessionLimits = { idleMs: 1000, absoluteMs: 5000, perLink: 2, total: 3 };
const keys = deriveKeys(new Secret('installation'));
const facts = { name: 'Ada', address: 'fe80::1%eth0', browser: 'Firefox on Linux' };

function linkOf(id = 'abcdefgh2345', lifeMs = 60_000): Link {
  const request = { label: 'x', role: 'editor' as const, serverId: 'thesis', madeBy: 'me', lifeMs };
  return makeLink(now, id, request, keptHash(keys, id, mintSecret()));
}

function opened(
  link: Link,
  name = 'Ada',
): { table: GuestSessionTable; guest: StoredGuestSession; key: string } {
  const table: GuestSessionTable = new Map();
  const value = mintSecret();
  const guest = openGuestSession(table, now, link, value, { ...facts, name }, limits);
  if (guest === 'full') throw new Error('full');
  return { table, guest, key: sessionKey(value.reveal()) };
}

test('a session is bound to server, link and role, and its cookie is nowhere in it', () => {
  const link = linkOf();
  const value = mintSecret();
  const table: GuestSessionTable = new Map();
  const guest = openGuestSession(table, now, link, value, facts, limits);
  expect(guest).toMatchObject({ linkId: link.id, serverId: 'thesis', role: 'editor', ...facts });
  expect(JSON.stringify([...table])).not.toContain(value.reveal());
  expect(guest !== 'full' && sessionKey(value.reveal()).includes(guest.id)).toBe(false);
});

test.each<
  [string, (at: { guest: StoredGuestSession }) => void, Partial<Link> | null, number, string, string]
>([
  ['in use', () => {}, {}, now + 999, 'thesis', 'open'],
  ['idle', () => {}, {}, now + 1000, 'thesis', 'idle'],
  ['over', ({ guest }) => (guest.lastSeen = now + 4999), {}, now + 5000, 'thesis', 'over'],
  ['almost over', ({ guest }) => (guest.lastSeen = now + 4999), {}, now + 4999, 'thesis', 'open'],
  ['of another server', () => {}, {}, now, 'lab', 'other-server'],
  ['of a revoked link', () => {}, { revokedAt: now }, now, 'thesis', 'revoked'],
  ['of an expired link', () => {}, { expiresAt: now + 5 }, now + 5, 'thesis', 'expired'],
  ['of a link seen to expire', () => {}, { expiredAt: now }, now, 'thesis', 'expired'],
  ['of a link with no uses left', () => {}, { usesLeft: 0 }, now, 'thesis', 'open'],
  ['of a link that is gone', () => {}, null, now, 'thesis', 'link-gone'],
  ['at a time that is none', () => {}, {}, Number.NaN, 'thesis', 'expired'],
])('a session %s', (_name, prepare, changes, at, server, wanted) => {
  const link = linkOf();
  const { table, guest, key } = opened(link);
  prepare({ guest });
  const links = new Map(changes === null ? [] : [[link.id, { ...link, ...changes }]]);
  const verdict = findGuestSession(table, links, at, key, server, limits);
  expect(verdict.open ? 'open' : verdict.reason).toBe(wanted);
});

test('a cookie that nobody was given is unknown', () => {
  const link = linkOf();
  const { table } = opened(link);
  const verdict = findGuestSession(table, new Map([[link.id, link]]), now, sessionKey('x'), 'thesis', limits);
  expect(verdict).toEqual({ open: false, reason: 'unknown' });
});

test('no session is to outlive its link', () => {
  const link = { ...linkOf(), expiresAt: now + 100 };
  expect(opened(link).guest.endsAt).toBe(now + 100);
  expect(opened(linkOf()).guest.endsAt).toBe(now + 5000);
});

test.each([
  ['Ada\u202e\n\u0000 Lovelace', 'Ada Lovelace'],
  ['  ', ''],
  ['x'.repeat(500), 'x'.repeat(100)],
  ['é😀'.repeat(200), undefined],
  ['\ud800', ''],
])('a name from outside is made plain: %j', (name, wanted) => {
  const { guest } = opened(linkOf(), name);
  expect(guestSessionSchema.safeParse(guest).success).toBe(true);
  if (wanted !== undefined) expect(guest.name).toBe(wanted);
});

test('sessions end one by one or by their link, and are answered once', () => {
  const table: GuestSessionTable = new Map();
  const [one, two] = [linkOf(), linkOf('zzzzzzzzzzzz')];
  for (const link of [one, one, two]) openGuestSession(table, now, link, mintSecret(), facts, limits);
  expect(openGuestSession(table, now, two, mintSecret(), facts, limits)).toBe('full');
  const [first] = table.values();
  expect(endGuestSessions(table, guest => guest.id === first?.id)).toHaveLength(1);
  expect(endGuestSessions(table, guest => guest.linkId === one.id)).toHaveLength(1);
  expect(endGuestSessions(table, guest => guest.linkId === one.id)).toEqual([]);
  expect([...table.values()].map(guest => guest.linkId)).toEqual([two.id]);
});

test('ending one link among two thousand guests takes a moment', () => {
  const table: GuestSessionTable = new Map();
  const wide = { ...limits, perLink: 5000, total: 5000 };
  for (let index = 0; index < 2000; index++) {
    openGuestSession(
      table,
      now,
      linkOf(index % 2 === 0 ? 'abcdefgh2345' : 'zzzzzzzzzzzz'),
      new Secret(`${index}`),
      facts,
      wide,
    );
  }
  const before = performance.now();
  expect(endGuestSessions(table, guest => guest.linkId === 'zzzzzzzzzzzz')).toHaveLength(1000);
  expect(performance.now() - before).toBeLessThan(50);
});
