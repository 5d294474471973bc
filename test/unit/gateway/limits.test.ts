import { expect, test } from 'vitest';
import { defaultLimits } from '../../../src/main/core/gateway/limits.ts';

test('every limit is a bound, and those that were promised are those', () => {
  for (const value of Object.values(defaultLimits)) expect(Number.isInteger(value) && value > 0).toBe(true);
  expect(defaultLimits).toMatchObject({
    sessionIdleMs: 43_200_000,
    sessionMs: 2_592_000_000,
    codeMs: 600_000,
    codes: 32,
  });
});

test('a connection that waits for its next request is not taken for one whose body has stopped', () => {
  expect(defaultLimits.keepAliveMs).toBeLessThan(defaultLimits.bodyIdleMs);
});
