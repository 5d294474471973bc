import { expect, test } from 'vitest';
import { noteFailure, type AttemptTable } from '../../../../src/main/core/gateway/request/attempts.ts';

const limits = { failures: 2, failureWindowMs: 10_000, addresses: 2 };

test('failures are counted for one address and one window', () => {
  const table: AttemptTable = new Map();
  const at = (now: number, address = 'a'): unknown => noteFailure(table, now, address, limits);
  expect(at(0)).toEqual({ limited: false, limit: 2, remaining: 1, resetSeconds: 10 });
  expect(at(4000)).toEqual({ limited: false, limit: 2, remaining: 0, resetSeconds: 6 });
  expect(at(9999)).toEqual({ limited: true, limit: 2, remaining: 0, resetSeconds: 1 });
  expect(at(9999, 'b')).toMatchObject({ limited: false, remaining: 1 });
  expect(at(10_000)).toMatchObject({ limited: false, remaining: 1, resetSeconds: 10 });
});

test('a clock that was set back begins a new window instead of a long one', () => {
  const table: AttemptTable = new Map();
  noteFailure(table, 1_000_000, 'a', limits);
  expect(noteFailure(table, 0, 'a', limits)).toMatchObject({ remaining: 1, resetSeconds: 10 });
});

test('the table is bounded', () => {
  const table: AttemptTable = new Map();
  for (let index = 0; index < 100; index += 1) noteFailure(table, index, `address-${index}`, limits);
  expect([...table.keys()]).toEqual(['address-98', 'address-99']);
});
