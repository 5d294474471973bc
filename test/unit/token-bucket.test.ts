import { expect, test } from 'vitest';
import { tokensAt } from '../../src/main/core/token-bucket.ts';

const bucket = { burst: 10, perSecond: 2 };

test.each<[string, tokens: number, at: number, now: number, expected: number]>([
  ['refills evenly with time', 1, 0, 1500, 4],
  ['holds no more than its burst', 9, 0, 60_000, 10],
  ['gives nothing when the clock is set back', 3, 5000, 0, 3],
])('a bucket %s', (_name, tokens, at, now, expected) => {
  expect(tokensAt(bucket, tokens, at, now)).toBe(expected);
});
