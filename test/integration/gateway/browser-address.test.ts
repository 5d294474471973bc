/*
 * Where a browser begins that `gatehouse open` starts: it finds the own name, or gets an address without a
 * name; and neither is worth anything to another account.
 */
import { execFile } from 'node:child_process';
import { chromium, type Browser, type BrowserContext } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { ownAccount } from '../../../src/main/core/server/process/own-account.ts';
import { openBrowser, heardByPage } from '../../support/browser.ts';
import { ask, navigation, openRoom, rawExchange, type Room } from '../../support/gateway.ts';

let usual: Browser;
let nameless: Browser;
let room: Room;
const contexts: BrowserContext[] = [];
const upgrades = new WebSocketServer({ noServer: true });
const rules = { ownAccount: ownAccount(process.platform) };

beforeAll(async () => {
  usual = await openBrowser();
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  // As Safari on macOS: no name that ends in .localhost.
  const args = ['--no-sandbox', '--host-resolver-rules=MAP *.localhost ~NOTFOUND'];
  nameless = await chromium.launch({ executablePath, args });
}, 60_000);
afterAll(async () => {
  await usual?.close();
  await nameless?.close();
});
beforeEach(async () => {
  room = await open();
});
afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close();
  await room.close();
});

function open(): Promise<Room> {
  return openRoom({
    rules,
    listener: (request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<h1>served ${request.url}</h1>`);
    },
    attach: server =>
      server.on('upgrade', (request, socket, head) =>
        upgrades.handleUpgrade(request, socket, head, client => client.send('hello')),
      ),
  });
}

async function contextOf(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext();
  contexts.push(context);
  return context;
}

/** Asks as an account of its own, which can read what stands in a process list. */
function asStranger(url: string, ...more: readonly string[]): Promise<string> {
  return new Promise(resolve => {
    const argv = ['-s', '-o', '/dev/null', '-w', '%{http_code}', ...more, url];
    execFile('/usr/bin/curl', argv, { uid: 65534, gid: 65534, cwd: '/' }, (_error, stdout) =>
      resolve(stdout),
    );
  });
}

test.each(['private', 'seen'])('a browser that knows the own name is led there: %s', async how => {
  const { url } = await room.gateway.beginLink({ seen: how === 'seen' });
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
  const page = await (await contextOf(usual)).newPage();
  await page.goto(url);
  await page.waitForURL(`http://${room.host}/lab`);
  await page.goto(url);
  expect(await page.getByRole('heading').textContent()).toBe('This address does not work');
});

test('a browser that does not know it gets another address, where everything works, and beside another server', async () => {
  const context = await contextOf(nameless);
  const second = await open();
  try {
    for (const each of [room, second, room]) {
      const page = await context.newPage();
      await page.goto((await each.gateway.beginLink({ seen: false })).url);
      await page.getByRole('heading', { name: 'served /lab' }).waitFor();
      const { host } = new URL(page.url());
      expect(host).toMatch(/^127\.\d+\.\d+\.\d+:\d+$/);
      const posted = await page.evaluate(async () => (await fetch('/api', { method: 'POST' })).status);
      expect(posted).toBe(200);
      const heard = await heardByPage(page, `ws://${host}/ws`);
      expect(heard).toBe('hello');
    }
    for (const page of context.pages()) {
      await page.reload();
      expect(await page.getByRole('heading').textContent()).toBe('served /lab');
    }
  } finally {
    await second.close();
  }
});

// The suite runs as root where it has to be another account; elsewhere the kernel would not let it.
test.runIf(process.getuid?.() === 0)(
  'attack: another account reads the address, or is sent the cookie',
  async () => {
    const { url } = await room.gateway.beginLink({ seen: true });
    expect(await asStranger(url)).toBe('403');
    const context = await contextOf(nameless);
    const page = await context.newPage();
    // Not used up by the stranger.
    await page.goto(url);
    await page.getByRole('heading', { name: 'served /lab' }).waitFor();
    const [cookie] = (await context.cookies(page.url())).filter(({ name }) => name.includes('session'));
    const stolen = ['-H', `Cookie: ${cookie?.name}=${cookie?.value}`];
    expect(await asStranger(page.url(), ...stolen)).toBe('000');
    const { host } = new URL(page.url());
    // At the other addresses of the door this cookie counts for nothing.
    for (const name of ['127.0.0.1', 'localhost']) {
      expect(await asStranger(`http://${name}:${room.port}/lab`, ...stolen)).toBe('401');
    }
    const own = await ask(room, '/lab', {
      headers: { Host: host, Cookie: `${cookie?.name}=${cookie?.value}` },
    });
    expect(own.status).toBe(400);
  },
);

test('attack: a wrong ticket, another host, a prefetch, a page of another site', async () => {
  const { url } = await room.gateway.beginLink({ seen: false });
  const { port, pathname, host } = new URL(url);
  const place = { port: Number(port), host };
  expect((await ask(place, '/guess', { headers: navigation })).status).toBe(404);
  expect((await ask(place, pathname, { headers: { ...navigation, Host: `evil.io:${port}` } })).status).toBe(
    400,
  );
  expect((await ask(place, pathname, { headers: { ...navigation, 'Sec-Purpose': 'prefetch' } })).status).toBe(
    403,
  );
  const page = await ask(place, pathname, { headers: navigation });
  const other = /data-other="([^"]+)"/.exec(page.body)?.[1] ?? '';
  const forged = await ask(place, other, { method: 'POST', headers: { 'Sec-Fetch-Site': 'cross-site' } });
  expect([page.status, forged.status]).toEqual([200, 405]);
});

test('where accounts cannot be told apart, what others may read opens nothing and there is no other address', async () => {
  const blind = await openRoom();
  try {
    const seen = new URL((await blind.gateway.beginLink({ seen: true })).url);
    const place = { port: Number(seen.port), host: seen.host };
    expect((await ask(place, seen.pathname, { headers: navigation })).status).toBe(403);
    const page = await (await contextOf(nameless)).newPage();
    await page.goto((await blind.gateway.beginLink({ seen: false })).url);
    await page.getByRole('status').waitFor();
    expect(await page.getByRole('status').textContent()).toContain('Use another browser');
  } finally {
    await blind.close();
  }
});

test('with the door everything of it is shut', async () => {
  const { url } = await room.gateway.beginLink({ seen: false });
  const page = await (await contextOf(nameless)).newPage();
  await page.goto(url);
  await page.getByRole('heading', { name: 'served /lab' }).waitFor();
  const open = new URL((await room.gateway.beginLink({ seen: false })).url);
  await room.gateway.close();
  expect(await rawExchange(Number(open.port), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n')).toBe('');
  await expect(page.goto(page.url())).rejects.toThrow('ERR_CONNECTION_REFUSED');
});
