import { expect, test } from 'vitest';
import { connectionOf } from '../../../../src/main/core/gateway/listen/connection.ts';
import {
  openOwnerGatewayState,
  type OwnerGatewayState,
} from '../../../../src/main/core/gateway/owner/owner-gateway-state.ts';
import { readFacts, type Facts } from '../../../../src/main/core/gateway/request/facts.ts';
import { defaultLimits } from '../../../../src/main/core/gateway/limits.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import { away, openTo } from '../../../support/reach.ts';

function makeDoor(): { gateway: OwnerGatewayState; time: { now: number } } {
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
  const gateway = openOwnerGatewayState(rules, { ...defaultLimits, sessionIdleMs: 100 });
  gateway.setPort(8888);
  return { gateway, time };
}

function factsOf(gateway: OwnerGatewayState, headers: string[], url = '/'): Facts {
  const rawHeaders = ['Host', 'thesis.localhost:8888', ...headers];
  const facts = readFacts(
    { method: 'GET', url, httpVersion: '1.1', rawHeaders },
    '127.0.0.1',
    false,
    gateway.listener,
  );
  if ('message' in facts) throw new Error(facts.message);
  return facts;
}

/** One connection for all, as a browser has it. */
const connection = connectionOf(new WeakMap(), {});

function verdictOf(gateway: OwnerGatewayState, facts: Facts): ReturnType<OwnerGatewayState['verdict']> {
  return gateway.verdict(facts, connection);
}

function signIn(gateway: OwnerGatewayState): string[] {
  const { headers } = gateway.signIn(factsOf(gateway, []), '/');
  const cookie = headers[headers.indexOf('Set-Cookie') + 1] ?? '';
  return ['Cookie', cookie.split(';', 1)[0] ?? ''];
}

test('a sign-in opens, until it is idle for too long', () => {
  const { gateway, time } = makeDoor();
  const cookie = signIn(gateway);
  time.now += 99;
  const verdict = verdictOf(gateway, factsOf(gateway, cookie));
  expect(verdict.open).toBe(true);
  gateway.used(verdict.open ? verdict.session : null);
  time.now += 99;
  expect(verdictOf(gateway, factsOf(gateway, cookie)).open).toBe(true);
  time.now += 1;
  expect(verdictOf(gateway, factsOf(gateway, cookie))).toEqual({ open: false, reason: 'expired-session' });
  expect(gateway.lastUsed).toBe(1099);
});

test('a new token ends sessions, links and the old token', () => {
  const { gateway } = makeDoor();
  const cookie = signIn(gateway);
  gateway.codes.set('a code', 99_999);
  gateway.rotate(new Secret('new'));
  expect(verdictOf(gateway, factsOf(gateway, cookie)).open).toBe(false);
  expect(verdictOf(gateway, factsOf(gateway, ['Authorization', 'Bearer right'])).open).toBe(false);
  expect(verdictOf(gateway, factsOf(gateway, ['Authorization', 'Bearer new'])).open).toBe(true);
  expect([gateway.tokenIsRight('right'), gateway.tokenIsRight('new'), gateway.codes.size]).toEqual([
    false,
    true,
    0,
  ]);
});

test('signing out by token ends nothing; by session, that session', () => {
  const { gateway } = makeDoor();
  const cookie = signIn(gateway);
  const byToken = verdictOf(gateway, factsOf(gateway, ['Authorization', 'Bearer right']));
  if (byToken.open) gateway.signOut(byToken);
  expect(verdictOf(gateway, factsOf(gateway, cookie)).open).toBe(true);
  const verdict = verdictOf(gateway, factsOf(gateway, cookie));
  if (verdict.open) gateway.signOut(verdict);
  expect(verdictOf(gateway, factsOf(gateway, cookie)).open).toBe(false);
});

test('signing in leads to the first page of the server, or to where somebody was going, by a whole address', () => {
  const { gateway } = makeDoor();
  gateway.upstream.set({ state: 'starting', reason: '', reach: away, landing: '/lab' });
  const to = (next: string): string | undefined => {
    const { headers } = gateway.signIn(factsOf(gateway, []), next);
    return headers[headers.indexOf('Location') + 1];
  };
  expect([to('/'), to('/tree'), to('//evil.io')]).toEqual([
    'http://thesis.localhost:8888/lab',
    'http://thesis.localhost:8888/tree',
    'http://thesis.localhost:8888//evil.io',
  ]);
});

test('why there is no server, and when to ask again', () => {
  const { gateway } = makeDoor();
  const told = (state: 'starting' | 'failed'): unknown => {
    gateway.upstream.set({ state, reason: 'A reason.', reach: away, landing: '/' });
    const { status, headers, body } = gateway.upstream.unavailable(factsOf(gateway, []));
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
  const { gateway } = makeDoor();
  const upstream = {
    address: { kind: 'port', port: 1 },
    host: 'localhost',
    headers: [],
    withheldCookies: [],
  } as const;
  gateway.upstream.set({ state: 'ready', reason: '', reach: openTo(upstream), landing: '/' });
  const { routes } = gateway.upstream;
  gateway.upstream.set({ state: 'unhealthy', reason: 'slow', reach: openTo(upstream), landing: '/' });
  expect(gateway.upstream.routes).toBe(routes);
  gateway.upstream.set({ state: 'ready', reason: '', reach: openTo({ ...upstream }), landing: '/' });
  expect(gateway.upstream.routes).not.toBe(routes);
  gateway.upstream.set({ state: 'stopped', reason: '', reach: away, landing: '/' });
  expect(gateway.upstream.routes).toBe(null);
  await gateway.close();
});
