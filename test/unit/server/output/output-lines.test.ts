import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  Budget,
  cleanLine,
  LineSplitter,
  maxLineLength,
  Recent,
} from '../../../../src/main/core/server/output/output-lines.ts';

test('lines are the same however the bytes are cut', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'ß', '€', '🙂', '\n'), maxLength: 60 });
  fc.assert(
    fc.property(text, fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1 }), (words, sizes) => {
      const bytes = Buffer.from(words);
      const splitter = new LineSplitter();
      const lines: string[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        lines.push(...splitter.push(bytes.subarray(at, at + size)));
        at += size;
      }
      lines.push(...splitter.end());
      const whole = words.split('\n');
      if (whole.at(-1) === '') whole.pop();
      expect(lines).toEqual(whole);
    }),
  );
});

test('a line without an end costs no memory', () => {
  const splitter = new LineSplitter();
  for (let turn = 0; turn < 100; turn += 1) expect(splitter.push(Buffer.alloc(65_536, 'x'))).toEqual([]);
  expect(splitter.push(Buffer.from('\nnext\n'))).toEqual(['x'.repeat(2 * maxLineLength), 'next']);
});

test('after a gap the rest of a broken line is left out', () => {
  const splitter = new LineSplitter();
  splitter.push(Buffer.from('half a li'));
  splitter.gap();
  expect(splitter.push(Buffer.from('ne of another\nwhole\n'))).toEqual(['whole']);
});

const keep = (text: string): string => text;

test.each([
  ['plain', 'plain'],
  ['with return\r', 'with return'],
  ['10 %\r50 %\r100 %', '100 %'],
  ['\u001B[31mred\u001B[0m', 'red'],
  ['\u001B]0;title\u0007text', 'text'],
  ['bell\u0007 back\bspace\tand tab', 'bell backspace\tand tab'],
  ['one\u009B31mbyte', 'onebyte'],
])('%j is shown as %j', (raw, wanted) => {
  expect(cleanLine(raw, keep)).toBe(wanted);
});

const redact = (text: string): string => text.replaceAll('s3cr3t', '***');

test.each(['a s3cr3t', 'a s3\u001B[0mcr3t', 'a s3\u0000cr3t', '50 %\ra s3cr3t'])(
  '%j keeps its secret',
  raw => {
    expect(cleanLine(raw, redact)).toBe('a ***');
  },
);

test('a secret at the cut is not kept in part', () => {
  for (let before = maxLineLength - 8; before < maxLineLength + 8; before += 1) {
    expect(cleanLine(`${'x'.repeat(before)}s3cr3t${'y'.repeat(maxLineLength)}`, redact)).not.toMatch(/s3/u);
  }
  const cut = 's3cr3t '.repeat(2000).slice(0, 2 * maxLineLength);
  expect(cleanLine(cut, redact)).not.toMatch(/s3?c?r?3?t?/u);
});

test('a budget lets through what it earns', () => {
  const budget = new Budget(100, 200, 0);
  expect([budget.take(200, 0), budget.take(1, 0), budget.take(50, 500), budget.take(1, 500)]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect([budget.take(200, 60_000), budget.take(1, 60_000)]).toEqual([true, false]);
});

test('only the last entries are kept, by number and by size', () => {
  const recent = new Recent<{ text: string }>(3, 10);
  for (const text of ['a', 'b', 'c', 'd']) recent.push({ text });
  expect(recent.last(9).map(entry => entry.text)).toEqual(['b', 'c', 'd']);
  recent.push({ text: '123456789' });
  expect(recent.last(9).map(entry => entry.text)).toEqual(['d', '123456789']);
  expect(recent.last(0)).toEqual([]);
  expect(recent.size).toBe(2);
});
