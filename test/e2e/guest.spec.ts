/*
 * Guests with a real browser on a computer of their own: they come in by the link, work, look on, are
 * refused, and are thrown out.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { chromium, expect, test, type Browser, type BrowserContext, type Page } from '@playwright/test';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { NewShareLink, ShareRequest } from '../../src/shared/share-model.ts';
import { qrText } from '../../src/main/cli/qr.ts';
import { eventually, makeHome, serve, type Served, type TestHome } from '../support/core.ts';
import { GuestClient } from '../support/guest.ts';
import { otherEnvironment } from '../support/jupyter.ts';
import { readQrText } from '../support/qr.ts';
import { chromiumPath, openGuestBrowser, openGuestNetwork, type GuestNetwork } from './support/network.ts';

test.skip(!existsSync(chromiumPath) && process.env['CI'] !== 'true', 'Chromium is not installed.');
test.describe.configure({ mode: 'serial', timeout: 240_000 });

let home: TestHome;
let served: Served;
let core: CoreClient;
let network: GuestNetwork;
let folder: string;
let owner: Browser;
const contexts: BrowserContext[] = [];

test.beforeAll(async () => {
  test.setTimeout(900_000);
  const python = await otherEnvironment('test-jupyter-collaboration');
  network = openGuestNetwork();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-guests-'));
  home = await makeHome({ PATH: [dirname(python), '/usr/bin', '/bin'].join(delimiter) });
  const cell = { cell_type: 'code', execution_count: null, id: 'one', metadata: {}, outputs: [], source: '' };
  const kernelspec = { name: 'python3', display_name: 'Python 3', language: 'python' };
  const notebook = { cells: [cell], metadata: { kernelspec }, nbformat: 4, nbformat_minor: 5 };
  await writeFile(join(home.folder, 'shown.ipynb'), JSON.stringify(notebook));
  served = await serve(home, '--secrets', 'memory');
  core = await home.client();
  owner = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
});
test.afterAll(async () => {
  await Promise.all(contexts.map(context => context.close()));
  await owner?.close();
  core?.close();
  served?.child.kill('SIGTERM');
  await served?.ended;
  await home?.[Symbol.asyncDispose]();
  network?.close();
  await rm(folder, { recursive: true, force: true });
});

function share(change: Partial<ShareRequest>): Promise<NewShareLink> {
  return core.call('share.create', {
    server: served.server.id,
    role: 'viewer',
    label: 'a guest',
    expiresSeconds: 3600,
    uses: null,
    approval: false,
    listen: network.address,
    acknowledged: true,
    ...change,
  });
}

let guests = 0;
async function guestBrowser(installed: boolean): Promise<BrowserContext> {
  guests += 1;
  const authority = installed ? (await core.call('authority.info')).pem : null;
  const context = await openGuestBrowser({ network, folder: join(folder, `guest ${guests}`), authority });
  contexts.push(context);
  return context;
}

async function enter(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByRole('textbox').fill(name);
  await page.getByRole('button', { name: /join/i }).click();
}

async function ownerPage(): Promise<Page> {
  const { url } = await home.json<{ url: string }>('link', served.server.id);
  const page = await owner.newPage();
  await page.goto(url);
  await expect(page.locator('#jp-main-dock-panel')).toBeVisible({ timeout: 60_000 });
  await page.goto(`${served.server.url}lab/tree/shown.ipynb`);
  await expect(page.locator('.jp-Notebook .jp-CodeCell').first()).toBeVisible({ timeout: 60_000 });
  return page;
}

test('without the authority a browser warns; the link preview of a robot uses nothing up', async () => {
  const link = await share({ uses: 1 });
  const context = await guestBrowser(false);
  const page = await context.newPage();
  const outcome = await page.goto(link.url).then(
    () => 'open',
    (error: Error) => error.message,
  );
  expect(outcome).toContain('ERR_CERT_AUTHORITY_INVALID');
  const robot = new GuestClient(link.url, (await core.call('authority.info')).pem);
  if (network.namespace === null) {
    for (let visit = 0; visit < 3; visit++) await robot.open(`/_gatehouse/join/${robot.id}`);
  }
  expect((await core.call('share.links')).find(({ id }) => id === link.id)).toMatchObject({ usesLeft: 1 });
});

test('a guest reads the link from its QR code, comes in as an editor, and runs a cell; a service worker registers', async () => {
  const link = await share({ role: 'editor', label: 'Ada' });
  const seen = readQrText(qrText(link.url, true));
  expect(seen).toBe(link.url);
  const context = await guestBrowser(true);
  const page = await context.newPage();
  await page.goto(seen ?? '');
  await expect(page.locator('body')).toContainText('Code that you run here runs as');
  expect(page.url()).not.toContain('#');
  await page.getByRole('textbox').fill('Ada Ünal');
  await page.getByRole('button', { name: /join/i }).click();
  await expect(page.locator('#jp-main-dock-panel')).toBeVisible({ timeout: 60_000 });
  await page.goto(`${new URL(link.url).origin}/lab/tree/shown.ipynb`);
  const cell = page.locator('.jp-Notebook .jp-CodeCell').first();
  await runIn(page, 'print(6 * 7)');
  await expect(cell.locator('.jp-OutputArea-output').first()).toContainText('42');
  await expect(page).toHaveTitle(/Editor/);
  const scope = await page.evaluate(async () => {
    const registration = await navigator.serviceWorker
      .register('/static/lab/gatehouse-test.js')
      .catch((error: Error) => error.message);
    return typeof registration === 'string' ? registration : registration.scope;
  });
  // There is no such script; what counts is that the certificate does not stand in the way.
  expect(scope).not.toMatch(/SSL|certificate/i);
  const people = await core.call('share.people');
  expect(people.find(({ link: id }) => id === link.id)).toMatchObject({ name: 'Ada Ünal', role: 'editor' });
  await page.close();
});

test('attack: a page that an editor has uploaded does nothing as the owner who opens it', async () => {
  const link = await share({ role: 'editor', label: 'Mallory' });
  const guest = new GuestClient(link.url, (await core.call('authority.info')).pem);
  test.skip(
    network.namespace !== null && !(await reaches(guest)),
    'This computer cannot reach its own guests.',
  );
  await guest.join('Mallory');
  const lab = await guest.open('/lab');
  const xsrf = /_xsrf=([^;]+)/.exec([lab.headers['set-cookie'] ?? []].flat().join('; '))?.[1] ?? '';
  const script = `fetch('/api/contents').then(r => r.text(), e => 'kept out').then(t => { document.title = t.slice(0, 40) })`;
  const content = `<!doctype html><title>waiting</title><script>${script}</script>`;
  guest.cookie += `; _xsrf=${xsrf}`;
  const saved = await guest.page('/api/contents/evil.html', {
    method: 'PUT',
    headers: { 'content-type': 'application/json', 'x-xsrftoken': xsrf },
    body: JSON.stringify({ type: 'file', format: 'text', content }),
  });
  expect(saved.status).toBe(201);
  const { url } = await home.json<{ url: string }>('link', served.server.id);
  const page = await owner.newPage();
  await page.goto(url);
  // From the server's own page, as a person would: Jupyter looks at the Referer here.
  await page.evaluate(() => location.assign('/files/evil.html'));
  await expect(page).toHaveTitle('kept out');
  await page.close();
});

async function reaches(guest: GuestClient): Promise<boolean> {
  return guest.open('/_gatehouse/left').then(({ status }) => status === 200);
}

async function runIn(page: Page, code: string): Promise<void> {
  const cell = page.locator('.jp-Notebook .jp-CodeCell').first();
  const editor = cell.locator('.cm-content');
  await page
    .locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    .first()
    .waitFor({ timeout: 60_000 });
  await editor.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.type(code);
  await expect(async () => {
    await editor.click();
    await page.keyboard.press('Control+Enter');
    await cell.locator('.jp-OutputArea-output').first().waitFor({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
}

test("a viewer sees the owner's typing and output live, runs nothing, and is out at once when the link is revoked", async () => {
  const link = await share({ role: 'viewer', label: 'Grace' });
  const context = await guestBrowser(true);
  const page = await context.newPage();
  await enter(page, link.url, 'Grace');
  await expect(page.locator('#jp-main-dock-panel')).toBeVisible({ timeout: 60_000 });
  await page.goto(`${new URL(link.url).origin}/lab/tree/shown.ipynb`);
  const seen = page.locator('.jp-Notebook .jp-CodeCell').first();
  await expect(seen).toBeVisible({ timeout: 60_000 });
  const mine = await ownerPage();
  await runIn(mine, "print('typed by the ' + 'owner')");
  await expect(seen.locator('.cm-content')).toContainText("print('typed by the ' + 'owner')", {
    timeout: 30_000,
  });
  await expect(seen.locator('.jp-OutputArea-output').first()).toContainText('typed by the owner', {
    timeout: 30_000,
  });
  const kernels = await countKernels();
  await seen.locator('.cm-content').click();
  await page.keyboard.press('Control+Enter');
  await expect(page.locator('body')).toContainText(/lets you look/, { timeout: 30_000 });
  expect(await countKernels()).toBe(kernels);

  // Another link keeps the listener open, which tells the page why its session is over.
  await share({ role: 'viewer', label: 'Ada' });
  const begun = performance.now();
  await core.call('share.revoke', link.id);
  expect(performance.now() - begun).toBeLessThan(3000);
  await expect(page).toHaveTitle(/revoked/i, { timeout: 30_000 });
  await page.goto(`${new URL(link.url).origin}/lab`).catch(() => null);
  await expect(page.locator('body')).not.toContainText('Kernel');
  await runIn(mine, 'print(1 + 1)');
  await expect(
    mine.locator('.jp-Notebook .jp-CodeCell').first().locator('.jp-OutputArea-output').first(),
  ).toContainText('2');
  await mine.close();
});

async function countKernels(): Promise<number> {
  const answer = await fetch(`${(served.server.url ?? '').replace(/\/\/[^:/]+/, '//127.0.0.1')}api/kernels`, {
    headers: { authorization: `Bearer ${await served.token()}` },
  });
  return ((await answer.json()) as unknown[]).length;
}

test('with approval the page waits for the owner, and leaving is one click', async () => {
  const link = await share({ approval: true, label: 'Lin' });
  const context = await guestBrowser(true);
  // The banner is closed to the page, and so to this test.
  await context.addInitScript(() => {
    // oxlint-disable-next-line typescript/unbound-method -- called with its own element below
    const attach = Element.prototype.attachShadow;
    Element.prototype.attachShadow = function attachOpen(options) {
      return attach.call(this, { ...options, mode: 'open' });
    };
  });
  const page = await context.newPage();
  await enter(page, link.url, 'Lin');
  const [waiting] = await eventually('somebody waits', 10_000, async () => {
    const all = await core.call('share.waiting');
    return all.length > 0 ? all : null;
  });
  await core.call('share.answer', waiting?.id ?? '', { allow: true });
  await expect(page.locator('#jp-main-dock-panel')).toBeVisible({ timeout: 60_000 });
  // By keyboard: a notice of JupyterLab may lie above the banner, which gives way to notices on purpose.
  await page.getByRole('button', { name: /leave/i }).press('Enter');
  await expect(page).toHaveURL(/_gatehouse\/left/);
  expect((await core.call('share.people')).some(({ link: id }) => id === link.id)).toBe(false);
});
