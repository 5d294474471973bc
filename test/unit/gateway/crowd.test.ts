import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { connectionOf, expectAnswer, type Connections } from '../../../src/main/core/gateway/connection.ts';
import { isOverdue, openCrowd, type Crowd } from '../../../src/main/core/gateway/crowd.ts';

const table: Connections = new WeakMap();

function open(connections: number): Crowd {
  return openCrowd({ connections, strangerMs: 10 }, socket => connectionOf(table, socket));
}

function enter(crowd: Crowd, count: number): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = new Socket();
    crowd.enter(socket);
    return socket;
  });
}

const cut = (sockets: readonly Socket[]): boolean[] => sockets.map(socket => socket.destroyed);

test('the oldest stranger goes, and who is trusted stays', () => {
  const crowd = open(3);
  const [mine, ...others] = enter(crowd, 3);
  if (mine === undefined) throw new Error('nobody came');
  crowd.trust(mine);
  const late = enter(crowd, 3);
  expect([mine.destroyed, ...cut(others), ...cut(late)]).toEqual([false, true, true, true, false, false]);
});

test('among the trusted alone a newcomer goes', () => {
  const crowd = open(2);
  const mine = enter(crowd, 2);
  for (const socket of mine) crowd.trust(socket);
  expect(cut([...mine, ...enter(crowd, 1)])).toEqual([false, false, true]);
});

function answer(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()));
}

test('an answer that stays the next one is overdue in time; a new one has its own time', () => {
  const connection = connectionOf(table, new Socket());
  const [first, second] = [answer(), answer()];
  expect(isOverdue(connection, 0, 10)).toBe(false);
  expectAnswer(connection, first);
  expectAnswer(connection, second);
  expect([5, 14].map(now => isOverdue(connection, now, 10))).toEqual([false, false]);
  expect(isOverdue(connection, 15, 10)).toBe(true);
  first.emit('close');
  expect([16, 25, 26].map(now => isOverdue(connection, now, 10))).toEqual([false, false, true]);
  second.emit('close');
  expect(isOverdue(connection, 100, 10)).toBe(false);
});

test('the sweep cuts strangers, not the trusted', () => {
  const crowd = open(9);
  const sockets = enter(crowd, 2);
  for (const socket of sockets) expectAnswer(connectionOf(table, socket), answer());
  if (sockets[0] !== undefined) crowd.trust(sockets[0]);
  crowd.sweep(0);
  expect(cut(sockets)).toEqual([false, false]);
  crowd.sweep(10);
  expect(cut(sockets)).toEqual([false, true]);
});
