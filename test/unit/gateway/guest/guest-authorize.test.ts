import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Asked } from '../../../../src/main/core/gateway/request/authorize.ts';
import type { Credential, CredentialKind } from '../../../../src/main/core/gateway/request/credential.ts';
import { authorizeGuest, type GuestKeys } from '../../../../src/main/core/gateway/guest/guest-authorize.ts';
import type { GuestSession } from '../../../../src/main/core/share-ports.ts';

const own = 'https://lab.local:8443';
const read: Asked = {
  credentials: [],
  ambiguousCredential: false,
  safe: true,
  upgrade: false,
  origin: null,
  ownOrigin: own,
  site: null,
  mode: null,
  dest: null,
};
const sessionOf = (id: string): GuestSession => ({
  id,
  link: 'l',
  role: 'viewer',
  name: 'Ada',
  endsAt: 9,
  permissions: null,
});
const token = `abcdefghijkl.${'s'.repeat(43)}`;
const over = `abcdefghijkl.${'o'.repeat(43)}`;
const fresh = `abcdefghijkl.${'f'.repeat(43)}`;
const keys: GuestKeys = {
  find: cookie =>
    cookie === 'ended'
      ? { open: false, reason: 'revoked' }
      : cookie.startsWith('in-')
        ? { open: true, session: sessionOf(cookie) }
        : { open: false, reason: 'unknown' },
  redeemed: shown =>
    shown === token
      ? { open: true, session: sessionOf('tool') }
      : shown === over
        ? { open: false, reason: 'expired' }
        : null,
};
const cookie = (value: string): Credential => ({ kind: 'cookie', value });
const shown = (kind: CredentialKind, value: string): Credential => ({ kind, value });

const rows: [string, Partial<Asked>, string][] = [
  ['nothing', {}, 'no-credential'],
  ['a session', { credentials: [cookie('in-a')] }, 'open in-a'],
  ['a planted cookie and a session', { credentials: [cookie('x'), cookie('in-a')] }, 'open in-a'],
  ['two people', { credentials: [cookie('in-a'), cookie('in-b')] }, 'ambiguous-credential'],
  ['one person twice', { credentials: [cookie('in-a'), cookie('in-a')] }, 'open in-a'],
  ['a session that was taken back', { credentials: [cookie('ended')] }, 'expired-session revoked'],
  ['a token that was redeemed', { credentials: [shown('authorization', token)] }, 'open tool'],
  ['a token that was not yet', { credentials: [shown('authorization', fresh)] }, `later ${fresh}`],
  ['the same as Basic', { credentials: [shown('basic', fresh)] }, `later ${fresh}`],
  ['the same in the query', { credentials: [shown('query', fresh)] }, `later ${fresh}`],
  ['a token of another form', { credentials: [shown('authorization', 'x')] }, 'wrong-credential'],
  ["the server's own token", { credentials: [shown('query', 'a'.repeat(43))] }, 'wrong-credential'],
  ['a token whose session is over', { credentials: [shown('header', over)] }, 'wrong-credential expired'],
  [
    'an Authorization that is not ours beside a session',
    { credentials: [cookie('in-a'), shown('other', '')] },
    'wrong-credential',
  ],
  ['a session beside a token', { credentials: [cookie('in-a'), shown('query', fresh)] }, 'open in-a'],
  ['two of a kind', { credentials: [cookie('in-a')], ambiguousCredential: true }, 'ambiguous-credential'],
  ['a write from nowhere', { credentials: [cookie('in-a')], safe: false }, 'foreign-origin'],
  ['a write of the page', { credentials: [cookie('in-a')], safe: false, origin: own }, 'open in-a'],
  [
    'a write of another site',
    { credentials: [cookie('in-a')], safe: false, origin: 'https://evil.example' },
    'foreign-origin',
  ],
  [
    'a WebSocket of another port',
    { credentials: [cookie('in-a')], upgrade: true, origin: 'https://lab.local:9999', site: 'same-site' },
    'foreign-origin',
  ],
  [
    'an image on another site',
    { credentials: [cookie('in-a')], site: 'cross-site', mode: 'other', dest: 'other' },
    'cross-site',
  ],
  [
    'a link on another site',
    { credentials: [cookie('in-a')], site: 'cross-site', mode: 'navigate', dest: 'document' },
    'open in-a',
  ],
  [
    'a token that another site makes a browser send',
    { credentials: [shown('query', fresh)], origin: 'https://evil.example', site: 'cross-site' },
    'foreign-origin',
  ],
];

test.each(rows)('%s', (_name, change, wanted) => {
  expect(words({ ...read, ...change })).toBe(wanted);
});

function words(asked: Asked): string {
  const verdict = authorizeGuest(asked, keys);
  if (verdict.open === true) return `open ${verdict.session.id}`;
  if (verdict.open === 'later') return `later ${verdict.token}`;
  return verdict.ended === null || verdict.ended === 'unknown'
    ? verdict.reason
    : `${verdict.reason} ${verdict.ended}`;
}

test('nothing that opens nothing opens anything, in whatever company', () => {
  const closed = fc.oneof(
    fc.string().map(cookie),
    fc
      .tuple(
        fc.constantFrom<CredentialKind>('authorization', 'header', 'basic', 'query', 'other'),
        fc.string(),
      )
      .map(([kind, value]) => shown(kind, value)),
  );
  fc.assert(
    fc.property(fc.array(closed, { maxLength: 6 }), credentials => {
      const kept = credentials.filter(({ value }) => !value.startsWith('in-'));
      expect(authorizeGuest({ ...read, credentials: kept }, keys).open).toBe(false);
    }),
  );
});
