import { expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import { lateKeeper } from '../../../src/main/core/vault/lazy-store.ts';
import { memoryKeeper } from '../../../src/main/core/vault/memory-store.ts';

test('it is opened by the first who asks, once, and then is the real one', async () => {
  let opened = 0;
  const keeper = lateKeeper(async () => {
    opened += 1;
    return memoryKeeper('Here:');
  });
  expect(opened).toBe(0);
  await keeper.set('a', new Secret('x'));
  expect((await keeper.get('a'))?.reveal()).toBe('x');
  await keeper.delete('a');
  expect([await keeper.get('a'), opened]).toEqual([null, 1]);
});
