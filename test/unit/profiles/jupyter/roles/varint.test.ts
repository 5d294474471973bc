import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  VarReader,
  varBytes,
  varNumber,
} from '../../../../../src/main/core/profiles/jupyter/roles/varint.ts';

test('numbers and bytes come back', () => {
  fc.assert(
    fc.property(fc.maxSafeNat(), fc.uint8Array(), fc.string({ unit: 'grapheme' }), (number, bytes, text) => {
      const written = [varNumber(number), varBytes(Buffer.from(bytes)), varBytes(Buffer.from(text))];
      const reader = new VarReader(Buffer.concat(written));
      expect([reader.number(), reader.bytes(), reader.text()]).toEqual([number, Buffer.from(bytes), text]);
      expect(reader.atEnd).toBe(true);
    }),
  );
});

test('what is written is the only spelling that is read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 10 }), bytes => {
      const reader = new VarReader(Buffer.from(bytes));
      const number = reader.number();
      const again = number === null ? Buffer.alloc(0) : varNumber(number);
      expect(again.equals(Buffer.from(bytes).subarray(0, again.length))).toBe(true);
    }),
    { numRuns: 3000 },
  );
});

test.each([
  ['nothing', ''],
  ['cut', '80'],
  ['a longer spelling of 0', '8000'],
  ['a longer spelling of 2', '8200'],
  ['above 2^53', 'ffffffffffffff7f'],
  ['endless', 'ff'.repeat(40)],
])('%s is no number', (_name, hex) => {
  expect(new VarReader(Buffer.from(hex, 'hex')).number()).toBeNull();
});

test('bytes that are not there, and text that is no UTF-8', () => {
  expect(new VarReader(Buffer.from([3, 1, 2])).bytes()).toBeNull();
  expect(new VarReader(Buffer.from([1, 0xff])).text()).toBeNull();
});
