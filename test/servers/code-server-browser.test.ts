/*
 * code-server in a real browser: its owner by name on this computer, and a guest on another who has installed
 * the authority. Webviews, service worker, clipboard, terminal.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import {
  chromiumPath,
  openGuestBrowser,
  openGuestNetwork,
  type GuestNetwork,
} from '../e2e/support/network.ts';
import { eventually, makeHome, serve, type Served, type TestHome } from '../support/core.ts';
import { everyProcess } from '../support/processes.ts';
import { nodeServer } from '../support/server-packages.ts';

let home: TestHome;
let served: Served;
let core: CoreClient;
let network: GuestNetwork;
let work: string;
let folder = '';
let owner: Browser;
let guest: BrowserContext;

const image = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR4nGP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC',
  'base64',
);

// In CI a Chromium that is missing is a failure, not a test left out.
describe.skipIf(!existsSync(chromiumPath) && process.env['CI'] !== 'true')('code-server in Chromium', () => {
  beforeAll(async () => {
    const programs = join(await nodeServer('code-server'), 'node_modules', '.bin');
    network = openGuestNetwork();
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-code-'));
    home = await makeHome({
      PATH: [programs, dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter),
    });
    work = join(home.folder, 'wörk');
    await mkdir(work);
    await writeFile(join(work, 'picture.png'), image);
    await writeFile(join(work, 'shown.md'), '# The heading\n\n![the picture](./picture.png)\n');
    // The user's own settings: they have to be in force.
    const settings = join(home.folder, '.local', 'share', 'code-server', 'User');
    await mkdir(settings, { recursive: true });
    const own = {
      'window.title': 'titled by the user',
      'security.workspace.trust.enabled': false,
      'workbench.startupEditor': 'none',
      'chat.disableAIFeatures': true,
      'terminal.integrated.gpuAcceleration': 'off',
    };
    await writeFile(join(settings, 'settings.json'), JSON.stringify(own));
    served = await serve(home, 'code-server', '--folder', work, '--secrets', 'memory');
    core = await home.client();
    owner = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox'] });
    const { pem } = await core.call('authority.info');
    guest = await openGuestBrowser({ network, folder, authority: pem });
  });
  afterAll(async () => {
    await guest?.close();
    await owner?.close();
    core?.close();
    served?.child.kill('SIGTERM');
    await served?.ended;
    await home?.[Symbol.asyncDispose]();
    network?.close();
    if (folder !== '') await rm(folder, { recursive: true, force: true });
  });

  /** Every complaint of a page about a policy, its own or ours. */
  function faultsOf(page: Page): string[] {
    const faults: string[] = [];
    page.on('console', message => {
      if (/Content Security Policy|base URI/i.test(message.text())) faults.push(message.text());
    });
    return faults;
  }

  async function ownerPage(): Promise<Page> {
    const page = await owner.newPage();
    page.setDefaultTimeout(60_000);
    return page;
  }

  async function guestPage(): Promise<Page> {
    const page = await guest.newPage();
    page.setDefaultTimeout(60_000);
    return page;
  }

  async function enter(page: Page): Promise<void> {
    const { url } = await core.call('share.create', {
      server: served.server.id,
      role: 'full',
      label: 'Ada',
      expiresSeconds: 3600,
      uses: null,
      approval: false,
      listen: network.address,
      acknowledged: true,
    });
    await page.goto(url);
    await page.getByRole('textbox').fill('Ada');
    await page.getByRole('button', { name: /join/i }).click();
  }

  /** Opens the file and its preview, which is a webview of an extension; the width of its picture. */
  async function preview(page: Page): Promise<{ heading: string | null; width: number; notice: boolean }> {
    await page.getByRole('treeitem', { name: 'shown.md' }).dblclick();
    const line = page.locator('.monaco-editor .view-line', { hasText: 'The heading' });
    await line.waitFor();
    const webview = page.locator('iframe.webview').first();
    // The key is known once the extension that brings it has been read.
    await eventually('the preview opens', 60_000, async () => {
      if ((await webview.count()) > 0) return true;
      await line.click({ timeout: 1000 });
      await page.keyboard.press('Control+Shift+V');
      return webview.waitFor({ state: 'attached', timeout: 5000 }).then(() => true);
    });
    const shown = page.frameLocator('iframe.webview').frameLocator('#active-frame');
    const heading = await shown.locator('h1').textContent();
    const width = await eventually('the picture is there', 30_000, () =>
      shown.locator('img').evaluate((element: HTMLImageElement) => element.naturalWidth || null),
    );
    const notice = await shown.getByText('content has been disabled').isVisible();
    return { heading, width, notice };
  }

  /** Runs a line in a new terminal, which goes over the WebSocket; what it has written. */
  async function inTerminal(page: Page, file: string): Promise<string> {
    const input = page.locator('.xterm-helper-textarea').last();
    // The first press may come before the workbench listens.
    await eventually('a terminal opens', 60_000, async () => {
      await page.keyboard.press('Control+Shift+`');
      return input.waitFor({ state: 'attached', timeout: 10_000 }).then(() => true);
    });
    await page.locator('.xterm-rows', { hasText: /[#$]/ }).last().waitFor();
    await input.focus();
    await page.keyboard.type(`echo $((6 * 7)) > ${file}\n`);
    return eventually('the line has run', 30_000, () => readFile(join(work, file), 'utf8'));
  }

  test('its owner opens it by name, with a preview and a terminal, and no policy in the way', async () => {
    const page = await ownerPage();
    const faults = faultsOf(page);
    const { url } = await home.json<{ url: string }>('link', served.server.id);
    await page.goto(url);
    await page.locator('.monaco-workbench').waitFor();
    expect(new URL(page.url()).searchParams.get('folder')).toBe(work);
    expect(await preview(page)).toEqual({ heading: 'The heading', width: 10, notice: false });
    expect(await inTerminal(page, 'by-owner.txt')).toBe('42\n');
    expect(faults).toEqual([]);
    await page.close();
  });

  test("a guest's workbench loads, with the settings of its owner and the guest's banner", async () => {
    const page = await guestPage();
    const faults = faultsOf(page);
    await enter(page);
    await page.locator('.monaco-workbench').waitFor();
    await page.waitForFunction(() => document.title === '[Full] titled by the user');
    expect(await page.locator('gatehouse-guest').count()).toBe(1);
    expect(await page.evaluate(() => isSecureContext)).toBe(true);
    expect(await preview(page)).toEqual({ heading: 'The heading', width: 10, notice: false });
    expect(faults).toEqual([]);
    await page.close();
  });

  test('a service worker runs for the webviews of a guest, and none for the whole address', async () => {
    const page = await guestPage();
    await enter(page);
    await preview(page);
    const scopes = await page.evaluate(async () => {
      const all = await navigator.serviceWorker.getRegistrations();
      return all.map(({ scope }) => new URL(scope).pathname);
    });
    expect(scopes).toEqual([
      expect.stringMatching(/^\/stable-[0-9a-f]{40}\/static\/.*\/webview\/browser\/pre\/$/),
    ]);
    await page.close();
  });

  test('the clipboard of a guest takes what VS Code copies', async () => {
    const page = await guestPage();
    await enter(page);
    const { origin } = new URL(page.url());
    await guest.grantPermissions(['clipboard-read', 'clipboard-write'], { origin });
    await page.getByRole('treeitem', { name: 'shown.md' }).click();
    await page.keyboard.press('Control+Alt+C');
    const copied = await eventually('something is copied', 30_000, () =>
      page.evaluate(() => navigator.clipboard.readText()),
    );
    expect(copied).toBe(join(work, 'shown.md'));
    await page.close();
  });

  test('a terminal of a guest runs a line; with the terminal open, stopping leaves no process', async () => {
    const page = await guestPage();
    await enter(page);
    await page.getByRole('treeitem', { name: 'shown.md' }).waitFor();
    expect(await inTerminal(page, 'by-guest.txt')).toBe('42\n');
    const marked = async (): Promise<string[]> =>
      (await everyProcess())
        .filter(
          ({ environment }) => environment.includes(`GATEHOUSE_RUN=`) && environment.includes(servedHome()),
        )
        .map(({ argv }) => argv.replaceAll('\0', ' '));
    const before = await marked();
    expect(before.some(argv => argv.includes('ptyHost'))).toBe(true);
    expect(before.some(argv => /bash|\/sh/.test(argv))).toBe(true);
    await home.cli('stop', served.server.id);
    expect(await marked()).toEqual([]);
    await page.close();
  });

  function servedHome(): string {
    return Buffer.from(home.folder, 'utf8').toString('latin1');
  }
});
