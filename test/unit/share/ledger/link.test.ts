import { expect, test } from 'vitest';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import {
  deriveKeys,
  keptHash,
  linkHashing,
} from '../../../../src/main/core/share/ledger/installation-key.ts';
import {
  judge,
  linkState,
  makeLink,
  mintLinkId,
  toldReason,
  widestBounds,
  type HashOf,
  type Link,
  type LinkRequest,
} from '../../../../src/main/core/share/ledger/link.ts';

const keys = deriveKeys(new Secret('installation'));
const hashOf = linkHashing([keys]);
const secret = mintSecret();
const id = 'abcdefgh2345';
const now = 1_000_000;
const request: LinkRequest = { label: 'Ada', role: 'viewer', serverId: 'thesis', madeBy: 'me' };

function link(changes: Partial<Link> = {}): Link {
  return { ...makeLink(now, id, request, keptHash(keys, id, secret)), ...changes };
}

test('a link lives a day unless something else is asked for', () => {
  expect(link()).toMatchObject({ expiresAt: now + 86_400_000, usesLeft: null, approval: false, group: null });
  expect(makeLink(now, id, { ...request, lifeMs: 60_000, uses: 3 }, link().hash)).toMatchObject({
    expiresAt: now + 60_000,
    usesLeft: 3,
  });
});

test('nothing of a link is its secret', () => expect(JSON.stringify(link())).not.toContain(secret.reveal()));

test.each<[string, Partial<LinkRequest>, string]>([
  ['no time', { lifeMs: 0 }, 'link-invalid'],
  ['a past end', { lifeMs: -1 }, 'link-invalid'],
  ['no number for a time', { lifeMs: Number.NaN }, 'link-invalid'],
  ['for ever', { lifeMs: Infinity }, 'link-out-of-bounds'],
  ['too long', { lifeMs: 91 * 86_400_000 }, 'link-out-of-bounds'],
  ['no uses', { uses: 0 }, 'link-invalid'],
  ['half a use', { uses: 1.5 }, 'link-invalid'],
  ['too many uses', { uses: 10_001 }, 'link-out-of-bounds'],
  ['no label', { label: '  ' }, 'link-invalid'],
  ['a label with a line end', { label: 'a\nb' }, 'link-invalid'],
  ['a label that turns round', { label: 'a\u202Eb' }, 'link-invalid'],
  ['a long label', { label: 'a'.repeat(101) }, 'link-invalid'],
  ['an empty group', { group: ' ' }, 'link-invalid'],
  ['a page of another host', { opens: '//evil.io/' }, 'link-invalid'],
  ['a page of another host, in disguise', { opens: '/\\evil.io/' }, 'link-invalid'],
  ['a whole address', { opens: 'https://evil.io/' }, 'link-invalid'],
  ['a script', { opens: 'javascript:alert(1)' }, 'link-invalid'],
  ['a page of Gatehouse', { opens: '/_gatehouse/leave' }, 'link-invalid'],
  ['a page with a line end', { opens: '/a\nb' }, 'link-invalid'],
  ['a role that is none', { role: 'owner' as 'full' }, 'link-out-of-bounds'],
])('%s is refused', (_name, changes, code) => {
  const make = (): unknown => makeLink(now, id, { ...request, ...changes }, link().hash);
  expect(make).toThrow(expect.objectContaining({ code }));
});

test('a policy narrows what may be asked for, and what is had unasked', () => {
  const bounds = { ...widestBounds, maxMs: 3_600_000, roles: ['viewer'] as const, maxUses: 1 };
  expect(makeLink(now, id, request, link().hash, bounds).expiresAt).toBe(now + 3_600_000);
  for (const more of [{ role: 'editor' as const }, { lifeMs: 3_600_001 }, { uses: 2 }]) {
    const make = (): unknown => makeLink(now, id, { ...request, ...more }, link().hash, bounds);
    expect(make).toThrow(expect.objectContaining({ kind: 'refused' }));
  }
});

