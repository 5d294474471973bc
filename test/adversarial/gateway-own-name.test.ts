/**
 * Cookies do not separate ports: whoever knows the own name listens on another port of it and waits for the
 * owner's browser. So nothing that answers without the token, on any other name, may have it in a byte.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  navigation,
  openRoom,
  rawExchange,
  signIn,
  token,
  websocket,
  type Room,
} from '../support/gateway.ts';

const extraHosts = ['lab.example.org', 'localhost:9999'];
let room: Room;
let ownName: string;
beforeAll(async () => {
  room = await openRoom({ rules: { extraHosts: () => extraHosts } });
  [ownName = ''] = new URL(room.gateway.url).hostname.split('.');
  if (ownName.length < 4) throw new Error('no name to look for');
});
afterAll(() => room.close());

const names = ['127.0.0.1', 'localhost', '[::1]', 'lab.example.org', 'localhost:9999', 'evil.io'];
const paths = [
  '/',
  '/lab',
  '/api/status',
  '/?token=wrong',
  '/lab?token=a&token=b',
  '/_gatehouse',
  '/_gatehouse/',
  '/_gatehouse/x',
  '/_gatehouse/login',
  '/_gatehouse/login?next=/lab',
  '/_gatehouse/login?token=wrong',
  '/_gatehouse/open',
  '/_gatehouse/open?code=wrong',
  '/_gatehouse/logout',
  '/sw.js',
  '/%zz#',
];
const methods = ['GET', 'HEAD', 'POST', 'PUT', 'OPTIONS', 'TRACE', 'CONNECT'];
const asking: Record<string, Readonly<Record<string, string>>> = {
  'a program': {},
  'a person': navigation,
  'an old browser': { Accept: 'text/html' },
  'a frame': { ...navigation, 'Sec-Fetch-Dest': 'iframe', 'Sec-Fetch-Site': 'cross-site' },
  'a preflight': { Origin: 'http://evil.io', 'Access-Control-Request-Method': 'GET' },
  'a null origin': { Origin: 'null' },
  'a WebSocket': websocket,
  'a wrong token': { ...navigation, 'X-Gatehouse-Token': 'wrong' },
  'a wrong bearer': { ...navigation, Authorization: 'Bearer wrong' },
  'a wrong scheme': { Authorization: 'Digest x' },
  'a wrong cookie': { ...navigation, Cookie: 'gatehouse-session=wrong' },
  'a wish': { Expect: 'something' },
  'two hosts': { host: 'other' },
  'a forwarded host': { 'X-Forwarded-Host': 'evil.io', 'X-Forwarded-Proto': 'https' },
};

function ask(
  method: string,
  name: string,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<string> {
  const host = extraHosts.includes(name) ? name : `${name}:${room.port}`;
  const lines = Object.entries({ Connection: 'close', ...headers }).map(
    ([key, value]) => `${key}: ${value}\r\n`,
  );
  const bytes = `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\n${lines.join('')}\r\n`;
  return rawExchange(room.port, bytes, 1000);
}

test.each(Object.entries(asking))('%s is never told the own name', async (_who, headers) => {
  const told: string[] = [];
  let answers = 0;
  for (const name of names) {
    for (const path of paths) {
      const read = await Promise.all(methods.map(method => ask(method, name, path, headers)));
      for (const [index, answer] of read.entries()) {
        if (answer.startsWith('HTTP/1.1 ')) answers += 1;
        if (answer.toLowerCase().includes(ownName)) told.push(`${methods[index]} ${name} ${path}`);
      }
    }
  }
  expect(told).toEqual([]);
  expect(answers).toBe(names.length * paths.length * methods.length);
  expect(room.executed).toEqual([]);
});

test('nor is who shows the cookie, which counts for nothing on another name', async () => {
  const Cookie = await signIn(room);
  for (const name of names) {
    const answer = await ask('GET', name, '/lab', { ...navigation, Cookie });
    // By way of a forwarder a person is led to a form, at that same address.
    expect(answer).toMatch(name === 'localhost:9999' ? /^HTTP\/1\.1 303 / : /^HTTP\/1\.1 40[01] /);
    expect(answer).not.toContain(ownName);
  }
});

test('a person at another name gets a page that says what to do, and no form', async () => {
  const answer = await ask('GET', '127.0.0.1', '/lab', navigation);
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(answer).toContain('gatehouse open');
  expect(answer).not.toMatch(/<form|<input|location:/i);
});

test('who shows the token is led to the own name', async () => {
  const answer = await ask('GET', '127.0.0.1', `/lab?token=${token}`, navigation);
  expect(answer).toContain(`Location: http://${room.host}/lab?token=${token}\r\n`);
});

test('guesses in the address of a page are counted', async () => {
  const own = await openRoom({ limits: { failures: 2 } });
  const guess = (): Promise<string> =>
    rawExchange(
      own.port,
      `GET /?token=guess HTTP/1.1\r\nHost: 127.0.0.1:${own.port}\r\nAccept: text/html\r\nConnection: close\r\n\r\n`,
    );
  try {
    const statuses = [await guess(), await guess(), await guess()].map(answer => answer.slice(9, 12));
    expect(statuses).toEqual(['401', '401', '429']);
  } finally {
    await own.close();
  }
});
