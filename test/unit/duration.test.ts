import { expect, test } from 'vitest';
import { durationWords, seconds } from '../../src/main/core/duration.ts';

test.each([
  ['90s', 90],
  ['15m', 900],
  ['2h', 7200],
  ['1d', 86_400],
  ['5', 5],
  ['1.5h', 5400],
  ['0s', 0],
  ['25h', 90_000],
])('%s is a duration', (text, wanted) => expect(seconds(text)).toBe(wanted));

test.each(['', 'm', '1w', '-1s', '1e9', ' 1s', '1s ', '1d1h', '１d'])('"%s" is none', text =>
  expect(() => seconds(text)).toThrow(/duration/),
);

test('what is no duration is not repeated at full length', () =>
  expect(() => seconds('x'.repeat(9999))).toThrow(/^"x{40}" is not/));

test.each([
  [1000, '1 second'],
  [90_000, '90 seconds'],
  [3_600_000, '1 hour'],
  [5_400_000, '90 minutes'],
  [86_400_000, '1 day'],
  [172_800_000, '2 days'],
  [90_000_000, '25 hours'],
  [0, '0 seconds'],
])('%d ms are told as %s', (milliseconds, wanted) => expect(durationWords(milliseconds)).toBe(wanted));
