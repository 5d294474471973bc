import { expect, test } from 'vitest';
import { createRedactor } from '../../../../src/main/core/log/redact.ts';
import type { SecretStore } from '../../../../src/main/core/ports.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import {
  createAuthorityStore,
  learnKey,
  type AuthorityStore,
} from '../../../../src/main/core/share/certificate/authority-store.ts';
import { hostNames } from '../../../../src/main/core/share/network/host-names.ts';
import { memoryStore } from '../../../../src/main/core/vault/memory-store.ts';
import { day, noon } from '../../../support/certificates.ts';

const storeOf = (secretStore: SecretStore): AuthorityStore =>
  createAuthorityStore({ secretStore, redactor: createRedactor(), host: () => hostNames(['pc7.local'], []) });
const print = async (store: AuthorityStore, now = noon): Promise<string> =>
  (await store.get(now)).certificate.fingerprint256;

test('several who ask at once get one authority, and the next start gets the same', async () => {
  const secretStore = memoryStore('Chosen.');
  const store = storeOf(secretStore);
  expect(store.known()).toBeNull();
  const all = await Promise.all(Array.from({ length: 6 }, () => print(store)));
  expect(new Set(all).size).toBe(1);
  expect(store.known()?.certificate.fingerprint256).toBe(all[0]);
  expect(await print(storeOf(secretStore))).toBe(all[0]);
});

test('the keychain is asked once', async () => {
  const secretStore = memoryStore('Chosen.');
  await print(storeOf(secretStore));
  let reads = 0;
  const store = storeOf({ ...secretStore, get: name => ((reads += 1), secretStore.get(name)) });
  await print(store);
  await print(store);
  expect(reads).toBe(1);
});

test('one that could not be kept is not used', async () => {
  const secretStore = memoryStore('Chosen.');
  const store = storeOf({ ...secretStore, set: () => Promise.reject(new Error('denied')) });
  await expect(store.get(noon)).rejects.toThrow('denied');
  expect(store.known()).toBeNull();
});

test('replaced when it has ended, never for a clock that is behind', async () => {
  const secretStore = memoryStore('Chosen.');
  const store = storeOf(secretStore);
  const first = await print(store);
  await expect(store.get(noon - 2 * day)).rejects.toMatchObject({ code: 'clock-wrong' });
  expect(await print(store, noon + 1824 * day)).toBe(first);
  expect(await print(store, noon + 1825 * day)).not.toBe(first);
});

test('a damaged one stays until the owner replaces it', async () => {
  const secretStore = memoryStore('Chosen.');
  await secretStore.set('share-authority', new Secret('damaged'));
  const store = storeOf(secretStore);
  await expect(store.get(noon)).rejects.toMatchObject({ code: 'authority-damaged' });
  const fresh = await store.replace(noon);
  expect(await print(store)).toBe(fresh.certificate.fingerprint256);
  expect(await print(storeOf(secretStore))).toBe(fresh.certificate.fingerprint256);
});

test('a key is redacted as one text and as lines', () => {
  const redactor = createRedactor();
  const key = Buffer.from(Array.from({ length: 138 }, (_none, index) => (index * 37) % 256));
  learnKey(redactor, new Secret(key));
  const text = key.toString('base64');
  expect(redactor.redact(`x ${text} y`)).toBe('x *** y');
  for (const line of text.match(/.{1,64}/g) ?? []) expect(redactor.redact(`x ${line} y`)).toBe('x *** y');
});
