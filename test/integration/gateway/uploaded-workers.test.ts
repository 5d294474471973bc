/*
 * The attack: an uploaded file is registered as a service worker by a script of the server's own origin (an
 * output of a notebook), and from then on answers every page of `/files/` by itself, without the sandbox. In
 * a real Chromium, for each kind of server whose paths for uploads are known.
 */
import type { Browser, Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { openBrowser } from '../../support/browser.ts';
import { eventually } from '../../support/core.ts';
import { ask, openRoom, owner, type Room } from '../../support/gateway.ts';
import { openTo } from '../../support/reach.ts';

const contentPaths = [/^\/files\//, /^\/view\//, /^\/nbconvert\//, /^\/gradio_api\/file[=/]/];
/** Answers every page below its folder with a script that looks whether it is of the server's origin. */
const worker =
  "addEventListener('install', () => skipWaiting());" +
  "addEventListener('fetch', event => event.respondWith(new Response('<script>document.title = origin</script>', { headers: { 'Content-Type': 'text/html' } })));";

let browser: Browser;
let room: Room;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  room = await openRoom({
    listener: (incoming, response) => {
      const isScript = incoming.url?.endsWith('.js') === true;
      response.setHeader('Content-Type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? worker : '<script>document.title = origin</script>');
    },
    upstream: { contentPaths },
  });
});
afterEach(() => room.close());

async function signedIn(): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await page.goto(room.gateway.oneTimeLink().url);
  return page;
}

/** Registers a worker as a script of the server's own page would; waits until it is at work, or gone. */
async function register(page: Page, script: string): Promise<void> {
  await page.evaluate(async path => {
    const made = await navigator.serviceWorker.register(path).catch(() => null);
    const at = made?.installing ?? made?.waiting ?? made?.active ?? null;
    if (at === null) return;
    await new Promise<void>(resolve => {
      const look = (): void => {
        if (at.state === 'activated' || at.state === 'redundant') resolve();
      };
      at.addEventListener('statechange', look);
      look();
    });
  }, script);
}

/** `null` in a sandbox, the server's origin outside. */
async function titleAt(page: Page, path: string): Promise<string> {
  await page.goto(`http://${room.host}${path}`);
  await page.waitForFunction(() => document.title !== '');
  return page.title();
}

test.each([
  ['/files/evil.js', '/files/page.html'],
  ['/files/a/b/evil.js', '/files/a/b/page.html'],
  ['/%66iles/evil.js', '/%66iles/page.html'],
  ['/view/evil.js', '/view/page.html'],
  ['/nbconvert/html/evil.js', '/nbconvert/html/page.html'],
  ['/gradio_api/file=/tmp/evil.js', '/gradio_api/file=/tmp/page.html'],
  ['/gradio_api/file/evil.js', '/gradio_api/file/page.html'],
])('%s does not become a service worker', async (script, shown) => {
  const page = await signedIn();
  await register(page, script);
  expect(await titleAt(page, shown)).toBe('null');
  await page.goto(`http://${room.host}/lab`);
  expect(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length)).toBe(0);
});

test('a worker that is there from an earlier version is removed when the browser asks for its script again', async () => {
  const page = await signedIn();
  room.gateway.setUpstream({
    state: 'ready',
    reason: '',
    reach: openTo({ ...room.upstream, contentPaths: [] }),
    landing: '/lab',
  });
  await register(page, '/files/evil.js');
  expect(await titleAt(page, '/files/page.html')).toBe(`http://${room.host}`);
  room.gateway.setUpstream({ state: 'ready', reason: '', reach: openTo(room.upstream), landing: '/lab' });
  // A browser asks by itself soon after a page of the folder has been opened; here a page makes it ask at
  // once.
  await page.evaluate(async () => {
    for (const registration of await navigator.serviceWorker.getRegistrations()) await registration.update();
  });
  const title = await eventually('the sandbox', 60_000, async () => {
    const seen = await titleAt(page, '/files/page.html');
    return seen === 'null' && seen;
  });
  expect(title).toBe('null');
});

test('the file itself stays what it is for a page, in a sandbox', async () => {
  const reply = await ask(room, '/files/evil.js', { headers: owner });
  expect([reply.body, String(reply.headers['content-security-policy'])]).toEqual([
    worker,
    expect.stringContaining('sandbox'),
  ]);
});
