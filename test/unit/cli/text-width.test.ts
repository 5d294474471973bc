import { expect, test } from 'vitest';
import { padColumns, textWidth } from '../../../src/main/cli/text-width.ts';

test.each([
  ['', 0],
  ['thesis', 6],
  ['Zoë', 3],
  ['Zoe\u0308', 3],
  ['日本', 4],
  ['ｶﾅ', 2],
  ['한국어', 6],
  ['Ａ', 2],
  ['🚀', 2],
  ['👩‍🔬', 2],
  ['🇩🇪', 2],
  ['❤️', 2],
  ['→', 1],
  ['\u0308', 0],
])('"%s" takes %i columns', (text, columns) => {
  expect(textWidth(text)).toBe(columns);
});

test('a text is padded to a number of columns', () => {
  expect(padColumns('日本', 6)).toBe('日本  ');
  expect(padColumns('thesis', 3)).toBe('thesis');
});
