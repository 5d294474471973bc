import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { visible } from '../../src/shared/visible.ts';

test.each([
  ['an escape sequence', 'a\u001B[2J', 'a\\u001b[2J'],
  ['one in eight bits', 'a\u009B2J', 'a\\u009b2J'],
  ['a carriage return', 'good\rbad', 'good\\u000dbad'],
  ['a change of direction', 'a\u202Ecod.exe', 'a\\u202ecod.exe'],
  ['a letter mark of Arabic', 'a\u061Cb', 'a\\u061cb'],
  ['a space of no width', 'the\u200Bsis', 'the\\u200bsis'],
  ['a joiner', 'the\u200Dsis', 'the\\u200dsis'],
  ['a soft hyphen', 'the\u00ADsis', 'the\\u00adsis'],
  ['a byte order mark', '\uFEFFthesis', '\\ufeffthesis'],
  ['a line separator', 'a\u2028b\u2029c', 'a\\u2028b\\u2029c'],
  ['a letter that fills nothing', 'the\u3164sis', 'the\\u3164sis'],
  ['a tag beyond the first plane', 'a\u{E0041}b', 'a\\udb40\\udc41b'],
  ['half a letter', 'a\uD800b', 'a\\ud800b'],
])('attack: %s in a name is written out', (_what, text, shown) => expect(visible(text)).toBe(shown));

test.each(['Zoë\t日本\nüber', 'ملاحظات', 'заметки', 'a\u0308', '✔️ 🎓', 'C:\\lab', ''])('%j stays', text =>
  expect(visible(text)).toBe(text),
);

test('whatever a name holds: nothing in it is obeyed or unseen, once or twice makes no difference, and JSON stays what it is', () => {
  const isVisible = property(string({ unit: 'binary', maxLength: 40 }), text => {
    const shown = visible(text);
    expect(shown).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?![\n\t])\p{Cc}/u);
    expect(visible(shown)).toBe(shown);
    expect(JSON.parse(visible(JSON.stringify({ text })))).toEqual({ text });
  });
  assert(isVisible, { numRuns: 300 });
});

test('every letter of Unicode that is a control or a format letter is written out', () => {
  const obeyed = Array.from({ length: 0x11_0000 }, (_none, point) => point).filter(point => {
    const letter = String.fromCodePoint(point);
    return /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(letter) && letter !== '\n' && letter !== '\t';
  });
  expect(obeyed.length).toBeGreaterThan(200);
  expect(obeyed.filter(point => !/^(?:\\u[0-9a-f]{4})+$/.test(visible(String.fromCodePoint(point))))).toEqual(
    [],
  );
});
