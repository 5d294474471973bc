import { expect, test } from 'vitest';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import { deriveKeys, keptHash } from '../../../../src/main/core/share/ledger/installation-key.ts';
import { auditKeysOf, hashingOf, retire } from '../../../../src/main/core/share/ledger/retired-keys.ts';

const [a, b, c] = ['a', 'b', 'c'].map(name => deriveKeys(new Secret(name))) as [
  ReturnType<typeof deriveKeys>,
  ReturnType<typeof deriveKeys>,
  ReturnType<typeof deriveKeys>,
];
const ids = (retired: readonly { id: string }[]): string[] => retired.map(key => key.id);

test('a key that makes way is kept, in order; one that comes back is none', () => {
  const once = retire([], a, b);
  const twice = retire(once, b, c);
  expect(ids(twice)).toEqual([a.id, b.id]);
  expect(ids(retire(twice, c, a))).toEqual([b.id, c.id]);
  expect(ids(retire(once, b, b))).toEqual([a.id]);
});

test('what is kept opens no ledger', () => {
  expect(JSON.stringify(retire([], a, b))).not.toContain(a.ledger.reveal().toString('base64url'));
});

test('a hash made with a retired key is found with it, until its part for links is dropped', () => {
  const secret = mintSecret();
  const hash = keptHash(a, 'one', secret);
  const retired = retire([], a, b);
  const { hashOf, newest } = hashingOf(b, retired);
  expect(newest).toBe(b.id);
  expect(hashOf(hash.key, 'one', secret.reveal()).toString('base64url')).toBe(hash.value);
  const dropped = hashingOf(
    b,
    retired.map(key => ({ ...key, links: null })),
  );
  expect(dropped.hashOf(hash.key, 'one', secret.reveal()).toString('base64url')).not.toBe(hash.value);
});

test('the newest key signs the audit log, the others only check it', () => {
  const keys = auditKeysOf(c, retire(retire([], a, b), b, c));
  expect(ids(keys)).toEqual([a.id, b.id, c.id]);
  expect(keys[0]?.key.reveal()).toEqual(a.audit.reveal());
});
