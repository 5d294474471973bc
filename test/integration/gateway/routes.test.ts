import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPages } from '../../../src/main/core/gateway/owner/owner-routes.ts';
import {
  ask,
  navigation,
  openRoom,
  rawExchange,
  websocket,
  type Reply,
  type Room,
} from '../../support/gateway.ts';

let room: Room;
beforeAll(async () => {
  room = await openRoom();
});
afterAll(() => room.close());

/** Pages of ours, of Jupyter, of nobody, and spellings that a careless reader takes for an open one. */
const paths = [
  '/',
  '/lab',
  '/tree',
  '/login',
  '/logout',
  '/api',
  '/api/status',
  '/api/me',
  '/api/contents/a.ipynb',
  '/api/kernels/0/channels',
  '/terminals/websocket/1',
  '/static/a.js',
  '/files/a.html',
  '/favicon.ico',
  '/robots.txt',
  '/healthz',
  '/.well-known/x',
  '/_gatehouse',
  '/_gatehouse/',
  '/_gatehouse/login',
  '/_gatehouse/open',
  '/_gatehouse/logout',
  '/_gatehouse/style.css',
  '/_gatehouse/login/',
  '/_gatehouse/login/../../api/status',
  '/_gatehouse/../api/status',
  '/_gatehouse/..%2fapi/status',
  '/_gatehouse/%2e%2e/api/status',
  '/_gatehouse//login',
  '/_gatehouse/login;/api/status',
  '/_gatehouse/login%00',
  '/_gatehouselogin',
  '/_gatehouse.login',
  '/_GATEHOUSE/login',
  '/%5fgatehouse/login',
  '/_gatehouse%2flogin',
  '//_gatehouse/login',
  '/./_gatehouse/login',
  '/x/../_gatehouse/login',
  '/api/status?/_gatehouse/login',
  '/api/status?next=/_gatehouse/login',
  '/api/status/_gatehouse/login',
  '/lab;/_gatehouse/login',
];

const isOpen = (method: string, path: string): boolean =>
  openPages.some(([openMethod, openPath]) => method === openMethod && path === openPath);

function isRefused(reply: Reply, path: string): boolean {
  if (reply.status === 303)
    return String(reply.headers.location).startsWith(`http://${room.host}/_gatehouse/login`);
  return reply.status === 401 || (reply.status === 404 && path.startsWith('/_gatehouse'));
}

const hosts = ['thesis.localhost', '127.0.0.1', 'localhost', '[::1]'];

const methods = ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'];

/**
 * What became of one request without a credential; `refused` is the only good word where the page is not
 * open.
 */
async function outcome(method: string, name: string, path: string, headers: object): Promise<string> {
  const reply = await ask(room, path, { method, headers: { ...headers, Host: `${name}:${room.port}` } });
  const movedTo = String(reply.headers.location);
  if (name !== 'thesis.localhost' && (reply.rawHeaders.join() + reply.body).includes('thesis'))
    return 'tells the name';
  if (isOpen(method === 'HEAD' ? 'GET' : method, path) && [200, 401, 403, 410, 415].includes(reply.status))
    return 'refused';
  return isRefused(reply, path) ? 'refused' : `${reply.status} ${movedTo}`;
}

test.each(paths)('%s without a credential', async path => {
  const outcomes: Record<string, string> = {};
  for (const name of hosts) {
    for (const method of methods) {
      outcomes[`${method} ${name}`] = await outcome(method, name, path, {});
      outcomes[`${method} ${name}, navigation`] = await outcome(method, name, path, navigation);
    }
    outcomes[`upgrade ${name}`] = await outcome('GET', name, path, websocket);
  }
  const others = Object.entries(outcomes).filter(([, what]) => what !== 'refused');
  expect(others).toEqual([]);
  expect(Object.keys(outcomes)).toHaveLength(60);
  expect(room.executed).toEqual([]);
});

test('with a wrong credential of every kind, too, and none of them reaches the server', async () => {
  const wrong: Record<string, string>[] = [
    { Authorization: 'Bearer wrong' },
    { Authorization: 'token wrong' },
    { Authorization: 'Basic d3Jvbmc6' },
    { Authorization: 'Basic' },
    { Authorization: 'Digest username="x"' },
    { Authorization: 'Bearer' },
    { Authorization: '' },
    { 'X-Gatehouse-Token': 'wrong' },
    { 'X-Gatehouse-Token': '' },
    { Cookie: 'gatehouse-session=wrong' },
    { Cookie: 'gatehouse-session=' },
    { Cookie: 'gatehouse-session=a; gatehouse-session=b' },
  ];
  for (const headers of wrong) {
    for (const extra of [{}, websocket]) {
      const reply = await ask(room, '/api/status', { headers: { ...headers, ...extra } });
      expect([headers, [400, 401].includes(reply.status)]).toEqual([headers, true]);
    }
  }
  expect((await ask(room, '/api/status?token=wrong')).status).toBe(401);
  expect(room.executed).toEqual([]);
});

test('the open pages are the three that sign somebody in, and one that says nothing', () => {
  expect(openPages.map(page => page.join(' '))).toEqual([
    'GET /_gatehouse/login',
    'POST /_gatehouse/login',
    'GET /_gatehouse/open',
    'GET /_gatehouse/here',
  ]);
});

test('h2c is ignored, not followed around the guard', async () => {
  const answer = await rawExchange(
    room.port,
    `GET /api/status HTTP/1.1\r\nHost: ${room.host}\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n`,
  );
  expect(answer).toMatch(/^HTTP\/1\.1 401 /);
  expect(room.executed).toEqual([]);
});
