import { expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import { memoryKeeper } from '../../../src/main/core/vault/memory-store.ts';

test('keeps, replaces and deletes, and says that it forgets', async () => {
  const keeper = memoryKeeper('There is no keychain here.');
  expect(await keeper.get('a')).toBeNull();
  await keeper.set('a', new Secret('one'));
  await keeper.set('a', new Secret('two'));
  expect((await keeper.get('a'))?.reveal()).toBe('two');
  await keeper.delete('a');
  await keeper.delete('a');
  expect(await keeper.get('a')).toBeNull();
  expect(keeper.store).toBe('memory');
  expect(keeper.sentence).toBe('There is no keychain here. Secrets are kept in memory, for this run only.');
});

test('two keepers know nothing of each other', async () => {
  const one = memoryKeeper('x.');
  await one.set('__proto__', new Secret('one'));
  expect(await memoryKeeper('x.').get('__proto__')).toBeNull();
  expect((await one.get('__proto__'))?.reveal()).toBe('one');
});
