/* What a person opens and saves from a server's own page: downloads, and further windows. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, type Page } from '@playwright/test';
import { eventually } from '../support/core.ts';
import { test, type App } from './support/app.ts';

async function downloadsOf(app: App, home: string): Promise<string> {
  const folder = join(home, 'Downloads');
  await mkdir(folder, { recursive: true });
  await app.electron.evaluate(({ app: electron }, place) => electron.setPath('downloads', place), folder);
  return folder;
}

/** A link of the page, clicked by the mouse. */
async function clickLink(page: Page, attributes: Readonly<Record<string, string>>): Promise<void> {
  await page.evaluate(named => {
    document.querySelector('#test-link')?.remove();
    const link = document.createElement('a');
    for (const [name, value] of Object.entries(named)) link.setAttribute(name, value);
    link.id = 'test-link';
    link.textContent = 'a link of the page';
    link.style.cssText = 'position:fixed;top:40px;left:40px;z-index:100000;background:white;padding:1em';
    document.body.append(link);
  }, attributes);
  await page.locator('#test-link').click();
}

test('a link of the page with `download` saves what the server has', async ({ app, home }) => {
  const lab = await app.homeWindow.startJupyter();
  const folder = await downloadsOf(app, home.folder);
  await writeFile(join(home.folder, 'data.csv'), 'a,b\n1,2\n');
  await clickLink(lab, { href: '/files/data.csv', download: 'data.csv' });
  await expect
    .poll(async () => readFile(join(folder, 'data.csv'), 'utf8').catch(() => null), { timeout: 20_000 })
    .toBe('a,b\n1,2\n');
  // One that fails says why.
  await app.electron.evaluate(({ dialog }) => {
    const told: string[] = [];
    Object.assign(globalThis, { told });
    const show = async (...args: unknown[]): Promise<{ response: number }> => {
      told.push(JSON.stringify(args.at(-1)));
      return { response: 0 };
    };
    Object.assign(dialog, { showMessageBox: show });
  });
  await clickLink(lab, { href: '/files/missing.csv', download: 'missing.csv' });
  const told = (): Promise<string> =>
    app.electron.evaluate(() => (globalThis as unknown as { told: string[] }).told.join());
  await expect.poll(told).toMatch(/missing\.csv.* could not be downloaded.*404/u);
});

test('File > Download of JupyterLab saves the notebook', async ({ app, home }) => {
  const lab = await app.homeWindow.startJupyter();
  const folder = await downloadsOf(app, home.folder);
  await lab.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
  await lab.locator('.jp-Notebook').waitFor({ timeout: 60_000 });
  await lab.getByText('File', { exact: true }).first().click();
  await lab
    .locator('.lm-Menu-item', { hasText: /^Download/u })
    .first()
    .click();
  await expect
    .poll(async () => readFile(join(folder, 'Untitled.ipynb'), 'utf8').catch(() => ''), { timeout: 20_000 })
    .toContain('"nbformat"');
});

interface Shown {
  readonly visible: boolean;
  readonly title: string;
  readonly url: string;
}

async function windowsOf({ electron }: App): Promise<readonly Shown[]> {
  return electron.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows().map(window => ({
      visible: window.isVisible(),
      title: window.getTitle(),
      url: window.webContents.getURL(),
    })),
  );
}

/** The window that shows this path, once its page has come. */
async function windowAt(app: App, path: string): Promise<Shown> {
  return eventually(`a window at ${path}`, 20_000, async () => {
    const shown = await windowsOf(app);
    const found = shown.find(({ url, title }) => url.endsWith(path) && /^JupyterLab - ./u.test(title));
    return found?.visible === true ? found : null;
  });
}

test('what a page opens is a window in sight, which outlives the first one', async ({ app }) => {
  const lab = await app.homeWindow.startJupyter();
  await clickLink(lab, { href: '/tree?noopener', target: '_blank', rel: 'noopener' });
  expect((await windowAt(app, '/tree?noopener')).title).toBe('JupyterLab - Jupyter Server');
  await clickLink(lab, { href: '/tree?blank', target: '_blank' });
  await windowAt(app, '/tree?blank');
  await lab.evaluate(() => void window.open('/tree?script'));
  await windowAt(app, '/tree?script');
  // As JupyterLab opens a file "in a new browser tab".
  await lab.evaluate(() => {
    const opened = window.open();
    if (opened === null) throw new Error('no window');
    opened.opener = null;
    opened.location.href = '/tree?later';
  });
  await windowAt(app, '/tree?later');
  await lab.close();
  await windowAt(app, '/tree?blank');
  // The server's first page comes back beside them.
  await app.homeWindow.page.getByRole('button', { name: /^Open/u }).first().click();
  await eventually('the first page', 20_000, async () =>
    (await windowsOf(app)).some(({ url, visible }) => visible && new URL(url).pathname === '/lab'),
  );
});

