import { expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import type { StoredGuestSession } from '../../../src/main/core/share/ledger/guest-sessions.ts';
import type { ListedLink } from '../../../src/main/core/share/ledger/ledger.ts';
import {
  describeAudit,
  describeGuestSession,
  describeLink,
  describeNewLink,
} from '../../../src/main/core/share/to-contract.ts';

const noon = Date.UTC(2026, 10, 28, 12);
const link: ListedLink = {
  id: 'abcdefghijkl',
  serverId: 'thesis',
  role: 'editor',
  label: 'Ada',
  group: null,
  createdAt: noon,
  expiresAt: noon + 3_600_000,
  usesLeft: 2,
  approval: false,
  madeBy: 'mira',
  permissions: null,
  opens: null,
  state: 'open',
};

const info = describeLink(link, 'Thesis', 3);
const certificate = { fingerprint: 'AB:CD', authority: null };

test('a link has its times as ISO 8601 and no secret', () => {
  expect(info).toMatchObject({ server: 'thesis', serverName: 'Thesis', people: 3, usesLeft: 2 });
  expect([info.createdAt, info.expiresAt]).toEqual(['2026-11-28T12:00:00.000Z', '2026-11-28T13:00:00.000Z']);
  expect(Object.keys(info)).not.toContain('hash');
});

test('a new link carries its secret in the fragment of each URL and in its token', () => {
  const addresses = [
    { origin: 'https://192.168.1.2:4711', where: 'in this network' },
    { origin: 'https://lab.local:4711', where: 'by name' },
  ];
  const made = describeNewLink(info, new Secret('word'), addresses, certificate, []);
  expect(made.url.startsWith('https://192.168.1.2:4711/')).toBe(true);
  expect(new URL(made.url).hash).toContain('word');
  expect(made.otherUrls.map(({ where }) => where)).toEqual(['by name']);
  expect(made.toolToken).toBe('abcdefghijkl.word');
});

test('without an address that the certificate names, there is no link', () => {
  expect(() => describeNewLink(info, new Secret('word'), [], certificate, [])).toThrowError(
    expect.objectContaining({ code: 'no-share-address' }),
  );
});

test('a guest session is told without anything that opens it', () => {
  const session: StoredGuestSession = {
    id: '0123456789ab',
    linkId: link.id,
    serverId: 'thesis',
    role: 'editor',
    name: 'Ada',
    address: '192.168.1.7',
    browser: 'Firefox',
    createdAt: noon,
    lastSeen: noon,
    endsAt: noon + 1000,
    permissions: null,
  };
  expect(describeGuestSession(session, 'Ada', 'Thesis', 2)).toMatchObject({
    session: '0123456789ab',
    since: '2026-11-28T12:00:00.000Z',
    connections: 2,
  });
});

test('a fault of the audit log names its line, or the whole log', () => {
  expect(describeAudit({ whole: true, lines: 5 })).toEqual({ whole: true, lines: 5, faults: [] });
  expect(describeAudit({ whole: false, file: 'audit.jsonl', line: 3, reason: 'changed' })).toEqual({
    whole: false,
    lines: 2,
    faults: ['Line 3 of audit.jsonl is not as it was written.'],
  });
  const missing = describeAudit({ whole: false, file: '', line: 0, reason: 'no-count' });
  expect(missing.lines).toBe(0);
  expect(missing.faults[0]).toMatch(/^The audit log cannot be checked/);
});
