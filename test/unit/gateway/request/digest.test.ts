import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { digestOf, rememberLast } from '../../../../src/main/core/gateway/request/digest.ts';

test('it is SHA-256, as bytes and as text', () => {
  const wanted = createHash('sha256').update('héllo').digest();
  expect(digestOf('héllo').bytes.equals(wanted)).toBe(true);
  expect(digestOf('héllo').key).toBe(wanted.toString('base64'));
});

test('a memory of the last value gives the same as none', () => {
  const remembered = rememberLast();
  for (const value of ['', 'a', 'a', 'b', 'a', '', 'b', 'b'])
    expect(remembered(value)).toEqual(digestOf(value));
  expect(remembered('c')).toBe(remembered('c'));
});
