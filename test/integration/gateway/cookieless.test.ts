/*
 * A browser that keeps no cookies is told so, at both doors, and the link is good afterwards in one that
 * keeps them.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathRules } from '../../../src/main/core/profiles/custom/path-sharing.ts';
import { openBrowser } from '../../support/browser.ts';
import { openRoom, token, type Room } from '../../support/gateway.ts';
import { openShareRoom, type ShareRoom } from '../../support/share-room.ts';

let room: Room;
let share: ShareRoom;
let browser: Browser;
let blocked: BrowserContext;
let folder: string;

beforeAll(async () => {
  room = await openRoom();
  share = await openShareRoom(pathRules({ viewer: { requests: ['GET /**'] } }));
  browser = await openBrowser();
  folder = await mkdtemp(join(tmpdir(), 'cookieless-'));
  await mkdir(join(folder, 'Default'));
  // As the settings page of Chromium writes "block all cookies".
  const preferences = { profile: { default_content_setting_values: { cookies: 2 } } };
  await writeFile(join(folder, 'Default', 'Preferences'), JSON.stringify(preferences));
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  const args = ['--no-sandbox'];
  blocked = await chromium.launchPersistentContext(folder, { executablePath, args, ignoreHTTPSErrors: true });
}, 60_000);
afterAll(async () => {
  await blocked?.close();
  await browser?.close();
  await room?.close();
  await share?.close();
  await rm(folder, { recursive: true, force: true });
});

async function usualPage(): Promise<Page> {
  return (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
}

const sentence = 'This browser keeps no cookies for this address';

test('a sign-in link is not used up, and says why it does not work', async () => {
  const { url } = room.gateway.oneTimeLink();
  const page = await blocked.newPage();
  await page.goto(url);
  expect(await page.getByRole('heading').textContent()).toBe(sentence);
  expect(await page.textContent('main')).toContain('has not been used up');
  await page.getByRole('link', { name: 'try again' }).click();
  expect(await page.getByRole('heading').textContent()).toBe(sentence);
  const usual = await usualPage();
  await usual.goto(url);
  expect(usual.url()).toBe(`http://${room.host}/lab`);
  // Once, as ever.
  await usual.goto(url);
  expect(await usual.getByRole('heading').textContent()).toContain('no longer works');
});

test('the form with the right token opens no session, and says why', async () => {
  const page = await blocked.newPage();
  await page.goto(`${room.gateway.url}_gatehouse/login`);
  await page.getByLabel('Access token').fill(token);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: sentence }).waitFor();
  expect(room.lines.filter(line => line.includes('a browser was signed in'))).toHaveLength(1);
});

test('curl without a jar uses nothing up', async () => {
  const { url } = room.gateway.oneTimeLink();
  const resolve = `${new URL(url).host}:127.0.0.1`;
  const { stdout } = await promisify(execFile)('curl', ['-sL', '--resolve', resolve, url]);
  expect(stdout).toContain(sentence);
  const usual = await usualPage();
  await usual.goto(url);
  expect(usual.url()).toBe(`http://${room.host}/lab`);
});

test('a guest’s link is not used up, and says why it does not work', async () => {
  const link = await share.link('viewer', { uses: 1 });
  const url = `${link.origin}/_gatehouse/join/${link.id}#${link.secret}`;
  const page = await blocked.newPage();
  await page.goto(url);
  await page.getByRole('heading', { name: sentence }).waitFor();
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.getByRole('heading', { name: sentence }).waitFor();
  const usual = await usualPage();
  await usual.goto(url);
  await usual.getByRole('button', { name: 'Join' }).click();
  await usual.waitForURL(`${link.origin}/lab`);
  expect(share.executed.map(({ what }) => what)).toContain('GET /lab');
});
