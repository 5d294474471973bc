import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { attacks, bytesOf } from '../support/attacks.ts';
import { ask, openRoom, owner, rawExchange, token, type Room } from '../support/gateway.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());
beforeEach(() => {
  room.executed.length = 0;
});

const cases = attacks('framing.txt').map(line => {
  const [name = '', statuses = '', bytes = ''] = line.split(' | ');
  return [name, statuses.trim().split(' '), bytes] as const;
});

test.each(cases)('%s', async (_name, statuses, bytes) => {
  const request = bytesOf(bytes)
    .replaceAll('HOST', room.host)
    .replaceAll('AUTH', `Authorization: Bearer ${token}`);
  const answer = await rawExchange(room.port, request);
  const status = /^HTTP\/1\.1 (\d{3}) /.exec(answer)?.[1];
  expect(statuses).toContain(status);
  // One answer, whatever followed: nothing of the rest was taken for a second request.
  expect(answer.match(/HTTP\/1\.1 \d{3} /g)).toHaveLength(1);
  expect(room.executed).toEqual([]);
});

test('the list is whole and an honest request passes', async () => {
  expect(cases.length).toBeGreaterThan(60);
  const reply = await ask(room, '/a', { headers: owner, method: 'POST', body: 'abc' });
  expect([reply.status, reply.body]).toEqual([200, 'served']);
  expect(room.executed.map(({ method, url, body }) => [method, url, body])).toEqual([['POST', '/a', 'abc']]);
});

test('absolute form with the same host is read as its path', async () => {
  const answer = await rawExchange(
    room.port,
    `GET http://${room.host}/a?b HTTP/1.1\r\nHost: ${room.host}\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  expect(room.executed.map(({ url }) => url)).toEqual(['/a?b']);
});
