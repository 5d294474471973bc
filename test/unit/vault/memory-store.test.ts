import { expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import { memoryStore } from '../../../src/main/core/vault/memory-store.ts';

test('keeps, replaces and deletes, and says that it forgets', async () => {
  const secretStore = memoryStore('There is no keychain here.');
  expect(await secretStore.get('a')).toBeNull();
  await secretStore.set('a', new Secret('one'));
  await secretStore.set('a', new Secret('two'));
  expect((await secretStore.get('a'))?.reveal()).toBe('two');
  await secretStore.delete('a');
  await secretStore.delete('a');
  expect(await secretStore.get('a')).toBeNull();
  expect(secretStore.store).toBe('memory');
  expect(secretStore.sentence).toBe(
    'There is no keychain here. Secrets are kept in memory, for this run only.',
  );
});

test('two keepers know nothing of each other', async () => {
  const one = memoryStore('x.');
  await one.set('__proto__', new Secret('one'));
  expect(await memoryStore('x.').get('__proto__')).toBeNull();
  expect((await one.get('__proto__'))?.reveal()).toBe('one');
});
