import { expect, test } from 'vitest';
import { within } from '../../../../src/main/core/profiles/python/within.ts';

test('what is done in time is the answer', async () => {
  await expect(within(5000, 'late', Promise.resolve('done'))).resolves.toBe('done');
  await expect(within(5000, 'late', Promise.reject(new Error('broken')))).rejects.toThrow('broken');
});

test('what never ends is not waited for', async () => {
  await expect(within(10, 'late', new Promise<string>(() => {}))).resolves.toBe('late');
});
