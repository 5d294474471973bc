/*
 * The attack: a foreign page leads a browser to an address with the attacker's token, and its user goes on in
 * the attacker's session (login CSRF).
 */
import { createServer } from 'node:http';
import type { Browser, Page } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pathRules } from '../../../src/main/core/profiles/custom/path-sharing.ts';
import { openBrowser, pageOf } from '../../support/browser.ts';
import { listen } from '../../support/gateway.ts';
import type { GuestClient } from '../../support/guest.ts';
import { openShareRoom, type ShareRoom } from '../../support/share-room.ts';

let room: ShareRoom;
let browser: Browser;
let elsewhere: string;
/** The page of the attacker leads where its own address says. */
const evil = createServer((request, response) => {
  const target = new URL(request.url ?? '', 'http://evil').searchParams.get('to') ?? '';
  response.setHeader('Content-Type', 'text/html');
  response.end(`<a href="${target}">win</a>`);
});

beforeAll(async () => {
  room = await openShareRoom(pathRules({ viewer: { requests: ['GET /**'] } }));
  browser = await openBrowser();
  elsewhere = `http://localhost:${await listen(evil)}/`;
});
afterAll(async () => {
  await browser?.close();
  evil.closeAllConnections();
  evil.close();
  await room?.close();
});

const tokenAddress = ({ origin, id, secret }: GuestClient, name = 'token'): string =>
  `${origin}/page.html?${name}=${id}.${secret}`;

async function freshPage(): Promise<Page> {
  return (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
}

/** Its cookies, but for the one that only asks whether it keeps any. */
async function sessions(page: Page): Promise<readonly string[]> {
  const cookies = await page.context().cookies(room.origin);
  return cookies.flatMap(({ name, value }) => (name.endsWith('-probe') ? [] : [value]));
}

async function ledBy(page: Page, address: string): Promise<void> {
  await page.goto(`${elsewhere}?to=${encodeURIComponent(address)}`);
  await page.getByRole('link', { name: 'win' }).click();
  await page.waitForURL(`${room.origin}/**`);
}

test.each(['token', 'gatehouse-token'])(
  'a foreign page with `?%s=` signs nobody in and spends no use; the button does',
  async name => {
    const link = await room.link('viewer', { uses: 1 });
    const page = await freshPage();
    await ledBy(page, tokenAddress(link, name));
    expect(new URL(page.url()).pathname).toBe(`/_gatehouse/join/${link.id}`);
    expect(await sessions(page)).toEqual([]);
    await page.getByRole('button').first().click();
    await page.waitForURL(`${room.origin}/lab`);
    expect(await sessions(page)).toHaveLength(1);
  },
);

test('a browser that has a session keeps it', async () => {
  const victim = await room.guest('viewer');
  const page = await pageOf(browser, victim);
  await page.goto(`${room.origin}/page.html`);
  const before = await page.context().cookies(room.origin);
  await ledBy(page, tokenAddress(await room.link('viewer')));
  expect(await page.context().cookies(room.origin)).toEqual(before);
});

test('an address that a person opens in the browser itself signs in', async () => {
  const page = await freshPage();
  await page.goto(tokenAddress(await room.link('viewer')));
  expect(page.url()).toBe(`${room.origin}/page.html`);
  expect(await sessions(page)).toHaveLength(1);
});

test('a program with the token in its address is answered, and given no cookie', async () => {
  const link = await room.link('viewer');
  const reply = await link.ask(tokenAddress(link).slice(link.origin.length));
  expect([reply.status, reply.body, reply.headers['set-cookie']]).toEqual([200, 'executed', undefined]);
});

test.each(['cross-site', 'same-site', 'same-origin', 'unknown', ''])(
  'a navigation that says Sec-Fetch-Site "%s" is led to the page of the link',
  async site => {
    const link = await room.link('viewer');
    const headers = { 'sec-fetch-site': site, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
    const reply = await link.ask(tokenAddress(link).slice(link.origin.length), { headers });
    expect([reply.status, reply.headers['set-cookie']]).toEqual([303, undefined]);
    expect(reply.headers['location']).toBe(`${link.origin}/_gatehouse/join/${link.id}#${link.secret}`);
  },
);
