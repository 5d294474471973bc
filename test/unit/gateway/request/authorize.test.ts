import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorize, type Keys } from '../../../../src/main/core/gateway/request/authorize.ts';
import type { Credential, CredentialKind } from '../../../../src/main/core/gateway/request/credential.ts';
import { digestOf } from '../../../../src/main/core/gateway/request/digest.ts';
import { defaultLimits } from '../../../../src/main/core/gateway/limits.ts';
import { openSession, type SessionTable } from '../../../../src/main/core/gateway/request/owner-session.ts';
import { hashSecret, Secret } from '../../../../src/main/core/secret.ts';

const now = 1_000_000_000;
const table: SessionTable = new Map();
const session = openSession(table, now, new Secret('cookie-value'), defaultLimits);
openSession(table, now, new Secret('another-cookie'), defaultLimits);
const keys: Keys = { tokenHash: hashSecret('right'), sessions: table, limits: defaultLimits, digestOf };

type Asked = Parameters<typeof authorize>[1];
const own = 'http://thesis.localhost:1';
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

const cookie: Credential = { kind: 'cookie', value: 'cookie-value' };
const another: Credential = { kind: 'cookie', value: 'another-cookie' };
const bearer: Credential = { kind: 'authorization', value: 'right' };
const header: Credential = { kind: 'header', value: 'right' };
const basic: Credential = { kind: 'basic', value: 'right' };
const query: Credential = { kind: 'query', value: 'right' };
const other: Credential = { kind: 'other', value: '' };
const wrong = (kind: CredentialKind): Credential => ({ kind, value: 'wrong' });
const write = { safe: false };
const upgrade = { upgrade: true };
const topLevel = { mode: 'navigate', dest: 'document' } as const;

