/**
 * Node answers an `Expect` that it does not know by itself, before anybody is asked: a way around the guard,
 * and a mark of who listens here.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { navigation, openRoom, rawExchange, token, type Room } from '../support/gateway.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

function ask(lines: readonly string[], path = '/a', host = room.host): Promise<string> {
  const bytes = [`GET ${path} HTTP/1.1`, `Host: ${host}`, 'Connection: close', ...lines, '', ''].join('\r\n');
  return rawExchange(room.port, bytes, 1000);
}

const right = `X-Gatehouse-Token: ${token}`;
const page = Object.entries(navigation).map(([name, value]) => `${name}: ${value}`);

test.each(['something', '200-ok', 'x, y', '100', '"'])('Expect: %s is for the guard first', async wish => {
  const Expect = `Expect: ${wish}`;
  expect(await ask([Expect], '/a', 'evil.io')).toMatch(/^HTTP\/1\.1 400 [^]*is not trusted/);
  expect(await ask([Expect])).toMatch(/^HTTP\/1\.1 401 /);
  expect(await ask([Expect, 'X-Gatehouse-Token: wrong'])).toMatch(/^HTTP\/1\.1 401 [^]*X-RateLimit-Limit/);
  expect(await ask([Expect, ...page])).toMatch(/^HTTP\/1\.1 303 /);
  for (const path of ['/a', '/_gatehouse/login']) {
    const answer = await ask([Expect, right], path);
    expect(answer).toMatch(/^HTTP\/1\.1 417 [^]*Cache-Control: no-store[^]*"status":417/);
  }
  expect(room.executed).toEqual([]);
});

test('100-continue, in any case, is met', async () => {
  expect(await ask(['Expect: 100-Continue', right])).toContain('served');
});
