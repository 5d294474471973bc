/*
 * Debian's Chromium as the owner's other browser: signed in by the one-time link, and kept out without one.
 */
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chromium, expect, test, type Browser } from '@playwright/test';
import { runCell } from './support/notebook.ts';
import { askByName, makeHome, serve, toolUrl, type Served, type TestHome } from '../support/core.ts';
import { openForeignListener } from '../support/foreign-listener.ts';
import type { ServerInfo } from '../../src/shared/model.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  existsSync,
);
test.skip(executablePath === undefined && process.env['CI'] !== 'true', 'Chromium is not installed.');
test.describe.configure({ mode: 'serial', timeout: 180_000 });

let home: TestHome;
let served: Served;
let browser: Browser;

test.beforeAll(async () => {
  test.setTimeout(600_000);
  home = await makeHome();
  served = await serve(home, '--secrets', 'memory');
  // As root there is no sandbox to be had; the other flags keep Chromium from calling home.
  browser = await chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
});
test.afterAll(async () => {
  await browser?.close();
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
});

async function countKernels(): Promise<number> {
  const answer = await fetch(`${toolUrl(served.server)}api/kernels`, {
    headers: { authorization: `Bearer ${await served.token()}` },
  });
  return ((await answer.json()) as unknown[]).length;
}

test('the link opens JupyterLab, a cell runs, and no credential is left in sight', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(served.link.url);
  await expect(page.locator('#jp-main-dock-panel')).toBeVisible({ timeout: 60_000 });
  expect(page.url()).not.toMatch(/code|token/);
  expect(await runCell(page, 'print(6 * 7)')).toBe('42');
  const token = await served.token();
  expect(await page.content()).not.toContain(token);
  // HttpOnly: a script of the server's cannot read the session.
  expect(await page.evaluate(() => document.cookie)).not.toContain('gatehouse');
  const cookies = await context.cookies();
  const session = cookies.find(({ name }) => name.includes('gatehouse'));
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  expect(session?.domain).toBe(new URL(served.link.url).hostname);
  expect(cookies.filter(({ name }) => name.startsWith('username-'))).toEqual([]);
  await context.close();
});

test('the same link does not open twice, and says so', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(served.link.url);
  await expect(page.locator('body')).toContainText(/link/i);
  await page.goto(served.server.url ?? '');
  await expect(page).toHaveURL(/_gatehouse\/login/);
  await context.close();
});

test('the login form takes the token and nothing else', async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${served.server.url}lab`);
  await page.getByLabel(/token/i).fill('wrong');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/_gatehouse\/login/);
  await page.getByLabel(/token/i).fill(await served.token());
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/lab/);
  await context.close();
});

test('attack: a page on another port of the same name neither reads nor drives the server', async () => {
  const own = new URL(served.server.url ?? '');
  const attacker = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>attacker</title>');
  }).listen(0, '127.0.0.1');
  await once(attacker, 'listening');
  const { port } = attacker.address() as AddressInfo;
  const kernelsBefore = await countKernels();
  const context = await browser.newContext();
  const page = await context.newPage();
  const { url } = await home.json<{ url: string }>('link', served.server.id);
  await page.goto(url);
  await expect(page).toHaveURL(/\/lab/);
  // Same site and another origin: the cookie goes along, so the gateway's own checks have to hold.
  await page.goto(`http://${own.hostname}:${port}/`);
  const outcome = await page.evaluate(async origin => {
    const post = await fetch(`${origin}/api/kernels`, {
      method: 'POST',
      credentials: 'include',
      mode: 'no-cors',
    }).then(
      answer => answer.type,
      () => 'failed',
    );
    const read = await fetch(`${origin}/api/contents`, { credentials: 'include' }).then(
      answer => `read ${answer.status}`,
      () => 'failed',
    );
    const socket = await new Promise(resolve => {
      const attempt = new WebSocket(`${origin.replace('http', 'ws')}/api/events/subscribe`);
      attempt.addEventListener('open', () => resolve('open'));
      attempt.addEventListener('error', () => resolve('failed'));
    });
    const framed = await new Promise(resolve => {
      const frame = document.createElement('iframe');
      frame.src = `${origin}/lab`;
      frame.addEventListener('load', () => resolve(frame.contentDocument === null ? 'foreign' : 'readable'));
      document.body.append(frame);
    });
    return { post, read, socket, framed };
  }, own.origin);
  // Chromium answers a blocked no-cors request with an opaque answer as well: what counts is that nothing was
  // started.
  expect(outcome).toMatchObject({ read: 'failed', socket: 'failed', framed: 'foreign' });
  expect(await countKernels()).toBe(kernelsBefore);
  await context.close();
  attacker.close();
});

test('attack: the tab of a stopped server never loads who takes its port, and what that one leaves is of no origin of ours', async () => {
  const failing = ['--', 'python3', '-c', 'import time; time.sleep(2); raise SystemExit(3)'];
  // It stays at its door's own page: `restarting`, then `failed`.
  await home.cli('start', '--name', 'short', ...failing);
  const before = (await home.json<ServerInfo[]>('list')).find(({ name }) => name === 'short');
  const address = new URL(before?.url ?? '');
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto((await home.json<{ url: string }>('link', 'short')).url);
  await expect(page.locator('h1')).toContainText('“short”');
  expect((await home.cli('stop', 'short')).code).toBe(0);
  {
    await using foreign = await openForeignListener(Number(address.port));
    await expect(page.locator('#lost')).toBeVisible();
    await expect(page.locator('h1')).toContainText('“short”');
    expect(foreign.seen.filter(({ headers }) => headers['sec-fetch-mode'] === 'navigate')).toEqual([]);
    // Its owner loads it all the same, and a service worker for the whole origin stays there.
    await page.goto(address.href);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
    await page.goto(`${address.href}again`);
    await expect(page.locator('body')).toHaveText('from the foreign worker');
  }
  // The same server again: it fails again, and its own page says so, at another address.
  await home.cli('restart', 'short');
  await page.goto((await home.json<{ url: string }>('link', 'short')).url);
  await expect(page.locator('h1')).toContainText('“short”');
  expect(new URL(page.url()).hostname).not.toBe(address.hostname);
  expect(await page.evaluate(() => navigator.serviceWorker.getRegistrations().then(all => all.length))).toBe(
    0,
  );
  expect((await askByName(address.href)).status).toBe(400);
  await context.close();
});