const rows: [string, Partial<Asked>, string][] = [
  ['nothing', {}, 'no-credential'],
  ['a cookie', { credentials: [cookie] }, 'open'],
  ['an unknown cookie', { credentials: [wrong('cookie')] }, 'expired-session'],
  ['Bearer', { credentials: [bearer] }, 'open'],
  ['the window header', { credentials: [header] }, 'open'],
  ['Basic', { credentials: [basic] }, 'open'],
  ['the query', { credentials: [query] }, 'open'],
  ['another Authorization', { credentials: [other] }, 'wrong-credential'],
  ['a wrong Bearer', { credentials: [wrong('authorization')] }, 'wrong-credential'],
  ['a wrong header', { credentials: [wrong('header')] }, 'wrong-credential'],
  ['a wrong Basic', { credentials: [wrong('basic')] }, 'wrong-credential'],
  ['a wrong query', { credentials: [wrong('query')] }, 'wrong-credential'],
  ['an empty token', { credentials: [{ kind: 'header', value: '' }] }, 'wrong-credential'],
  ['two of a kind', { credentials: [cookie], ambiguousCredential: true }, 'ambiguous-credential'],
  ['a planted cookie, a right one', { credentials: [wrong('cookie'), cookie] }, 'open'],
  ['a right cookie, a planted one', { credentials: [cookie, wrong('cookie')] }, 'open'],
  ['a right cookie twice', { credentials: [cookie, cookie] }, 'open'],
  ['planted cookies alone', { credentials: [wrong('cookie'), wrong('cookie')] }, 'expired-session'],
  ['two right cookies of two', { credentials: [cookie, another] }, 'ambiguous-credential'],
  [
    'two of two behind a planted one',
    { credentials: [wrong('cookie'), cookie, another, header] },
    'ambiguous-credential',
  ],
  ['an old cookie, a right header', { credentials: [wrong('cookie'), header] }, 'open'],
  ['an old cookie, a right Bearer', { credentials: [wrong('cookie'), bearer] }, 'open'],
  ['an old cookie, a wrong header', { credentials: [wrong('cookie'), wrong('header')] }, 'wrong-credential'],
  ['a right cookie, an old token in the query', { credentials: [cookie, wrong('query')] }, 'open'],
  ['a right cookie, another Authorization', { credentials: [cookie, other] }, 'wrong-credential'],
  ['a right cookie, a wrong Bearer', { credentials: [cookie, wrong('authorization')] }, 'wrong-credential'],

  ['cookie, write, own Origin', { credentials: [cookie], ...write, origin: own }, 'open'],
  ['cookie, write, no Origin, same-origin', { credentials: [cookie], ...write, site: 'same-origin' }, 'open'],
  ['cookie, write, no word of where from', { credentials: [cookie], ...write }, 'foreign-origin'],
  ['cookie, write, typed in', { credentials: [cookie], ...write, site: 'none' }, 'foreign-origin'],
  [
    'cookie, write, foreign Origin',
    { credentials: [cookie], ...write, origin: 'http://evil.io' },
    'foreign-origin',
  ],
  ['cookie, write, Origin null', { credentials: [cookie], ...write, origin: 'null' }, 'foreign-origin'],
  [
    'cookie, write, own Origin but cross-site',
    { credentials: [cookie], ...write, origin: own, site: 'cross-site' },
    'cross-site',
  ],
  [
    'cookie, write, a form into the top frame',
    { credentials: [cookie], ...write, site: 'cross-site', ...topLevel },
    'cross-site',
  ],
  ['cookie, write, another port', { credentials: [cookie], ...write, site: 'same-site' }, 'cross-site'],
  ['cookie, upgrade, own Origin', { credentials: [cookie], ...upgrade, origin: own }, 'open'],
  ['cookie, upgrade, no Origin', { credentials: [cookie], ...upgrade }, 'foreign-origin'],
  [
    'cookie, upgrade, foreign Origin',
    { credentials: [cookie], ...upgrade, origin: 'http://evil.io' },
    'foreign-origin',
  ],
  ['cookie, read, foreign Origin', { credentials: [cookie], origin: 'http://evil.io' }, 'foreign-origin'],
  [
    'cookie, read, cross-site picture',
    { credentials: [cookie], site: 'cross-site', mode: 'other', dest: 'other' },
    'cross-site',
  ],
  [
    'cookie, read, cross-site frame',
    { credentials: [cookie], site: 'cross-site', mode: 'navigate', dest: 'other' },
    'cross-site',
  ],
  ['cookie, read, cross-site link', { credentials: [cookie], site: 'cross-site', ...topLevel }, 'open'],
  [
    'cookie, read, other port picture',
    { credentials: [cookie], site: 'same-site', mode: 'other', dest: 'other' },
    'cross-site',
  ],
  [
    'cookie, read, same-origin no-cors',
    { credentials: [cookie], site: 'same-origin', mode: 'other', dest: 'other' },
    'open',
  ],

  [
    'header, write, own Origin',
    { credentials: [header], ...write, origin: own, site: 'same-origin' },
    'open',
  ],
  ['header, write, a tool', { credentials: [header], ...write }, 'open'],
  ['header, read, foreign Origin', { credentials: [header], origin: 'http://evil.io' }, 'foreign-origin'],
  ['header, read, cross-site', { credentials: [header], site: 'cross-site' }, 'cross-site'],
  [
    'header, read, cross-site into the top frame',
    { credentials: [header], site: 'cross-site', ...topLevel },
    'cross-site',
  ],
  ['header, upgrade, other port', { credentials: [header], ...upgrade, site: 'same-site' }, 'cross-site'],
  [
    'Basic, write, foreign Origin',
    { credentials: [basic], ...write, origin: 'http://evil.io' },
    'foreign-origin',
  ],
  ['Basic, read, cross-site', { credentials: [basic], site: 'cross-site' }, 'cross-site'],
  ['Basic, write, a tool', { credentials: [basic], ...write }, 'open'],

  [
    'Bearer, write, a tool with any Origin',
    { credentials: [bearer], ...write, origin: 'http://a.b' },
    'open',
  ],
  [
    'Bearer, write, a browser elsewhere',
    { credentials: [bearer], ...write, origin: 'http://a.b', site: 'cross-site' },
    'foreign-origin',
  ],
  ['Bearer, upgrade, a tool', { credentials: [bearer], ...upgrade }, 'open'],
  [
    'query, upgrade, a tool with its own Origin',
    { credentials: [query], ...upgrade, origin: 'http://127.0.0.1:1' },
    'open',
  ],
  [
    'query, upgrade, a browser elsewhere',
    { credentials: [query], ...upgrade, origin: 'http://a.b', site: 'cross-site' },
    'foreign-origin',
  ],
];