const right = { id, secret: secret.reveal(), approved: false };
test.each<[string, Link | null, number, Partial<typeof right>, string]>([
  ['a good link', link(), now, {}, 'open'],
  ['its last moment', link(), now + 86_399_999, {}, 'open'],
  ['its end', link(), now + 86_400_000, {}, 'expired'],
  ['a time that is none', link(), Number.NaN, {}, 'expired'],
  ['expired once, and the clock set back', link({ expiredAt: now + 1 }), now, {}, 'expired'],
  ['revoked', link({ revokedAt: now }), now, {}, 'revoked'],
  ['revoked and expired', link({ revokedAt: now }), now + 1e9, {}, 'revoked'],
  ['used up', link({ usesLeft: 0 }), now, {}, 'used-up'],
  ['one use left', link({ usesLeft: 1 }), now, {}, 'open'],
  ['approval not yet given', link({ approval: true }), now, {}, 'needs-approval'],
  ['approval given', link({ approval: true }), now, { approved: true }, 'open'],
  ['approval given, but revoked', link({ approval: true, revokedAt: 1 }), now, { approved: true }, 'revoked'],
  ['unknown', null, now, {}, 'unknown'],
  ['a wrong secret', link(), now, { secret: mintSecret().reveal() }, 'wrong-secret'],
  ['no secret', link(), now, { secret: '' }, 'wrong-secret'],
  ['the hash shown as the secret', link(), now, { secret: link().hash.value }, 'wrong-secret'],
  ['a wrong secret for a revoked one', link({ revokedAt: 1 }), now, { secret: 'x' }, 'wrong-secret'],
  ['a wrong secret for an expired one', link(), now + 1e9, { secret: 'x' }, 'wrong-secret'],
  ['a wrong secret for a used one', link({ usesLeft: 0 }), now, { secret: 'x' }, 'wrong-secret'],
  ['a wrong secret where approval is wanted', link({ approval: true }), now, { secret: 'x' }, 'wrong-secret'],
  ['the hash of another link', link({ id: 'zzzzzzzzzzzz' }), now, {}, 'wrong-secret'],
  ['a hash that was cut', link({ hash: { key: keys.id, value: '' } }), now, { secret: '' }, 'wrong-secret'],
])('%s', (_name, link, at, changes, wanted) => {
  const verdict = judge(at, link, { ...right, ...changes }, hashOf);
  expect(verdict.open ? 'open' : verdict.reason).toBe(wanted);
});

test('attack: whether a link exists shows neither in the words nor in the work', () => {
  const work: number[] = [];
  const counting: HashOf = (key, linkId, shown) => {
    work.push(linkId.length, shown.length);
    return hashOf(key, linkId, shown);
  };
  const asked = { ...right, secret: mintSecret().reveal() };
  const told = [link(), null, link({ revokedAt: 1 }), link({ usesLeft: 0 })].map(candidate => {
    const verdict = judge(now, candidate, asked, counting);
    return verdict.open ? 'open' : toldReason(verdict.reason);
  });
  expect(told).toEqual(['no-such-link', 'no-such-link', 'no-such-link', 'no-such-link']);
  expect(work).toEqual([12, 43, 12, 43, 12, 43, 12, 43]);
});

test('who has the secret is told why it does not open', () => {
  expect(toldReason('expired')).toBe('expired');
  expect(toldReason('needs-approval')).toBe('needs-approval');
});

test('an id is a word that no command line takes for an option, and uses its whole alphabet evenly', () => {
  const ids = Array.from({ length: 200 }, () => mintLinkId());
  expect(new Set(ids).size).toBe(200);
  for (const one of ids) expect(one).toMatch(/^[a-z2-7]{12}$/);
  expect(mintLinkId(() => Buffer.from([0, 31, 32, 255, 1, 2, 3, 4, 5, 6, 7, 8]))).toBe('a7a7bcdefghi');
});

test('the state that the owner sees is the one that is judged by', () => {
  expect(linkState(now, link())).toBe('open');
  expect(linkState(now, link({ usesLeft: 0 }))).toBe('used-up');
});

test.each(['/', '/lab/tree/a%20b.ipynb?x=1', '/#/edit/PER1-ADA-7QX4', '/_gatehouse-like'])(
  'a holder may begin on %s',
  opens => {
    expect(makeLink(now, id, { ...request, opens }, link().hash).opens).toBe(opens);
  },
);
