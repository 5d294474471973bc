import { expect } from 'vitest';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import {
  ask,
  navigation,
  owner,
  probe,
  signIn,
  token,
  type Reply,
  type Room,
} from '../../support/gateway.ts';

function follow(room: Room, link: string): Promise<Reply> {
  const url = new URL(link);
  return ask(room, url.pathname + url.search, { headers: { ...navigation, Cookie: probe } });
}

function post(
  room: Room,
  form: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<Reply> {
  return ask(room, '/_gatehouse/login', {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-www-form-urlencoded',
      Origin: `http://${room.host}`,
      'Sec-Fetch-Site': 'same-origin',
      ...headers,
    },
    body: new URLSearchParams(form).toString(),
  });
}

test('a one-time link signs one browser in, once, and leads to the first page', async ({ open }) => {
  const room = await open();
  const link = room.gateway.oneTimeLink();
  expect(link.url).toMatch(/^http:\/\/thesis\.localhost:\d+\/_gatehouse\/open\?code=[\w-]{43}$/);
  expect(Date.parse(link.expiresAt ?? '')).toBe(room.time.now + 600_000);
  const first = await follow(room, link.url);
  expect([first.status, first.headers.location]).toEqual([303, `http://${room.host}/lab`]);
  const [cookie = ''] = first.headers['set-cookie'] ?? [];
  expect(cookie).toMatch(/^gatehouse-session=[\w-]{43}; HttpOnly; SameSite=Lax; Path=\/$/);
  const second = await follow(room, link.url);
  expect([second.status, second.headers['set-cookie']]).toEqual([410, undefined]);
  expect(second.body).toContain('no longer works');
  const page = await ask(room, '/lab', { headers: { ...navigation, Cookie: cookie.split(';', 1)[0] ?? '' } });
  expect([page.status, page.body]).toEqual([200, 'served']);
});

test('a link ends after ten minutes, and only 32 are outstanding', async ({ open }) => {
  const room = await open();
  const old = room.gateway.oneTimeLink().url;
  room.time.now += 600_000;
  expect((await follow(room, old)).status).toBe(410);
  const links = Array.from({ length: 33 }, () => room.gateway.oneTimeLink().url);
  const statuses = [];
  for (const link of links) statuses.push((await follow(room, link)).status);
  expect(statuses).toEqual([410, ...Array.from({ length: 32 }, () => 303)]);
});