test.each(rows)('%s', (_name, change, wanted) => {
  const verdict = authorize(now, { ...read, ...change }, keys);
  expect(verdict.open ? 'open' : verdict.reason).toBe(wanted);
});

test('a session ends at its last moment, and the verdict names it until then', () => {
  const asked = { ...read, credentials: [cookie] };
  const last = now + defaultLimits.sessionIdleMs;
  expect(authorize(last - 1, asked, keys)).toEqual({ open: true, session, by: 'cookie' });
  expect(authorize(last, asked, keys)).toEqual({ open: false, reason: 'expired-session' });
});

const origins = fc.constantFrom(null, own, 'null', 'http://evil.io', 'http://thesis.localhost:2');
const sites = fc.constantFrom(null, 'none', 'same-origin', 'same-site', 'cross-site');
const anything: fc.Arbitrary<Asked> = fc.record({
  credentials: fc.array(
    fc.record({
      kind: fc.constantFrom<CredentialKind>('cookie', 'authorization', 'header', 'basic', 'query', 'other'),
      value: fc.constantFrom('right', 'wrong', '', 'cookie-value'),
    }),
    { maxLength: 4 },
  ),
  ambiguousCredential: fc.boolean(),
  safe: fc.boolean(),
  upgrade: fc.boolean(),
  origin: origins,
  ownOrigin: fc.constant(own),
  site: sites,
  mode: fc.constantFrom(null, 'navigate', 'other'),
  dest: fc.constantFrom(null, 'document', 'serviceworker', 'other'),
});

function isRight({ kind, value }: Credential): boolean {
  return kind === 'cookie' ? value === 'cookie-value' : kind !== 'other' && value === 'right';
}

test('whatever is asked: open only with a right credential, never for another site that changes something', () => {
  fc.assert(
    fc.property(anything, asked => {
      const verdict = authorize(now, asked, keys);
      if (!verdict.open) return true;
      const shown = asked.credentials.some(isRight);
      const ambient = verdict.by === 'cookie' || verdict.by === 'header' || verdict.by === 'basic';
      const foreign =
        (asked.origin !== null && asked.origin !== own) ||
        asked.site === 'cross-site' ||
        asked.site === 'same-site';
      const changes = asked.upgrade || !asked.safe;
      return shown && !asked.ambiguousCredential && !(ambient && foreign && changes);
    }),
    { numRuns: 5000 },
  );
  expect(authorize(now, { ...read, credentials: [cookie] }, keys).open).toBe(true);
});

const foreign = { origin: 'http://evil.io' };

test.each<[string, Partial<Asked>, string]>([
  ['a tool', {}, 'open'],
  ['a tool that writes', write, 'open'],
  ['a tool that upgrades', upgrade, 'open'],
  ['the own page', { ...write, origin: own, site: 'same-origin' }, 'open'],
  ['an address that was typed', { site: 'none', ...topLevel }, 'open'],
  ['a link from elsewhere', { site: 'cross-site', ...topLevel }, 'open'],
  ['a right token', { credentials: [bearer] }, 'open'],
  ['an old cookie', { credentials: [wrong('cookie')] }, 'open'],
  ['a wrong Bearer', { credentials: [wrong('authorization')] }, 'wrong-credential'],
  ['two credentials of a kind', { ambiguousCredential: true }, 'ambiguous-credential'],
  ['a form of another site', { ...write, ...foreign, site: 'cross-site', ...topLevel }, 'foreign-origin'],
  ['a form without Origin', { ...write, site: 'cross-site', ...topLevel }, 'cross-site'],
  ['a WebSocket of another site', { ...upgrade, ...foreign }, 'foreign-origin'],
  ['a WebSocket of another port', { ...upgrade, site: 'same-site' }, 'cross-site'],
  ['a picture on another site', { site: 'cross-site', mode: 'other', dest: 'other' }, 'cross-site'],
  ['a picture on another port', { site: 'same-site', mode: 'other', dest: 'other' }, 'cross-site'],
  ['a frame on another site', { site: 'cross-site', mode: 'navigate', dest: 'other' }, 'cross-site'],
])('a door that asks for no token: %s', (_what, change, wanted) => {
  const verdict = authorize(now, { ...read, ...change }, { ...keys, asksForToken: false });
  expect(verdict.open ? 'open' : verdict.reason).toBe(wanted);
});
