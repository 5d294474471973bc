import { expect } from 'vitest';
import { gatewayTest as test } from '../../fixtures/gateway-test.ts';
import { ask, navigation, signIn } from '../../support/gateway.ts';

test('cookies count on the own name only', async ({ open }) => {
  const room = await open();
  const cookie = await signIn(room);
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
    const reply = await ask(room, '/api', { headers: { Host: `${name}:${room.port}`, Cookie: cookie } });
    expect(reply.status).toBe(401);
  }
});

test('CVE-2024-28233: a cookie of our name that a page plants locks nobody out, and two people are not one', async ({
  open,
}) => {
  const room = await open();
  const cookie = await signIn(room);
  const other = await signIn(room);
  const status = async (Cookie: string): Promise<number> =>
    (await ask(room, '/html/a', { headers: { Cookie } })).status;
  expect(await status(`gatehouse-session=x; ${cookie}`)).toBe(200);
  expect(await status(`${cookie}; gatehouse-session=x; gatehouse-session=; _xsrf=1`)).toBe(200);
  expect(await status(`${cookie}; ${cookie}`)).toBe(200);
  expect(await status('gatehouse-session=x; gatehouse-session=y')).toBe(401);
  expect(await status(`${cookie}; gatehouse-session=x; ${other}`)).toBe(400);
  expect(room.executed.flatMap(seen => seen.headers).join()).not.toContain('gatehouse-session');
});

/** What a browser says of itself, and whether a request with the cookie passes. */
const browserCases: [string, string, Record<string, string>, number][] = [
  ['a page typed in', 'GET', navigation, 200],
  [
    'a page reached by a link in a mail or from another site',
    'GET',
    { ...navigation, 'Sec-Fetch-Site': 'cross-site' },
    200,
  ],
  [
    'a picture of our own page (no-cors)',
    'GET',
    { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
    200,
  ],
  [
    'a script of our own page',
    'GET',
    { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' },
    200,
  ],
  [
    'a fetch of our own page',
    'GET',
    { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'cors', 'Sec-Fetch-Dest': 'empty' },
    200,
  ],
  [
    'a frame in our own page',
    'GET',
    { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
    200,
  ],
  ['an old browser that says nothing', 'GET', {}, 200],
  [
    'a picture in another site',
    'GET',
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'image' },
    403,
  ],
  [
    'a script in another port of this name',
    'GET',
    { 'Sec-Fetch-Site': 'same-site', 'Sec-Fetch-Mode': 'no-cors', 'Sec-Fetch-Dest': 'script' },
    403,
  ],
  [
    'a frame in another site',
    'GET',
    { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate', 'Sec-Fetch-Dest': 'iframe' },
    403,
  ],
  [
    'a fetch of another site',
    'GET',
    { Origin: 'http://evil.io', 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'cors' },
    403,
  ],
  ['a foreign Origin from an old browser', 'GET', { Origin: 'http://evil.io' }, 403],
  ['a POST of our own page', 'POST', { Origin: 'OWN', 'Sec-Fetch-Site': 'same-origin' }, 200],
  ['a POST of our own page without Origin', 'POST', { 'Sec-Fetch-Site': 'same-origin' }, 200],
  ['a POST of an old browser with Origin', 'POST', { Origin: 'OWN' }, 200],
  ['a POST that says nothing', 'POST', {}, 403],
  [
    'a form of another site',
    'POST',
    { ...navigation, Origin: 'http://evil.io', 'Sec-Fetch-Site': 'cross-site' },
    403,
  ],
  [
    'a form of another port of this name',
    'POST',
    { ...navigation, Origin: 'http://thesis.localhost:1', 'Sec-Fetch-Site': 'same-site' },
    403,
  ],
  ['a form of a sandboxed frame', 'POST', { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' }, 403],
  ['a DELETE that a person is said to have typed', 'DELETE', { 'Sec-Fetch-Site': 'none' }, 403],
];

test.for(browserCases)(
  'CVE-2026-40864, both directions, with a cookie: %s',
  async ([, method, headers, status], { open }) => {
    const room = await open();
    const cookie = await signIn(room);
    const said = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value === 'OWN' ? `http://${room.host}` : value]),
    );
    const reply = await ask(room, '/api/x', { method, headers: { ...said, Cookie: cookie } });
    expect(reply.status).toBe(status);
    expect(room.executed).toHaveLength(status === 200 ? 1 : 0);
  },
);
