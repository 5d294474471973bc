import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import {
  connectionOf,
  expectAnswer,
  type Connections,
} from '../../../../src/main/core/gateway/listen/connection.ts';
import {
  isOverdue,
  openCrowd,
  type Crowd,
  type GuestConnections,
} from '../../../../src/main/core/gateway/listen/connection-limiter.ts';

const table: Connections = new WeakMap();

function open(connections: number, guests?: GuestConnections): Crowd {
  return openCrowd({ connections, strangerMs: 10 }, socket => connectionOf(table, socket), guests);
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

/** Connections of a guest, each used once. */
function come(crowd: Crowd, session: string, link: string, count: number): Socket[] {
  return enter(crowd, count).map(socket => {
    crowd.trust(socket);
    crowd.use(socket, { session, link });
    return socket;
  });
}

test('a session has its share of the connections, and what it has not used for longest goes', () => {
  const crowd = open(100, { session: 3, link: 100 });
  const guest = { session: 'a', link: 'x' };
  const [first, second, third] = come(crowd, 'a', 'x', 3);
  if (first === undefined || second === undefined || third === undefined) throw new Error('nobody came');
  crowd.use(first, guest);
  // A WebSocket says nothing to the door for hours.
  connectionOf(table, second).upgraded = true;
  const others = come(crowd, 'b', 'x', 3);
  const late = come(crowd, 'a', 'x', 1);
  expect(cut([first, second, third, ...late])).toEqual([false, false, true, false]);
  expect(cut(others)).toEqual([false, false, false]);
});

test('of a link the session that holds most gives way, not the one who comes', () => {
  const crowd = open(100, { session: 50, link: 10 });
  const greedy = come(crowd, 'greedy', 'class', 8);
  const honest = ['a', 'b', 'c', 'd'].flatMap(session => come(crowd, session, 'class', 1));
  expect(cut(greedy)).toEqual([true, true, false, false, false, false, false, false]);
  expect(cut([...honest, ...come(crowd, 'e', 'other', 10)])).not.toContain(true);
});

test("where every connection is a guest's the session that holds most gives way to a newcomer", () => {
  const crowd = open(10, { session: 50, link: 50 });
  const greedy = come(crowd, 'greedy', 'x', 8);
  const honest = come(crowd, 'honest', 'y', 2);
  const [newcomer] = come(crowd, 'new', 'z', 1);
  expect(cut(greedy).filter(Boolean)).toHaveLength(1);
  expect(cut([...honest, newcomer!])).toEqual([false, false, false]);
});

test('a connection on which a second session is shown still counts for the first', () => {
  const crowd = open(100, { session: 2, link: 100 });
  const sockets = come(crowd, 'a', 'x', 2);
  for (const socket of sockets) crowd.use(socket, { session: 'b', link: 'x' });
  expect(cut([...sockets, ...come(crowd, 'a', 'x', 1)])).toEqual([true, false, false]);
});

test('of the strangers the address that has most gives way', () => {
  const crowd = openCrowd({ connections: 4, strangerMs: 10 }, socket => ({
    ...connectionOf(table, socket),
    peer: addresses.get(socket) ?? 'flood',
  }));
  const addresses = new Map<Socket, string>();
  const honest = new Socket();
  addresses.set(honest, 'honest');
  crowd.enter(honest);
  const flood = enter(crowd, 5);
  expect(cut([honest, ...flood])).toEqual([false, true, true, false, false, false]);
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
