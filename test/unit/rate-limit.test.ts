import { array, assert, nat, property } from 'fast-check';
import { expect, test } from 'vitest';
import { createRateLimit } from '../../src/main/core/rate-limit.ts';

test('so many at once, then as they come back', () => {
  const limit = createRateLimit({ burst: 2, perMinute: 30 });
  expect([limit.take(0, 'a'), limit.take(0, 'a'), limit.take(0, 'a')]).toEqual([true, true, false]);
  expect(limit.waitMs(0, 'a')).toBe(2000);
  expect(limit.waitMs(0, 'b')).toBe(0);
  expect(limit.take(1999, 'a')).toBe(false);
  expect(limit.take(2000, 'a')).toBe(true);
});

test('the memory is bounded, and a clock that is set back gives nothing', () => {
  const limit = createRateLimit({ burst: 1, perMinute: 1 }, 2);
  expect(limit.take(1000, 'a')).toBe(true);
  expect(limit.take(0, 'a')).toBe(false);
  for (const key of ['b', 'c']) limit.take(1000, key);
  expect(limit.take(1000, 'a')).toBe(true);
});

test('whoever tries, and whenever, gets no more than the burst and what came back', () => {
  assert(
    property(array(nat(5000), { maxLength: 200 }), pauses => {
      const limit = createRateLimit({ burst: 5, perMinute: 60 });
      let now = 0;
      let taken = 0;
      for (const pause of pauses) {
        now += pause;
        if (limit.take(now, 'a')) taken += 1;
      }
      expect(taken).toBeLessThanOrEqual(5 + now / 1000);
    }),
  );
});
