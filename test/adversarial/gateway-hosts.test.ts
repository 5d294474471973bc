import { afterAll, beforeAll, expect, test } from 'vitest';
import { attacks } from '../support/attacks.ts';
import { openRoom, rawExchange, token, type Room } from '../support/gateway.ts';

const extraHosts = ['lab.example.org', 'tool.example.org:8443'];
let room: Room;
beforeAll(async () => {
  room = await openRoom({ rules: { extraHosts: () => extraHosts } });
});
afterAll(() => room.close());

const kinds = [
  ['a request', 'GET /api', ''],
  ['a page of Gatehouse', 'GET /_gatehouse/login', ''],
  ['an upgrade', 'GET /api', 'Connection: Upgrade\r\nUpgrade: websocket\r\n'],
] as const;

async function send(line: string, host: string, extra: string): Promise<string> {
  const bytes = `${line} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n${extra}\r\n`;
  return rawExchange(room.port, bytes, 200);
}

test.each(attacks('hosts.txt'))('CVE-2025-66414: %s', async line => {
  const host = line.replaceAll('PORT', String(room.port));
  for (const [kind, request, extra] of kinds) {
    const answer = await send(request, host, extra);
    expect([kind, answer.split('\r\n', 1)[0]]).toEqual([kind, 'HTTP/1.1 400 Bad Request']);
    expect(answer).toMatch(/\{"message":"Host \\".*\\" is not trusted","status":400\}/);
  }
  expect(room.executed).toEqual([]);
});

test('the message is the agreed one', async () => {
  const answer = await send('GET /', 'evil.io', '');
  expect(answer).toContain('\r\n\r\n{"message":"Host \\"evil.io\\" is not trusted","status":400}\n');
});

test.each([
  'thesis.localhost:PORT',
  'THESIS.localhost:PORT',
  '127.0.0.1:PORT',
  'localhost:PORT',
  '[::1]:PORT',
])('%s is trusted', async name => {
  const answer = await send('GET /api', name.replace('PORT', String(room.port)), 'Connection: close\r\n');
  expect(answer).toMatch(/^HTTP\/1\.1 200 /);
});

test.each(['lab.example.org', 'lab.example.org:PORT', 'tool.example.org:8443'])(
  '%s is configured',
  async name => {
    const answer = await send('GET /api', name.replace('PORT', String(room.port)), 'Connection: close\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  },
);

test('a configured name with a port is trusted with that port only', async () => {
  expect(await send('GET /api', 'tool.example.org', '')).toMatch(/^HTTP\/1\.1 400 /);
});
