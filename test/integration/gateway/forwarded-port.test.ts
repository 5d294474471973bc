/*
 * `ssh -L 9999:127.0.0.1:PORT`: what comes by way of another port is refused with advice, and works in a real
 * browser once the owner has named the port.
 */
import { connect, createServer, type Socket } from 'node:net';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { openBrowser, heardByPage } from '../../support/browser.ts';
import { ask, listen, navigation, openRoom, token, type Room } from '../../support/gateway.ts';

let room: Room;
let browser: Browser;
let forwarded: number;
let names: readonly string[] = [];
const sockets = new Set<Socket>();
const upgrades = new WebSocketServer({ noServer: true });
/** Passes bytes on and knows no HTTP, as sshd does. */
const forwarder = createServer(incoming => {
  const outgoing = connect(room.port, '127.0.0.1');
  for (const [one, other] of [
    [incoming, outgoing],
    [outgoing, incoming],
  ] as const) {
    sockets.add(one);
    one.on('error', () => other.destroy());
    one.pipe(other);
  }
});

beforeAll(async () => {
  browser = await openBrowser();
  room = await openRoom({
    rules: { extraHosts: () => names },
    listener: (request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<h1>served ${request.url}</h1>`);
    },
    attach: server =>
      server.on('upgrade', (request, socket, head) =>
        upgrades.handleUpgrade(request, socket, head, client => client.send('hello')),
      ),
  });
  forwarded = await listen(forwarder);
}, 60_000);
beforeEach(() => {
  names = [];
});
afterAll(async () => {
  await browser?.close();
  for (const socket of sockets) socket.destroy();
  forwarder.close();
  await room?.close();
});

async function freshPage(): Promise<Page> {
  return (await browser.newContext()).newPage();
}

const address = (): string => `http://localhost:${forwarded}`;
const host = (): Record<string, string> => ({ Host: `localhost:${forwarded}` });

test('before: a person is told the command, and nothing of the server', async () => {
  const page = await freshPage();
  await page.goto(`${address()}/lab`);
  expect(await page.getByRole('heading').textContent()).toBe('This server is not open at this address');
  expect(await page.textContent('main')).toContain(
    `gatehouse config set gateway.extraHosts localhost:${forwarded}`,
  );
  expect(await page.content()).not.toContain('thesis');
  await page.goto(`http://thesis.localhost:${forwarded}/lab`);
  expect(await page.textContent('main')).toContain(`extraHosts localhost:${forwarded}`);
});

test.each(['evil.io', 'evil.io:9999', '<b>.localhost:9999', 'localhost:9999<b>', 'localhost:99999'])(
  'attack: the name %s is neither shown nor advised',
  async name => {
    const reply = await ask(room, '/lab', { headers: { ...navigation, Host: name } });
    expect([reply.status, reply.headers.connection]).toEqual([400, 'close']);
    expect(reply.body).not.toMatch(/evil|<b>|9999|config set/);
    const program = await ask(room, '/lab', { headers: { Host: name } });
    expect(program.headers['content-type']).toContain('application/json');
  },
);

test('after, without a restart: the link of the terminal, pasted, signs in at the own name by way of that port', async () => {
  names = [`localhost:${forwarded}`];
  const page = await freshPage();
  await page.goto(`${address()}/tree?a=1`);
  const field = page.getByLabel('Sign-in link or access token');
  await field.fill('wrong');
  await page.keyboard.press('Enter');
  await page.getByRole('alert').waitFor();
  expect(await page.content()).not.toContain('thesis');
  await field.fill(room.gateway.oneTimeLink().url);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'served /tree?a=1' }).waitFor();
  const own = `thesis.localhost:${forwarded}`;
  expect(page.url()).toBe(`http://${own}/tree?a=1`);
  const heard = await heardByPage(page, `ws://${own}/ws`);
  expect(heard).toBe('hello');
  const posted = await page.evaluate(async () => (await fetch('/api', { method: 'POST', body: 'x' })).status);
  expect(posted).toBe(200);
  expect(await page.context().cookies(address())).toEqual([]);
});

test('the token in the form, the link with this name in its address, and the token in an address do it too', async () => {
  names = [`127.0.0.1:${forwarded}`];
  const page = await freshPage();
  await page.goto(address());
  await page.getByLabel('Sign-in link or access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`http://thesis.localhost:${forwarded}/lab`);
  const link = new URL(room.gateway.oneTimeLink().url);
  for (const path of [link.pathname + link.search, `/lab?token=${token}`]) {
    const other = await freshPage();
    await other.goto(address() + path);
    expect(other.url()).toBe(`http://thesis.localhost:${forwarded}/lab`);
    expect(await other.context().cookies(address())).toEqual([]);
  }
});

test('attack: a form of another site, a cookie of all of localhost and a rebound name open nothing there', async () => {
  names = [`localhost:${forwarded}`];
  const forged = await ask(room, '/_gatehouse/login', {
    method: 'POST',
    headers: {
      ...host(),
      Origin: `http://localhost:${forwarded + 1}`,
      'Content-Type': 'application/x-www-form-urlencoded',
    },
    body: `token=${token}`,
  });
  expect(forged.status).toBe(403);
  const link = new URL(room.gateway.oneTimeLink().url);
  const signed = await ask(room, link.pathname + link.search, {
    headers: { ...navigation, Cookie: 'gatehouse-probe=1' },
  });
  const cookie = ([signed.headers['set-cookie']].flat()[0] ?? '').split(';', 1)[0] ?? '';
  const withCookie = await ask(room, '/api', { headers: { ...host(), Cookie: cookie } });
  expect(withCookie.status).toBe(401);
  const rebound = await ask(room, '/api', { headers: { Host: `evil.io:${forwarded}`, Cookie: cookie } });
  expect(rebound.status).toBe(400);
  const otherPort = await ask(room, '/api', { headers: { Host: `thesis.localhost:${forwarded + 1}` } });
  expect(otherPort.status).toBe(400);
});

test('taken back, it is refused with the next request', async () => {
  names = [`localhost:${forwarded}`];
  expect((await ask(room, '/', { headers: { ...host(), ...navigation } })).status).toBe(303);
  names = [];
  expect((await ask(room, '/', { headers: { ...host(), ...navigation } })).status).toBe(400);
});
