/**
 * What a real Chromium does with the gateway: resolves the name, keeps the cookie, tells where requests come
 * from.
 */
import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { chromium, type Browser, type Page } from '@playwright/test';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { listen, openRoom, token, type Room } from '../../support/gateway.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

// In CI a Chromium that is missing is a failure, not a test left out.
describe.skipIf(!existsSync(executablePath) && process.env['CI'] !== 'true')('Chromium', () => {
  let browser: Browser;
  let room: Room;
  let reached: string[];
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    reached = [];
    const sockets = new WebSocketServer({ noServer: true });
    room = await openRoom({
      listener: (incoming, response) => {
        if (incoming.url !== '/favicon.ico') reached.push(`${incoming.method} ${incoming.url}`);
        const isWorker = incoming.url?.endsWith('.js') === true;
        response.setHeader('Content-Type', isWorker ? 'text/javascript' : 'text/html');
        response.setHeader('Service-Worker-Allowed', '/');
        response.end(isWorker ? '' : `<h1>served ${incoming.url}</h1>`);
      },
      attach: server => {
        server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
          reached.push(`upgrade ${incoming.url}`);
          sockets.handleUpgrade(incoming, socket, head, client => client.send('hello'));
        });
      },
    });
  });
  afterEach(() => room.close());

  async function freshPage(): Promise<Page> {
    return (await browser.newContext()).newPage();
  }

  function dial(page: Page, address: string): Promise<string> {
    return page.evaluate(
      target =>
        new Promise<string>(resolve => {
          const socket = new WebSocket(target);
          socket.addEventListener('message', event => resolve(String(event.data)));
          socket.addEventListener('error', () => resolve('refused'));
        }),
      address,
    );
  }

  test('the form: wrong, then right, then out', async () => {
    const page = await freshPage();
    await page.goto(`${room.gateway.url}tree?a=1`);
    expect(await page.title()).toBe('Sign in · thesis');
    await page.getByLabel('Access token').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('That is not the access token');
    await page.getByLabel('Access token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'served' }).waitFor();
    expect(page.url()).toBe(`http://${room.host}/tree?a=1`);
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await page.goto(`${room.gateway.url}_gatehouse/logout`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Access token').waitFor();
    await page.goto(`${room.gateway.url}tree`);
    expect(page.url()).toContain('/_gatehouse/login');
  });

  test('signed in by a link: pages, writing and WebSockets work; nothing of the link is left in the address', async () => {
    const page = await freshPage();
    await page.goto(room.gateway.oneTimeLink().url);
    expect(page.url()).toBe(`http://${room.host}/lab`);
    const status = await page.evaluate(
      async () => (await fetch('/api', { method: 'POST', body: 'x' })).status,
    );
    expect(status).toBe(200);
    expect(await dial(page, `ws://${room.host}/ws`)).toBe('hello');
    expect(reached).toEqual(['GET /lab', 'POST /api', 'upgrade /ws']);
  });

  test('a page of the server gets a worker for its own folder, and none for ours', async () => {
    const page = await freshPage();
    await page.goto(room.gateway.oneTimeLink().url);
    const register = (script: string, scope?: string): Promise<string> =>
      page.evaluate(
        ([url, wide]) =>
          navigator.serviceWorker
            .register(url ?? '', wide === undefined ? {} : { scope: wide })
            .then(made => new URL(made.scope).pathname)
            .catch(() => 'refused'),
        [script, scope],
      );
    expect(await register('/sw.js')).toBe('refused');
    expect(await register('/static/sw.js', '/')).toBe('refused');
    expect(await register('/static/sw.js', '/_gatehouse/')).toBe('refused');
    expect(await register('/static/sw.js')).toBe('/static/');
    expect(reached).toContain('GET /static/sw.js');
    expect(reached).not.toContain('GET /sw.js');
  });

  test('a cookie of our name that a page plants locks nobody out of its path', async () => {
    const page = await freshPage();
    await page.goto(room.gateway.oneTimeLink().url);
    await page.evaluate(() => {
      document.cookie = 'gatehouse-session=x; path=/html; max-age=9999';
    });
    const reply = await page.goto(`${room.gateway.url}html`);
    expect([reply?.status(), page.url()]).toEqual([200, `http://${room.host}/html`]);
  });

  test('the tool link in a browser ends at the name, signed in, without the token', async () => {
    const page = await freshPage();
    await page.goto(room.gateway.toolLink().url);
    expect(page.url()).toBe(`http://${room.host}/lab`);
    expect(await page.evaluate(() => performance.getEntriesByType('navigation')[0]?.name)).not.toContain(
      token,
    );
  });

  test.each(['127.0.0.1', 'thesis.localhost'])(
    'a page of another port of %s can do nothing with the cookie',
    async name => {
      const page = await freshPage();
      await page.goto(room.gateway.oneTimeLink().url);
      const evil = createServer((_incoming, response) => {
        response.setHeader('Content-Type', 'text/html');
        response.end(`<form method="post" action="http://${room.host}/form"><button>win</button></form>`);
      });
      const port = await listen(evil);
      reached.length = 0;
      await page.goto(`http://${name}:${port}/`);
      await page.evaluate(async target => {
        await fetch(`${target}post`, {
          method: 'POST',
          mode: 'no-cors',
          credentials: 'include',
          body: 'x',
        }).catch(() => null);
        await new Promise(resolve => {
          const image = new Image();
          image.addEventListener('load', resolve);
          image.addEventListener('error', resolve);
          image.src = `${target}image`;
        });
      }, room.gateway.url);
      expect(await dial(page, `ws://${room.host}/ws`)).toBe('refused');
      await page.getByRole('button', { name: 'win' }).click();
      await page.waitForURL(/\/form$/);
      expect(reached).toEqual([]);
      evil.closeAllConnections();
      evil.close();
    },
  );

  test('the pages fit 320 px and pass their own policy', async () => {
    const context = await browser.newContext({ viewport: { width: 320, height: 600 }, colorScheme: 'dark' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', message => complaints.push(message.text()));
    await page.goto(`${room.gateway.url}_gatehouse/login`);
    const seen = await page.evaluate(() => ({
      width: document.documentElement.scrollWidth,
      background: getComputedStyle(document.body).backgroundColor,
    }));
    expect(seen).toEqual({ width: 320, background: 'rgb(22, 24, 27)' });
    expect(complaints.filter(text => !text.includes('favicon') && !text.includes('401'))).toEqual([]);
  });
});
