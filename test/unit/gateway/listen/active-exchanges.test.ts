import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import {
  openActiveExchanges,
  type ActiveExchange,
} from '../../../../src/main/core/gateway/listen/active-exchanges.ts';
import type { Session } from '../../../../src/main/core/gateway/request/owner-session.ts';

function session(id: string): Session {
  return { id, createdAt: 0, lastSeen: 0 };
}

function websocket(owner: Session | null): ActiveExchange & { kind: 'websocket' } {
  return { kind: 'websocket', session: owner, socket: new Socket() };
}

function request(owner: Session | null): ActiveExchange & { kind: 'request' } {
  const incoming = new IncomingMessage(new Socket());
  return { kind: 'request', session: owner, request: incoming, response: new ServerResponse(incoming) };
}

test('what came by one session ends with it; everything ends when none is named', () => {
  const exchanges = openActiveExchanges();
  const [first, second] = [session('a'), session('b')];
  const things = [websocket(first), websocket(second), websocket(null)];
  for (const thing of things) exchanges.add(thing);
  exchanges.end(first);
  expect(things.map(thing => thing.socket.destroyed)).toEqual([true, false, false]);
  exchanges.end();
  expect(things.map(thing => thing.socket.destroyed)).toEqual([true, true, true]);
});

test('slots are counted, used again, and a second delete is nothing', () => {
  const exchanges = openActiveExchanges();
  const slots = [exchanges.add(websocket(null)), exchanges.add(websocket(null))];
  expect([slots, exchanges.size]).toEqual([[0, 1], 2]);
  exchanges.delete(0);
  exchanges.delete(0);
  expect(exchanges.size).toBe(1);
  expect([exchanges.add(websocket(null)), exchanges.add(websocket(null)), exchanges.size]).toEqual([0, 2, 3]);
});

test('a body of which nothing comes is cut after its time, not while bytes move', () => {
  const exchanges = openActiveExchanges();
  const thing = request(null);
  exchanges.add(thing);
  const limits = { bodyIdleMs: 100, stalledMs: 1000 };
  exchanges.sweep(0, limits);
  exchanges.sweep(99, limits);
  expect(thing.response.destroyed).toBe(false);
  Object.defineProperty(thing.request.socket, 'bytesRead', { value: 7, configurable: true });
  exchanges.sweep(150, limits);
  exchanges.sweep(249, limits);
  expect(thing.response.destroyed).toBe(false);
  exchanges.sweep(250, limits);
  expect(thing.response.destroyed).toBe(true);
});

test('a request that waits for the server, and a socket that is quiet, may stay', () => {
  const exchanges = openActiveExchanges();
  const waiting = request(null);
  waiting.request.complete = true;
  const owner = session('a');
  const quiet = websocket(owner);
  exchanges.add(waiting);
  exchanges.add(quiet);
  const limits = { bodyIdleMs: 10, stalledMs: 10 };
  exchanges.sweep(0, limits);
  expect(exchanges.sweep(1_000_000, limits)).toEqual([owner]);
  expect([waiting.response.destroyed, quiet.socket.destroyed]).toEqual([false, false]);
});

test('a socket that takes nothing is cut after its time', () => {
  const exchanges = openActiveExchanges();
  const thing = websocket(null);
  Object.defineProperty(thing.socket, 'writableNeedDrain', { value: true });
  exchanges.add(thing);
  const limits = { bodyIdleMs: 10, stalledMs: 100 };
  exchanges.sweep(0, limits);
  exchanges.sweep(99, limits);
  expect(thing.socket.destroyed).toBe(false);
  exchanges.sweep(100, limits);
  expect(thing.socket.destroyed).toBe(true);
});
