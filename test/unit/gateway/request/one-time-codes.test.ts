import { expect, test } from 'vitest';
import {
  addCode,
  takeCode,
  type CodeTable,
} from '../../../../src/main/core/gateway/request/one-time-codes.ts';
import { Secret } from '../../../../src/main/core/secret.ts';

const limits = { codeMs: 100, codes: 3 };

test('a code is taken once, in time, and not kept', () => {
  const table: CodeTable = new Map();
  expect(addCode(table, 0, new Secret('abc'), limits)).toBe(100);
  expect(JSON.stringify([...table])).not.toContain('abc');
  expect(takeCode(table, 99, 'abd')).toBe(false);
  expect(takeCode(table, 99, 'abc')).toBe(true);
  expect(takeCode(table, 99, 'abc')).toBe(false);
});

test('a code that comes too late is used up as well', () => {
  const table: CodeTable = new Map();
  addCode(table, 0, new Secret('abc'), limits);
  expect(takeCode(table, 100, 'abc')).toBe(false);
  expect(takeCode(table, 0, 'abc')).toBe(false);
});

test('the oldest makes room, ended ones first', () => {
  const table: CodeTable = new Map();
  for (const [now, code] of [
    [0, 'a'],
    [10, 'b'],
    [20, 'c'],
    [30, 'd'],
  ] as const)
    addCode(table, now, new Secret(code), limits);
  expect(table.size).toBe(3);
  expect(takeCode(table, 30, 'a')).toBe(false);
  expect(takeCode(table, 30, 'b')).toBe(true);
  addCode(table, 125, new Secret('e'), limits);
  expect(table.size).toBe(2);
});
