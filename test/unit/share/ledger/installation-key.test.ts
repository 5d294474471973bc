import { expect, test } from 'vitest';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import {
  deriveKeys,
  forgetOtherKey,
  keptHash,
  linkHashing,
  openInstallationKey,
  rotateInstallationKey,
} from '../../../../src/main/core/share/ledger/installation-key.ts';
import { memoryStore } from '../../../../src/main/core/vault/memory-store.ts';

const learnt: string[] = [];
const redactor = { learn: (secret: Secret<string>) => void learnt.push(secret.reveal()) };

test('each purpose has a key of its own, always the same of one installation', () => {
  const keys = deriveKeys(new Secret('a'));
  const again = deriveKeys(new Secret('a'));
  const other = deriveKeys(new Secret('b'));
  const bytes = [keys, other].flatMap(one =>
    [one.links, one.ledger, one.audit].map(key => key.reveal().toString('hex')),
  );
  expect(new Set(bytes).size).toBe(6);
  expect(again.id).toBe(keys.id);
  expect(again.ledger.reveal()).toEqual(keys.ledger.reveal());
  expect(JSON.stringify(keys)).toBe(`{"id":"${keys.id}","links":"***","ledger":"***","audit":"***"}`);
});

test('a hash is of this key, this link and this secret', () => {
  const [a, b] = [deriveKeys(new Secret('a')), deriveKeys(new Secret('b'))];
  const secret = mintSecret();
  const hashes = [
    keptHash(a, 'one', secret),
    keptHash(a, 'two', secret),
    keptHash(b, 'one', secret),
    keptHash(a, 'one', mintSecret()),
  ].map(hash => hash.value);
  expect(new Set(hashes).size).toBe(4);
  expect(keptHash(a, 'one', secret).value).toBe(hashes[0]);
  const both = linkHashing([b, a]);
  expect(both(a.id, 'one', secret.reveal()).toString('base64url')).toBe(hashes[0]);
  expect(both(null, 'one', secret.reveal()).toString('base64url')).toBe(hashes[2]);
  expect(both('gone', 'one', secret.reveal()).toString('base64url')).toBe(hashes[2]);
  expect(() => linkHashing([])(null, 'one', 'x')).toThrow('without a key');
});

test('the key is minted once, kept, and known to the redactor', async () => {
  const secretStore = memoryStore('A test.');
  const first = await openInstallationKey(secretStore, redactor);
  const second = await openInstallationKey(secretStore, redactor);
  expect(second.current.id).toBe(first.current.id);
  expect(second.other).toBeNull();
  expect(learnt).toContain((await secretStore.get('installation-key'))?.reveal());
});

test('a keychain that refuses leaves no key that only memory knows', async () => {
  const secretStore = { ...memoryStore('A test.'), set: () => Promise.reject(new Error('locked')) };
  await expect(openInstallationKey(secretStore, redactor)).rejects.toThrow('locked');
});

test('cut at any step of a rotation, the keychain has the key that the ledger is sealed with', async () => {
  for (let cut = 0; cut < 5; cut++) {
    const kept = memoryStore('A test.');
    const before = await openInstallationKey(kept, redactor);
    let steps = cut;
    const step = (): void => {
      if (steps === 0) throw new Error('cut');
      steps -= 1;
    };
    const secretStore = {
      ...kept,
      set: async (name: string, value: Secret<string>) => {
        step();
        await kept.set(name, value);
      },
      delete: async (name: string) => {
        step();
        await kept.delete(name);
      },
    };
    let sealedWith = before.current.id;
    const rotated = rotateInstallationKey(secretStore, redactor, async keys => {
      step();
      sealedWith = keys.id;
    });
    const whole = await rotated.then(
      () => true,
      () => false,
    );
    expect(whole).toBe(cut === 4);
    const after = await openInstallationKey(kept, redactor);
    expect([after.current.id, after.other?.id]).toContain(sealedWith);
    await forgetOtherKey(kept);
    expect((await openInstallationKey(kept, redactor)).other).toBeNull();
    if (whole) expect(after.current.id).not.toBe(before.current.id);
  }
});
