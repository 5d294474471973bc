import { expect, test } from 'vitest';
import {
  dropEnded,
  endSession,
  findSession,
  openSession,
  type SessionTable,
} from '../../../../src/main/core/gateway/request/owner-session.ts';
import { digestOf } from '../../../../src/main/core/gateway/request/digest.ts';
import { Secret } from '../../../../src/main/core/secret.ts';

const limits = { sessionIdleMs: 100, sessionMs: 250, sessions: 3 };

function open(table: SessionTable, now: number, value: string): ReturnType<typeof openSession> {
  return openSession(table, now, new Secret(value), limits);
}

function find(table: SessionTable, now: number, value: string): ReturnType<typeof findSession> {
  return findSession(table, now, digestOf(value), limits);
}

test('a session is found by its value alone and the value is not kept', () => {
  const table: SessionTable = new Map();
  const session = open(table, 0, 'value-a');
  expect(find(table, 1, 'value-a')).toBe(session);
  expect(find(table, 1, 'value-b')).toBe('unknown');
  expect(find(table, 1, '')).toBe('unknown');
  expect(JSON.stringify([...table])).not.toContain('value-a');
});

test.each([
  ['unused', 99, 0, 'found'],
  ['unused for its idle time', 100, 0, 'expired'],
  ['used a moment ago', 190, 100, 'found'],
  ['at its last moment', 249, 200, 'found'],
  ['past its absolute limit, however much in use', 250, 249, 'expired'],
  ['after the clock was set back', -1000, 0, 'found'],
])('%s', (_name, now, lastSeen, wanted) => {
  const table: SessionTable = new Map();
  open(table, 0, 'a').lastSeen = lastSeen;
  const found = find(table, now, 'a');
  expect(typeof found === 'string' ? found : 'found').toBe(wanted);
});

test('the table is bounded: the one unused for longest makes room', () => {
  const table: SessionTable = new Map();
  open(table, 0, 'a').lastSeen = 50;
  open(table, 10, 'b');
  open(table, 20, 'c');
  open(table, 60, 'd');
  expect(table.size).toBe(3);
  expect(['a', 'b', 'c', 'd'].map(value => typeof find(table, 60, value))).toEqual([
    'object',
    'string',
    'object',
    'object',
  ]);
});

test('what is over is dropped and told', () => {
  const table: SessionTable = new Map();
  const first = open(table, 0, 'a');
  open(table, 50, 'b');
  expect(dropEnded(table, 120, limits)).toEqual([first]);
  expect(table.size).toBe(1);
  expect(dropEnded(table, 120, limits)).toEqual([]);
});

test('one session ends and no other', () => {
  const table: SessionTable = new Map();
  const first = open(table, 0, 'a');
  open(table, 0, 'b');
  expect(endSession(table, first)).toBe(true);
  expect(endSession(table, first)).toBe(false);
  expect(find(table, 1, 'a')).toBe('unknown');
  expect(table.size).toBe(1);
});
