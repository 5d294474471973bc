import { expect, test } from 'vitest';
import { connectionOf } from '../../../../src/main/core/gateway/listen/connection.ts';
import { openDoor, type Door } from '../../../../src/main/core/gateway/owner/owner-door.ts';
import { readFacts, type Facts } from '../../../../src/main/core/gateway/request/facts.ts';
import { defaultLimits } from '../../../../src/main/core/gateway/limits.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import { away, openTo } from '../../../support/reach.ts';

function makeDoor(): { door: Door; time: { now: number } } {
  const time = { now: 1000 };
  const note = (): void => undefined;
  const rules = {
    host: 'thesis',
    name: 'thesis',
    token: new Secret('right'),
    preferredPort: null,
    extraHosts: () => [],
    trustedProxies: [],
    clock: () => time.now,
    log: { info: note, warn: note, error: note },
  };
  const door = openDoor(rules, { ...defaultLimits, sessionIdleMs: 100 });
  door.setPort(8888);
  return { door, time };
}

function factsOf(door: Door, headers: string[], url = '/'): Facts {
  const rawHeaders = ['Host', 'thesis.localhost:8888', ...headers];
  const facts = readFacts(
    { method: 'GET', url, httpVersion: '1.1', rawHeaders },
    '127.0.0.1',
    false,
    door.listener,
  );
  if ('message' in facts) throw new Error(facts.message);
  return facts;
}

/** One connection for all, as a browser has it. */
const connection = connectionOf(new WeakMap(), {});

function verdictOf(door: Door, facts: Facts): ReturnType<Door['verdict']> {
  return door.verdict(facts, connection);
}

function signIn(door: Door): string[] {
  const { headers } = door.signIn(factsOf(door, []), '/');
  const cookie = headers[headers.indexOf('Set-Cookie') + 1] ?? '';
  return ['Cookie', cookie.split(';', 1)[0] ?? ''];
}

test('a sign-in opens, until it is idle for too long', () => {
  const { door, time } = makeDoor();
  const cookie = signIn(door);
  time.now += 99;
  const verdict = verdictOf(door, factsOf(door, cookie));
  expect(verdict.open).toBe(true);
  door.used(verdict.open ? verdict.session : null);
  time.now += 99;
  expect(verdictOf(door, factsOf(door, cookie)).open).toBe(true);
  time.now += 1;
  expect(verdictOf(door, factsOf(door, cookie))).toEqual({ open: false, reason: 'expired-session' });
  expect(door.lastUsed).toBe(1099);
});

test('a new token ends sessions, links and the old token', () => {
  const { door } = makeDoor();
  const cookie = signIn(door);
  door.codes.set('a code', 99_999);
  door.rotate(new Secret('new'));
  expect(verdictOf(door, factsOf(door, cookie)).open).toBe(false);
  expect(verdictOf(door, factsOf(door, ['Authorization', 'Bearer right'])).open).toBe(false);
  expect(verdictOf(door, factsOf(door, ['Authorization', 'Bearer new'])).open).toBe(true);
  expect([door.tokenIsRight('right'), door.tokenIsRight('new'), door.codes.size]).toEqual([false, true, 0]);
});

test('signing out by token ends nothing; by session, that session', () => {
  const { door } = makeDoor();
  const cookie = signIn(door);
  door.signOut(verdictOf(door, factsOf(door, ['Authorization', 'Bearer right'])));
  expect(verdictOf(door, factsOf(door, cookie)).open).toBe(true);
  const verdict = verdictOf(door, factsOf(door, cookie));
  door.signOut(verdict);
  expect(verdictOf(door, factsOf(door, cookie)).open).toBe(false);
});

test('signing in leads to the first page of the server, or to where somebody was going, by a whole address', () => {
  const { door } = makeDoor();
  door.setUpstream({ state: 'starting', reason: '', reach: away, landing: '/lab' });
  const to = (next: string): string | undefined => {
    const { headers } = door.signIn(factsOf(door, []), next);
    return headers[headers.indexOf('Location') + 1];
  };
  expect([to('/'), to('/tree'), to('//evil.io')]).toEqual([
    'http://thesis.localhost:8888/lab',
    'http://thesis.localhost:8888/tree',
    'http://thesis.localhost:8888//evil.io',
  ]);
});

test('why there is no server, and when to ask again', () => {
  const { door } = makeDoor();
  const told = (state: 'starting' | 'failed'): unknown => {
    door.setUpstream({ state, reason: 'A reason.', reach: away, landing: '/' });
    const { status, headers, body } = door.unavailable(factsOf(door, []));
    return [status, headers[headers.indexOf('Retry-After') + 1], body];
  };
  expect(told('starting')).toEqual([
    503,
    '1',
    '{"message":"The server cannot be reached (starting: A reason.)","status":503}\n',
  ]);
  expect(told('failed')).toEqual([
    503,
    '5',
    '{"message":"The server cannot be reached (failed: A reason.)","status":503}\n',
  ]);
});

test('the same run named again keeps its connections; another one gets its own; none is none', async () => {
  const { door } = makeDoor();
  const upstream = {
    address: { kind: 'port', port: 1 },
    host: 'localhost',
    headers: [],
    withheldCookies: [],
  } as const;
  door.setUpstream({ state: 'ready', reason: '', reach: openTo(upstream), landing: '/' });
  const { route } = door;
  door.setUpstream({ state: 'unhealthy', reason: 'slow', reach: openTo(upstream), landing: '/' });
  expect(door.route).toBe(route);
  door.setUpstream({ state: 'ready', reason: '', reach: openTo({ ...upstream }), landing: '/' });
  expect(door.route).not.toBe(route);
  door.setUpstream({ state: 'stopped', reason: '', reach: away, landing: '/' });
  expect(door.route).toBe(null);
  await door.close();
});
