import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { openMessageRates } from '../../../../src/main/core/gateway/guest/message-rates.ts';

const rate = { perSecond: 2, burst: 3 };

test('after a burst as many as time gives, each session by itself, and nothing for a clock that goes back', () => {
  const rates = openMessageRates();
  const take = (session: string, now: number): boolean => rates.take(session, rate, now, 100);
  expect([1, 2, 3, 4].map(() => take('a', 0))).toEqual([true, true, true, false]);
  expect(take('b', 0)).toBe(true);
  expect([500, 500, 0, 600].map(now => take('a', now))).toEqual([true, false, false, false]);
  expect([60_000, 60_000, 60_000, 60_000].map(now => take('a', now))).toEqual([true, true, true, false]);
  rates.forget('a');
  expect(take('a', 60_000)).toBe(true);
});

test('whatever the moments, no more than the burst and what the time gave', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 200 }), moments => {
      const rates = openMessageRates();
      const taken = moments.filter(now => rates.take('a', rate, now, 100)).length;
      expect(taken).toBeLessThanOrEqual(rate.burst + (Math.max(0, ...moments) / 1000) * rate.perSecond);
    }),
  );
});

test('a long message counts as many', () => {
  const rates = openMessageRates();
  const take = (now: number, bytes: number): boolean => rates.take('a', rate, now, bytes);
  expect([take(0, 150_000), take(0, 1)]).toEqual([true, false]);
  expect([take(1000, 150_000), take(1000, 70_000), take(1000, 1)]).toEqual([false, true, false]);
  expect(take(60_000, 2_000_000)).toBe(false);
});
