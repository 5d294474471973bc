/*
 * A guest's upload is counted by file: JupyterLab's page sends 1 MB at a time, and so may whoever means harm.
 */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Browser } from '@playwright/test';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openBrowser, pageOf } from '../support/browser.ts';
import { GuestClient } from '../support/guest.ts';
import { testPython } from '../support/jupyter.ts';
import { openShared, type Shared } from '../support/shared.ts';

const megabyte = 1_000_000;
const limit = 3 * megabyte;
let shared: Shared;
let work: string;
let guest: GuestClient;
let browser: Browser;

beforeAll(async () => {
  const python = await testPython();
  const folder = 'work';
  shared = await openShared(
    { PATH: `${dirname(python)}:/usr/bin:/bin` },
    ['jupyter', '--folder', folder],
    async home => {
      await mkdir(join(home.folder, folder));
      const settings = join(home.environment['GATEHOUSE_HOME'] ?? '', 'config');
      await mkdir(settings, { recursive: true });
      await writeFile(join(settings, 'settings.json'), JSON.stringify({ 'sharing.uploadMegabytes': 3 }));
    },
  );
  work = join(shared.home.folder, folder);
  guest = await newGuest();
  browser = await openBrowser();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  await shared?.close();
});

async function newGuest(): Promise<GuestClient> {
  const { url } = await shared.share({ role: 'editor', label: 'editor' });
  const joined = new GuestClient(url, shared.authority);
  expect((await joined.join()).status).toBe(200);
  return joined;
}

const xsrf = 'x'.repeat(32);

/** As the page does it. @returns status */
async function put(who: GuestClient, path: string, model: object | string): Promise<number> {
  const reply = await who.page(`/api/contents/${path}`, {
    method: 'PUT',
    headers: {
      cookie: `${who.cookie}; _xsrf=${xsrf}`,
      'x-xsrftoken': xsrf,
      'content-type': 'application/json',
    },
    body: typeof model === 'string' ? model : JSON.stringify(model),
  });
  return reply.status;
}

const part = (chunk: number, bytes: number, path = 'a.bin'): object => ({
  type: 'file',
  format: 'base64',
  name: path,
  chunk,
  content: Buffer.alloc(bytes, 7).toString('base64'),
});

async function sizeOf(path: string): Promise<number> {
  return (await stat(join(work, path)).catch(() => null))?.size ?? 0;
}

test('a file of the largest size, in parts and at once', async () => {
  for (const chunk of [1, 2, -1])
    expect(await put(guest, 'whole.bin', part(chunk, megabyte))).toBeLessThan(300);
  expect(await sizeOf('whole.bin')).toBe(limit);
  const { chunk: _, ...atOnce } = { ...part(0, limit), chunk: undefined };
  expect(await put(guest, 'at-once.bin', atOnce)).toBe(201);
  expect(await sizeOf('at-once.bin')).toBe(limit);
});

test('parts without end are refused at the limit', async () => {
  expect(await put(guest, 'endless.bin', part(1, megabyte))).toBe(201);
  const said: number[] = [];
  for (let chunk = 2; chunk < 10; chunk++) said.push(await put(guest, 'endless.bin', part(chunk, megabyte)));
  expect(said).toEqual([200, 200, 413, 413, 413, 413, 413, 413]);
  expect(await put(guest, 'endless.bin', part(-1, megabyte))).toBe(413);
  expect(await sizeOf('endless.bin')).toBe(limit);
});

test('the last part again and again appends nothing', async () => {
  expect(await put(guest, 'last.bin', part(1, megabyte))).toBe(201);
  const said: number[] = [];
  for (let count = 0; count < 5; count++) said.push(await put(guest, 'last.bin', part(-1, megabyte)));
  expect(said).toEqual([200, 409, 409, 409, 409]);
  expect(await sizeOf('last.bin')).toBe(2 * megabyte);
});

test('beginning again and again, and all at once, never makes a larger file', async () => {
  for (let count = 0; count < 4; count++) {
    expect(await put(guest, 'again.bin', part(1, megabyte))).toBeLessThan(300);
    expect(await put(guest, 'again.bin', part(2, megabyte))).toBe(200);
    expect(await sizeOf('again.bin')).toBe(2 * megabyte);
  }
  const chunks = [1, 2, 3, 1, 2, 3, 1, 2, 3, -1, -1, -1];
  const other = await newGuest();
  const said = await Promise.all(
    chunks.map((chunk, at) => put(at % 2 === 0 ? guest : other, 'again.bin', part(chunk, megabyte))),
  );
  expect(said).toContain(409);
  expect(await sizeOf('again.bin')).toBeLessThanOrEqual(limit);
});

test('another spelling of the path, the number or the name is the same file', async () => {
  expect(await put(guest, 'spelled.bin', part(1, limit, 'spelled.bin'))).toBe(201);
  const more = part(2, megabyte);
  for (const path of ['spelled.bin', '%73pelled.bin', 'spelled.bin/']) {
    expect([path, await put(guest, path, more)]).toEqual([path, 413]);
  }
  const text = JSON.stringify(more);
  for (const [from, to] of [
    ['"chunk":2', '"chunk":1,"chunk":2'],
    ['"chunk":2', '"chunk":"2"'],
    ['"chunk":2', '"chunk":1.5'],
  ] as const) {
    expect([to, await put(guest, 'spelled.bin', text.replace(from, to))]).toEqual([to, 400]);
  }
  expect(await put(guest, 'spelled.bin', text.replace('"chunk"', '"ch\\u0075nk"'))).toBe(413);
  expect(await sizeOf('spelled.bin')).toBe(limit);
});

test('what has failed at the server does not go on', async () => {
  expect(await put(guest, 'failed.bin', { ...part(1, 1), format: 'none' })).toBeGreaterThanOrEqual(400);
  expect(await put(guest, 'failed.bin', part(2, megabyte))).toBe(409);
});

test("JupyterLab's page uploads a file in parts, and is told where it is too large", async () => {
  const page = await pageOf(browser, guest);
  const parts: (number | null)[] = [];
  page.on('response', response => {
    if (response.request().method() === 'PUT' && response.url().includes('/api/contents/of-page')) {
      parts.push(response.status());
    }
  });
  await page.goto(`${guest.origin}/lab`, { waitUntil: 'domcontentloaded', timeout: 120_000 });
  const upload = async (name: string, bytes: number): Promise<void> => {
    const asked = page.waitForEvent('filechooser', { timeout: 120_000 });
    await page.locator('[data-jp-item-name="uploader"]').click({ timeout: 120_000 });
    await (await asked).setFiles({ name, mimeType: '', buffer: Buffer.alloc(bytes, 7) });
  };
  await upload('of-page.bin', 2_900_000);
  await expect.poll(() => sizeOf('of-page.bin'), { timeout: 60_000 }).toBe(2_900_000);
  expect((await readFile(join(work, 'of-page.bin'))).every(byte => byte === 7)).toBe(true);
  expect(parts).toEqual([201, 200, 200]);
  parts.length = 0;
  await upload('of-page-too.bin', 3_900_000);
  await expect.poll(() => parts, { timeout: 60_000 }).toEqual([201, 200, 413]);
  await page.getByText('may have 3 MB at most').first().waitFor({ timeout: 30_000 });
  expect(await sizeOf('of-page-too.bin')).toBeLessThanOrEqual(limit);
}, 300_000);
