/*
 * matlab-proxy's own page in a real Chromium: its owner is signed in already, in two tabs, below a path of
 * their own.
 */
import { chromium, type Browser, type BrowserContext } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve, type Served, type TestHome } from '../support/core.ts';
import { matlabHome } from '../support/matlab.ts';

let home: TestHome;
let served: Served;
let browser: Browser;
let context: BrowserContext;

beforeAll(async () => {
  home = await matlabHome({ MWI_BASE_URL: '/m' });
  served = await serve(home, 'matlab-proxy', '--secrets', 'memory');
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  context = await browser.newContext();
});
afterAll(async () => {
  await browser?.close();
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
});

test('the link signs in; the page asks for no token and says what the server says', async () => {
  const page = await context.newPage();
  const failed: string[] = [];
  page.on('response', response => {
    if (response.status() >= 400) failed.push(`${response.status()} ${new URL(response.url()).pathname}`);
  });
  const env = page.waitForResponse(response => response.url().endsWith('/get_env_config'));
  await page.goto(served.link.url);
  expect(new URL(page.url()).pathname).toBe('/m/index.html');
  expect(await (await env).json()).toMatchObject({ authentication: { enabled: true, status: true } });
  // What it says in every such case, and only to who is let in.
  await page.getByText('Unable to find MATLAB on the system PATH').first().waitFor();
  expect(await page.locator('input[name="token"], #token-input, input[type="password"]').count()).toBe(0);
  expect(failed).toEqual([]);
  const cookies = await context.cookies();
  expect(cookies.filter(({ name }) => name.startsWith('matlab-proxy-session'))).toEqual([]);
});

test('a token in the address, as matlab-proxy prints it, is taken and gone from it', async () => {
  const token = await served.token();
  const page = await (await browser.newContext()).newPage();
  await page.goto(`${served.server.url}?mwi-auth-token=${token}`);
  expect(new URL(page.url()).pathname).toBe('/m/index.html');
  expect(page.url()).not.toContain(token);
  await page.getByText('Unable to find MATLAB on the system PATH').first().waitFor();
});