test('a preview, a prefetch, an image or a frame does not use a link up', async ({ open }) => {
  const room = await open();
  const link = new URL(room.gateway.oneTimeLink().url);
  const path = link.pathname + link.search;
  const others: Record<string, string>[] = [
    { ...navigation, 'Sec-Purpose': 'prefetch;prerender' },
    { ...navigation, Purpose: 'prefetch' },
    { 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image', 'Sec-Fetch-Site': 'cross-site' },
    { ...navigation, 'Sec-Fetch-Dest': 'iframe' },
  ];
  for (const headers of others) expect((await ask(room, path, { headers })).status).toBe(403);
  expect((await ask(room, path, { method: 'HEAD', headers: navigation })).status).toBe(403);
  expect((await follow(room, link.href)).status).toBe(303);
});

test('the token in the address of a page becomes a cookie and a clean address', async ({ open }) => {
  const room = await open();
  const reply = await ask(room, `/lab/tree/a.ipynb?reset&token=${token}`, { headers: navigation });
  expect([reply.status, reply.headers.location]).toEqual([303, `http://${room.host}/lab/tree/a.ipynb?reset`]);
  expect(reply.headers['set-cookie']).toHaveLength(1);
  const first = await ask(room, `/?token=${token}`, { headers: navigation });
  expect(first.headers.location).toBe(`http://${room.host}/lab`);
  const wrong = await ask(room, '/lab?token=wrong', { headers: navigation });
  expect([wrong.status, wrong.headers['set-cookie']]).toEqual([303, undefined]);
  expect(wrong.headers.location).toBe(`http://${room.host}/_gatehouse/login?next=%2Flab`);
  const cookie = await signIn(room);
  const again = await ask(room, `/lab?token=${token}`, { headers: { ...navigation, Cookie: cookie } });
  expect([again.headers.location, again.headers['set-cookie']]).toEqual([
    `http://${room.host}/lab`,
    undefined,
  ]);
  expect(room.executed).toEqual([]);
});

test('the tool link works for a tool as it is, and for a browser by way of the name', async ({ open }) => {
  const room = await open();
  const link = room.gateway.toolLink();
  expect([link.url, link.expiresAt]).toEqual([`http://127.0.0.1:${room.port}/?token=${token}`, null]);
  const Host = `127.0.0.1:${room.port}`;
  expect((await ask(room, `/?token=${token}`, { headers: { Host } })).body).toBe('served');
  const moved = await ask(room, `/?token=${token}`, { headers: { ...navigation, Host } });
  expect([moved.status, moved.headers.location]).toEqual([307, `http://${room.host}/?token=${token}`]);
  const withHeader = await ask(room, '/lab', { headers: { ...navigation, ...owner, Host } });
  expect(withHeader.status).toBe(200);
});

test('the form signs in, remembers where to, and says what is wrong', async ({ open }) => {
  const room = await open();
  const page = await ask(room, '/_gatehouse/login?next=/lab/tree/a.ipynb', { headers: navigation });
  expect(page.body).toContain('name="next" value="/lab/tree/a.ipynb"');
  const good = await post(room, { token: ` ${token} `, next: '/lab/tree/a.ipynb' });
  expect([good.status, good.headers.location]).toEqual([303, `http://${room.host}/lab/tree/a.ipynb`]);
  const bad = await post(room, { token: '"><script>', next: '/lab' });
  expect([bad.status, bad.headers['set-cookie']]).toEqual([401, undefined]);
  expect(bad.body).toContain('That is not the access token');
  expect(bad.body).not.toContain('<script');
  expect((await post(room, { token: '' })).status).toBe(401);
  expect((await post(room, { token: 'x'.repeat(9000) })).status).toBe(413);
  expect((await post(room, { token }, { 'Content-Type': 'text/plain' })).status).toBe(415);
});

test('the form is taken from its own page only', async ({ open }) => {
  const room = await open();
  const foreign: Record<string, string>[] = [
    { Origin: 'http://evil.io' },
    { Origin: 'null' },
    { Origin: `http://127.0.0.1:${room.port}` },
    { Origin: `http://thesis.localhost:${room.port + 1}`, 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
  ];
  for (const headers of foreign) expect((await post(room, { token }, headers)).status).toBe(403);
});

test('signing out needs a session, its own page, and a POST', async ({ open }) => {
  const room = await open();
  const cookie = await signIn(room);
  const Origin = `http://${room.host}`;
  const page = await ask(room, '/_gatehouse/logout', { headers: { ...navigation, Cookie: cookie } });
  expect([page.status, page.body.includes('method="post"')]).toEqual([200, true]);
  const out = (headers: Record<string, string>): Promise<Reply> =>
    ask(room, '/_gatehouse/logout', { method: 'POST', headers });
  expect((await out({ Origin })).status).toBe(401);
  expect((await out({ Cookie: cookie })).status).toBe(403);
  expect((await out({ Cookie: cookie, Origin: 'http://evil.io' })).status).toBe(403);
  const done = await out({ Cookie: cookie, Origin });
  expect([done.status, done.headers['set-cookie']]).toEqual([
    303,
    ['gatehouse-session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0'],
  ]);
  expect((await ask(room, '/lab', { headers: { Cookie: cookie } })).status).toBe(401);
});

test('nothing secret is in the log', async ({ open }) => {
  const room = await open();
  const link = room.gateway.oneTimeLink().url;
  await follow(room, link);
  await follow(room, link);
  const cookie = await signIn(room);
  await ask(room, `/lab?token=${token}x&a=query-text`);
  await ask(room, '/lab?code=query-text', { headers: { Authorization: `Bearer ${token}x`, Cookie: cookie } });
  await ask(room, `/lab%0a%1b[31m${'x'.repeat(500)}?q=query-text`);
  await post(room, { token: `${token}y` });
  const log = room.lines.join('\n');
  expect(room.lines.length).toBeGreaterThan(4);
  for (const secret of [
    token,
    cookie.split('=')[1] ?? '',
    'query-text',
    new URL(link).searchParams.get('code') ?? '',
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(Math.max(...room.lines.map(line => line.length))).toBeLessThan(600);
});
