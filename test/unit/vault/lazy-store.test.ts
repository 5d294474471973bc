import { expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import { lazyStore } from '../../../src/main/core/vault/lazy-store.ts';
import { memoryStore } from '../../../src/main/core/vault/memory-store.ts';

test('it is opened by the first who asks, once, and then is the real one', async () => {
  let opened = 0;
  const secretStore = lazyStore(async () => {
    opened += 1;
    return memoryStore('Here:');
  });
  expect(opened).toBe(0);
  await secretStore.set('a', new Secret('x'));
  expect((await secretStore.get('a'))?.reveal()).toBe('x');
  await secretStore.delete('a');
  expect([await secretStore.get('a'), opened]).toEqual([null, 1]);
});
