import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { formDecoded, percentDecoded } from '../../../src/main/core/text/percent.ts';

test.each([
  ['an escape', '%2e%2E/', '../'],
  ['an escape of an escape, once', '%252e', '%2e'],
  ['an escape that is not one', '100%', '100%'],
  ['an escape that is cut', '%4', '%4'],
  ['letters that are no digits', '%zz%41', '%zzA'],
  ['half of a longer character', '%C3', '\u00C3'],
  ['a zero byte', 'a%00b', 'a\0b'],
  ['a plus, which is no blank in a path', 'a+b', 'a+b'],
])('%s', (_what, text, decoded) => expect(percentDecoded(text)).toBe(decoded));

test('in a form a plus is a blank, and an encoded plus is a plus', () => {
  expect(formDecoded('a+b%2Bc')).toBe('a b+c');
});

test('what was encoded in ASCII comes back, and nothing throws', () => {
  assert(
    property(string({ unit: 'binary-ascii' }), text => {
      expect(percentDecoded(encodeURIComponent(text))).toBe(text);
    }),
  );
  assert(
    property(string({ unit: 'binary' }), text => {
      expect(typeof percentDecoded(`%${text}%`)).toBe('string');
    }),
  );
});
