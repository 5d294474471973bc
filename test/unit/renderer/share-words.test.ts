import { expect, test } from 'vitest';
import { linkWords, sharedWords, untilWords, usesWords } from '../../../src/renderer/share-words.ts';
import type { ShareLinkInfo } from '../../../src/shared/share-model.ts';

const now = new Date(2026, 10, 25, 12, 0).getTime();
const hours = (count: number): string => new Date(now + count * 3_600_000).toISOString();

test.each([
  [null, 'any number of times'],
  [1, 'once'],
  [3, '3 times'],
])('%s uses', (uses, words) => {
  expect(usesWords(uses)).toBe(words);
});

test.each([
  [1, /^until today, /],
  [13, /^until tomorrow, /],
  [24, /^until tomorrow, /],
  [72, /^until (?:28 November|November 28), /],
])('in %d hours', (count, words) => {
  expect(untilWords(hours(count), now)).toMatch(words);
});

const link = { state: 'open', expiresAt: hours(2), usesLeft: null, approval: false } as ShareLinkInfo;
test.each<[Partial<ShareLinkInfo>, string]>([
  [{}, 'works for 2 h'],
  [{ usesLeft: 1, approval: true }, 'works for 2 h, once more, you approve each guest'],
  [{ state: 'revoked' }, 'revoked'],
  [{ state: 'used-up' }, 'used up'],
])('%j', (change, words) => {
  expect(linkWords({ ...link, ...change }, now)).toBe(words);
});

test.each([
  [0, 0, ''],
  [1, 0, 'shared: 1 link'],
  [3, 2, 'shared: 3 links, 2 guests'],
  [0, 1, 'shared: 1 guest'],
])('%d links, %d people', (links, people, words) => {
  expect(sharedWords(links, people)).toBe(words);
});
