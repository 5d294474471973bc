import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { openLive, type LiveThing } from '../../../../src/main/core/gateway/listen/active-exchanges.ts';
import type { Session } from '../../../../src/main/core/gateway/request/owner-session.ts';

function session(id: string): Session {
  return { id, createdAt: 0, lastSeen: 0 };
}

function websocket(owner: Session | null): LiveThing & { kind: 'websocket' } {
  return { kind: 'websocket', session: owner, socket: new Socket() };
}

function request(owner: Session | null): LiveThing & { kind: 'request' } {
  const incoming = new IncomingMessage(new Socket());
  return { kind: 'request', session: owner, request: incoming, response: new ServerResponse(incoming) };
}

test('what came by one session ends with it; everything ends when none is named', () => {
  const live = openLive();
  const [first, second] = [session('a'), session('b')];
  const things = [websocket(first), websocket(second), websocket(null)];
  for (const thing of things) live.add(thing);
  live.end(first);
  expect(things.map(thing => thing.socket.destroyed)).toEqual([true, false, false]);
  live.end();
  expect(things.map(thing => thing.socket.destroyed)).toEqual([true, true, true]);
});

test('slots are counted, used again, and a second delete is nothing', () => {
  const live = openLive();
  const slots = [live.add(websocket(null)), live.add(websocket(null))];
  expect([slots, live.size]).toEqual([[0, 1], 2]);
  live.delete(0);
  live.delete(0);
  expect(live.size).toBe(1);
  expect([live.add(websocket(null)), live.add(websocket(null)), live.size]).toEqual([0, 2, 3]);
});

test('a body of which nothing comes is cut after its time, not while bytes move', () => {
  const live = openLive();
  const thing = request(null);
  live.add(thing);
  const limits = { bodyIdleMs: 100, stalledMs: 1000 };
  live.sweep(0, limits);
  live.sweep(99, limits);
  expect(thing.response.destroyed).toBe(false);
  Object.defineProperty(thing.request.socket, 'bytesRead', { value: 7, configurable: true });
  live.sweep(150, limits);
  live.sweep(249, limits);
  expect(thing.response.destroyed).toBe(false);
  live.sweep(250, limits);
  expect(thing.response.destroyed).toBe(true);
});

test('a request that waits for the server, and a socket that is quiet, may stay', () => {
  const live = openLive();
  const waiting = request(null);
  waiting.request.complete = true;
  const owner = session('a');
  const quiet = websocket(owner);
  live.add(waiting);
  live.add(quiet);
  const limits = { bodyIdleMs: 10, stalledMs: 10 };
  live.sweep(0, limits);
  expect(live.sweep(1_000_000, limits)).toEqual([owner]);
  expect([waiting.response.destroyed, quiet.socket.destroyed]).toEqual([false, false]);
});

test('a socket that takes nothing is cut after its time', () => {
  const live = openLive();
  const thing = websocket(null);
  Object.defineProperty(thing.socket, 'writableNeedDrain', { value: true });
  live.add(thing);
  const limits = { bodyIdleMs: 10, stalledMs: 100 };
  live.sweep(0, limits);
  live.sweep(99, limits);
  expect(thing.socket.destroyed).toBe(false);
  live.sweep(100, limits);
  expect(thing.socket.destroyed).toBe(true);
});
