import { expect, test } from 'vitest';
import { createKeyedMutex } from '../../src/main/core/keyed-mutex.ts';

test('one name is served in order, one at a time; another name does not wait', async () => {
  const turns = createKeyedMutex();
  const seen: string[] = [];
  const gate = Promise.withResolvers<void>();
  const first = turns('a', async () => {
    seen.push('first begins');
    await gate.promise;
    seen.push('first ends');
  });
  const second = turns('a', async () => seen.push('second'));
  await turns('b', async () => seen.push('other'));
  expect(seen).toEqual(['first begins', 'other']);
  gate.resolve();
  await Promise.all([first, second]);
  expect(seen).toEqual(['first begins', 'other', 'first ends', 'second']);
});

test('a failure reaches its own caller only', async () => {
  const turns = createKeyedMutex();
  const failing = turns('a', () => Promise.reject(new Error('no')));
  const next = turns('a', () => Promise.resolve('yes'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('yes');
});
