import { afterAll, beforeAll, expect, test } from 'vitest';
import { attacks } from '../support/attacks.ts';
import { openRoom, rawExchange, token, upstreamSecret, type Room } from '../support/gateway.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

test.each(attacks('client-headers.txt'))('CVE-2025-64484, GHSA-7x63-xv5r-3p2x: %s', async line => {
  room.executed.length = 0;
  const extra = line.startsWith('Connection:') ? line : `${line}\r\nConnection: close`;
  const answer = await rawExchange(
    room.port,
    `GET /a HTTP/1.1\r\nHost: ${room.host}\r\nX-Gatehouse-Token: ${token}\r\n${extra}\r\n\r\n`,
    150,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  const [seen] = room.executed;
  const value = line.slice(line.indexOf(': ') + 2);
  expect(seen?.headers).not.toContain(value);
  expect(JSON.stringify(seen?.headers)).not.toMatch(/evil|6666|6\.6\.6\.6|guessed|root/);
  // What only the gateway says is there, once, and true.
  const said = pairsOf(seen?.headers ?? []);
  expect(
    said.filter(([name]) => name.replaceAll(/[^a-z]/gi, '').toLowerCase() === 'xupstreamsecret'),
  ).toEqual([['X-Upstream-Secret', upstreamSecret]]);
  expect(said.filter(([name]) => /forwarded/i.test(name))).toEqual([
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-proto', 'http'],
    ['x-forwarded-host', room.host],
  ]);
  expect(said.filter(([name]) => name.toLowerCase() === 'host')).toEqual([['host', 'localhost']]);
});

function pairsOf(headers: readonly string[]): [string, string][] {
  return headers.flatMap((name, index) =>
    index % 2 === 0 ? [[name, headers[index + 1] ?? ''] as [string, string]] : [],
  );
}
