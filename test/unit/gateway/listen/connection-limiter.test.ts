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
  openConnectionLimiter,
  type ConnectionLimiter,
  type GuestConnections,
} from '../../../../src/main/core/gateway/listen/connection-limiter.ts';

const table: Connections = new WeakMap();

function open(connections: number, guests?: GuestConnections): ConnectionLimiter {
  return openConnectionLimiter(
    { connections, strangerMs: 10 },
    socket => connectionOf(table, socket),
    guests,
  );
}

function enter(connectionLimiter: ConnectionLimiter, count: number): Socket[] {
  return Array.from({ length: count }, () => {
    const socket = new Socket();
    connectionLimiter.enter(socket);
    return socket;
  });
}

const cut = (sockets: readonly Socket[]): boolean[] => sockets.map(socket => socket.destroyed);

test('the oldest stranger goes, and who is trusted stays', () => {
  const connectionLimiter = open(3);
  const [mine, ...others] = enter(connectionLimiter, 3);
  if (mine === undefined) throw new Error('nobody came');
  connectionLimiter.trust(mine);
  const late = enter(connectionLimiter, 3);
  expect([mine.destroyed, ...cut(others), ...cut(late)]).toEqual([false, true, true, true, false, false]);
});

test('among the trusted alone a newcomer goes', () => {
  const connectionLimiter = open(2);
  const mine = enter(connectionLimiter, 2);
  for (const socket of mine) connectionLimiter.trust(socket);
  expect(cut([...mine, ...enter(connectionLimiter, 1)])).toEqual([false, false, true]);
});

/** Connections of a guest, each used once. */
function come(connectionLimiter: ConnectionLimiter, session: string, link: string, count: number): Socket[] {
  return enter(connectionLimiter, count).map(socket => {
    connectionLimiter.trust(socket);
    connectionLimiter.use(socket, { id: session, link });
    return socket;
  });
}

test('a session has its share of the connections, and what it has not used for longest goes', () => {
  const connectionLimiter = open(100, { session: 3, link: 100 });
  const guest = { id: 'a', link: 'x' };
  const [first, second, third] = come(connectionLimiter, 'a', 'x', 3);
  if (first === undefined || second === undefined || third === undefined) throw new Error('nobody came');
  connectionLimiter.use(first, guest);
  // A WebSocket says nothing to the door for hours.
  connectionOf(table, second).upgraded = true;
  const others = come(connectionLimiter, 'b', 'x', 3);
  const late = come(connectionLimiter, 'a', 'x', 1);
  expect(cut([first, second, third, ...late])).toEqual([false, false, true, false]);
  expect(cut(others)).toEqual([false, false, false]);
});

test('of a link the session that holds most gives way, not the one who comes', () => {
  const connectionLimiter = open(100, { session: 50, link: 10 });
  const greedy = come(connectionLimiter, 'greedy', 'class', 8);
  const honest = ['a', 'b', 'c', 'd'].flatMap(session => come(connectionLimiter, session, 'class', 1));
  expect(cut(greedy)).toEqual([true, true, false, false, false, false, false, false]);
  expect(cut([...honest, ...come(connectionLimiter, 'e', 'other', 10)])).not.toContain(true);
});

test("where every connection is a guest's the session that holds most gives way to a newcomer", () => {
  const connectionLimiter = open(10, { session: 50, link: 50 });
  const greedy = come(connectionLimiter, 'greedy', 'x', 8);
  const honest = come(connectionLimiter, 'honest', 'y', 2);
  const [newcomer] = come(connectionLimiter, 'new', 'z', 1);
  expect(cut(greedy).filter(Boolean)).toHaveLength(1);
  expect(cut([...honest, newcomer!])).toEqual([false, false, false]);
});

test('a connection on which a second session is shown still counts for the first', () => {
  const connectionLimiter = open(100, { session: 2, link: 100 });
  const sockets = come(connectionLimiter, 'a', 'x', 2);
  for (const socket of sockets) connectionLimiter.use(socket, { id: 'b', link: 'x' });
  expect(cut([...sockets, ...come(connectionLimiter, 'a', 'x', 1)])).toEqual([true, false, false]);
});

test('of the strangers the address that has most gives way', () => {
  const connectionLimiter = openConnectionLimiter({ connections: 4, strangerMs: 10 }, socket => ({
    ...connectionOf(table, socket),
    peer: addresses.get(socket) ?? 'flood',
  }));
  const addresses = new Map<Socket, string>();
  const honest = new Socket();
  addresses.set(honest, 'honest');
  connectionLimiter.enter(honest);
  const flood = enter(connectionLimiter, 5);
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
  const connectionLimiter = open(9);
  const sockets = enter(connectionLimiter, 2);
  for (const socket of sockets) expectAnswer(connectionOf(table, socket), answer());
  if (sockets[0] !== undefined) connectionLimiter.trust(sockets[0]);
  connectionLimiter.sweep(0);
  expect(cut(sockets)).toEqual([false, false]);
  connectionLimiter.sweep(10);
  expect(cut(sockets)).toEqual([false, true]);
});