test('a page with unsaved changes is asked for by a question that stops nothing else', async ({ app }) => {
  const lab = await app.homeWindow.startJupyter();
  await makeUnsaved(lab);
  await app.electron.evaluate(({ dialog }) => {
    const questions: ((answer: number) => void)[] = [];
    Object.assign(globalThis, { questions });
    const ask = (): Promise<{ response: number }> =>
      new Promise(done => {
        questions.push(response => done({ response }));
      });
    Object.assign(dialog, { showMessageBox: ask });
  });
  const asked = (): Promise<number> =>
    app.electron.evaluate(() => (globalThis as unknown as { questions: unknown[] }).questions.length);
  const answer = (response: number): Promise<void> =>
    app.electron.evaluate((_electron, chosen) => {
      (globalThis as unknown as { questions: ((answer: number) => void)[] }).questions.at(-1)?.(chosen);
    }, response);
  const close = (): Promise<void> =>
    app.electron.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()
        .find(window => window.webContents.getURL().includes('/lab'))
        ?.close();
    });
  await close();
  await expect.poll(asked).toBe(1);
  // While the question is open, the page goes on talking to its server.
  expect(await lab.evaluate(async () => (await fetch('/api/status')).status)).toBe(200);
  await answer(0);
  expect(lab.isClosed()).toBe(false);
  // An answer is to what was tried: leaving by a reload of the page does not close the window after all.
  await lab.evaluate(() => location.reload());
  await expect.poll(asked).toBe(2);
  await answer(1);
  await Promise.all([lab.waitForEvent('load'), lab.evaluate(() => location.reload())]);
  expect(lab.isClosed()).toBe(false);
  await makeUnsaved(lab);
  await close();
  await expect.poll(asked).toBe(3);
  await answer(1);
  await expect.poll(() => lab.isClosed()).toBe(true);
});

/** Chromium asks only for pages that their user has touched. */
async function makeUnsaved(lab: Page): Promise<void> {
  await lab.locator('.jp-Launcher').click({ position: { x: 5, y: 5 }, timeout: 60_000 });
  await lab.evaluate(() => {
    window.addEventListener('beforeunload', event => {
      event.returnValue = 'unsaved';
    });
  });
}

test('Stop, Forget and Quit name what would be lost, and lose nothing without an answer', async ({
  app,
  core,
  home,
}) => {
  const lab = await app.homeWindow.startJupyter();
  const { id, name } = await core.inState('ready');
  await lab.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
  const cell = lab.locator('.jp-Notebook .jp-InputArea-editor').first();
  await cell.click();
  await lab.keyboard.type('import time; time.sleep(600)');
  await lab.keyboard.press('Control+Enter');
  await app.electron.evaluate(({ dialog }) => {
    const told: string[] = [];
    Object.assign(globalThis, { told, response: 0 });
    const show = async (options: { message: string; detail: string }): Promise<{ response: number }> => {
      told.push(`${options.message} ${options.detail}`);
      return { response: (globalThis as unknown as { response: number }).response };
    };
    Object.assign(dialog, { showMessageBox: show });
  });
  const told = (): Promise<string> =>
    app.electron.evaluate(() => (globalThis as unknown as { told: string[] }).told.splice(0).join());
  await expect
    .poll(
      async () => {
        await chooseFromMenu(app.homeWindow.page, name, 'Stop');
        return told();
      },
      { timeout: 30_000 },
    )
    .toMatch(/Stop “JupyterLab”.*kernel is running a cell.*Not saved: Untitled\.ipynb/su);
  expect((await core.server()).state).toBe('ready');
  await app.electron.evaluate(({ Menu }) => {
    const find = (items: readonly Electron.MenuItem[]): Electron.MenuItem | undefined =>
      items
        .flatMap(item => [item, ...(item.submenu?.items ?? [])])
        .find(({ label }) => label === 'Quit Gatehouse');
    find(Menu.getApplicationMenu()?.items ?? [])?.click();
  });
  await expect.poll(told).toMatch(/Quit and stop everything.*kernel is running a cell/su);
  await app.electron.evaluate(() => Object.assign(globalThis, { response: 1 }));
  await chooseFromMenu(app.homeWindow.page, name, 'Stop');
  await core.inState('stopped');
  await app.electron.evaluate(() => Object.assign(globalThis, { response: 0 }));
  await told();
  await chooseFromMenu(app.homeWindow.page, name, 'Forget');
  await expect.poll(told).toMatch(/Forget “JupyterLab”/u);
  expect((await core.server()).id).toBe(id);
  await app.electron.evaluate(() => Object.assign(globalThis, { response: 1 }));
  await chooseFromMenu(app.homeWindow.page, name, 'Forget');
  await expect.poll(async () => home.json('list')).toEqual([]);
});

async function chooseFromMenu(page: Page, server: string, entry: string): Promise<void> {
  await page.getByRole('button', { name: `More actions for ${server}` }).click();
  await page.getByRole('menuitem', { name: entry, exact: true }).click();
}
