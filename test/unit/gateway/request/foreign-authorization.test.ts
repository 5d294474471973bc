import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { authorize, type Asked, type Keys } from '../../../../src/main/core/gateway/request/authorize.ts';
import { readCredentials } from '../../../../src/main/core/gateway/request/credential.ts';
import { digestOf } from '../../../../src/main/core/gateway/request/digest.ts';
import { authorizeGuest, type GuestKeys } from '../../../../src/main/core/gateway/guest/guest-authorize.ts';
import { defaultLimits } from '../../../../src/main/core/gateway/limits.ts';
import { openSession, type SessionTable } from '../../../../src/main/core/gateway/request/owner-session.ts';
import { hashSecret, Secret } from '../../../../src/main/core/secret.ts';

const token = 'mTq3vYl0Zr8sXw1nJd6kPb9cHf2gUe5aVo7iKx4yRtE';
const link = `abcdefghijkl.${'s'.repeat(43)}`;
const sessions: SessionTable = new Map();
openSession(sessions, 0, new Secret('in'), defaultLimits);
const keys: Keys = {
  tokenHash: hashSecret(token),
  sessions,
  limits: defaultLimits,
  digestOf,
  passesAuthorization: true,
};
const guests: GuestKeys = {
  find: () => ({
    open: true,
    session: { id: 'g', link: 'l', role: 'viewer', name: '', endsAt: 9, permissions: null },
  }),
  redeemed: shown => (shown === link ? { open: false, reason: 'expired' } : null),
  passesAuthorization: true,
  isOwners: word => word === token,
};

function asked(
  authorization: string | null,
  shown: { cookie?: string; token?: string; query?: string },
): Asked {
  const cookie = shown.cookie === undefined ? null : `gatehouse-session=${shown.cookie}`;
  const query = shown.query === undefined ? [] : [shown.query];
  const { credentials, ambiguous } = readCredentials(
    { cookie, authorization, token: shown.token ?? null },
    'own',
    query,
  );
  const none = { origin: null, site: null, mode: null, dest: null };
  const ownOrigin = 'http://thesis.localhost:1';
  return { credentials, ambiguousCredential: ambiguous, safe: true, upgrade: false, ownOrigin, ...none };
}

function owner(authorization: string | null, shown: Parameters<typeof asked>[1], pass = true): string {
  const verdict = authorize(0, asked(authorization, shown), { ...keys, passesAuthorization: pass });
  if (!verdict.open) return verdict.reason;
  return verdict.foreign === true ? 'passes' : 'open';
}

function guest(authorization: string, pass = true): string {
  const verdict = authorizeGuest(asked(authorization, { cookie: 'in' }), {
    ...guests,
    passesAuthorization: pass,
  });
  if (verdict.open !== true) return verdict.open === 'later' ? 'later' : verdict.reason;
  return verdict.foreign === true ? 'passes' : 'open';
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');
const theirs = [
  'Bearer 0aXk3Yd9',
  `Bearer ${'x'.repeat(2000)}`,
  `Basic ${base64('ada:secret')}`,
  `Basic ${base64('ada:')}`,
  'token abc',
  'Digest username="ada", realm="r", nonce="n", uri="/", response="0123"',
];

test.each(theirs)('what is none of ours goes on beside a right credential only: %s', authorization => {
  expect(owner(authorization, { cookie: 'in' })).toBe('passes');
  expect(owner(authorization, { token })).toBe('passes');
  expect(owner(authorization, { query: token })).toBe('passes');
  expect(guest(authorization)).toBe('passes');
  // It opens nothing.
  expect(owner(authorization, {})).toBe('wrong-credential');
  expect(owner(authorization, { cookie: 'old' })).toBe('wrong-credential');
  expect(owner(authorization, { token: 'wrong' })).toBe('wrong-credential');
  expect(owner(authorization, { query: 'wrong' })).toBe('wrong-credential');
  // Refused where the profile does not say that its server has users of its own.
  expect(owner(authorization, { cookie: 'in' }, false)).toBe('wrong-credential');
  expect(guest(authorization, false)).toBe('wrong-credential');
});

test.each([[`Bearer ${token}`], [`token ${token}`], [`Basic ${base64(`${token}:`)}`]])(
  'our own opens, and does not go on: %s',
  authorization => {
    expect(owner(authorization, { cookie: 'in' })).toBe('open');
    expect(guest(authorization)).toBe('wrong-credential');
  },
);

const wordings: readonly ((secret: string) => string)[] = [
  secret => `Bearer ${secret},`,
  secret => `Bearer x ${secret}`,
  secret => `Bearer "${secret}"`,
  secret => `Gate token=${secret}`,
  secret => `Gate token="${secret}"; x=1`,
  secret => secret,
  secret => `Basic ${base64(`ada:${secret}`)}`,
  secret => `Basic ${base64(`${secret}:x`)}`,
  secret => `Bearer ${base64(secret)}`,
  secret => `Bearer ${secret.replace('y', '%79').replace('s', '%73')}`,
  secret => `Bearer ${'x '.repeat(40)}${secret}`,
];

test.each(wordings.map(wording => [wording(token), wording(link)]))(
  'ours in other words goes nowhere: %s',
  (withToken, withLink) => {
    for (const authorization of [withToken, withLink]) {
      expect(owner(authorization, { cookie: 'in' })).toBe('wrong-credential');
      expect(guest(authorization)).toBe('wrong-credential');
    }
  },
);

test('whatever stands around a token of ours, it is never passed on', () => {
  const around = fc.stringMatching(/^[\t -~]{0,30}[\s,;="']$/);
  fc.assert(
    fc.property(
      around,
      fc.stringMatching(/^[\s,;="'][\t -~]{0,30}$/),
      fc.constantFrom(token, link),
      (before, behind, secret) => {
        const authorization = `${before}${secret}${behind}`.trim();
        expect(owner(authorization, { cookie: 'in' })).not.toBe('passes');
        expect(guest(authorization)).not.toBe('passes');
      },
    ),
  );
});

test('a tool of a guest shows the link in a header of ours, and its own Authorization passes', () => {
  const session = { id: 'g', link: 'l', role: 'viewer', name: '', endsAt: 9, permissions: null } as const;
  const keysOfTool: GuestKeys = { ...guests, redeemed: () => ({ open: true, session }) };
  const verdict = authorizeGuest(asked('Bearer theirs', { token: link }), keysOfTool);
  expect(verdict).toMatchObject({ open: true, by: 'header', foreign: true });
  // Not redeemed yet: nothing goes on before that.
  const later = authorizeGuest(asked('Bearer theirs', { token: link }), { ...guests, redeemed: () => null });
  expect(later).toEqual({ open: 'later', token: link, by: 'header' });
  const wrong = authorizeGuest(asked('Bearer theirs', { token: 'wrong' }), guests);
  expect(wrong).toMatchObject({ open: false, reason: 'wrong-credential' });
});
