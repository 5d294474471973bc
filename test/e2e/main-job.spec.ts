import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import { test } from './support/app.ts';
import { runCell } from './support/notebook.ts';

test('home lists the JupyterLab that is there, one click starts it, and a cell runs in its window', async ({
  app,
  core,
}) => {
  await expect(app.homeWindow.heading).toBeVisible();
  await expect(app.homeWindow.found).toContainText(/JupyterLab 4\.\d+\.\d+/u);
  const lab = await app.homeWindow.startJupyter();
  expect(await runCell(lab, 'print(6 * 7)')).toBe('42');
  await expect(app.homeWindow.running).toContainText(/running for \d+ s/u);
  // No token was typed, and none is where a page or its history could show it.
  const token = await core.token((await core.server()).id);
  expect(lab.url()).not.toContain('token');
  const seen = await lab.evaluate(() =>
    [document.documentElement.outerHTML, document.cookie, JSON.stringify(localStorage)].join(' '),
  );
  expect(seen).not.toContain(token);
  expect(await lab.evaluate(() => 'gatehouse' in window)).toBe(false);
});

test('a second start of the app ends at once, and the first one takes what it was given', async ({
  app,
  apps,
  home,
}) => {
  await app.homeWindow.startButton.waitFor();
  const opened = app.electron.waitForEvent('window', { timeout: 60_000 });
  const second = apps.spawn(home.folder);
  const [code] = await once(second, 'exit');
  expect(code).toBe(0);
  await (await opened).locator('.jp-Launcher').waitFor({ timeout: 60_000 });
});

test('a notebook that was named at the start opens in a JupyterLab in its folder', async ({ apps, home }) => {
  const notebook = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
  await writeFile(join(home.folder, 'süß und 1.ipynb'), JSON.stringify(notebook));
  const { electron } = await apps.launch(join(home.folder, 'süß und 1.ipynb'));
  const lab = await electron.waitForEvent('window', { timeout: 60_000 });
  await expect(lab.locator('.jp-DirListing')).toContainText('süß und 1.ipynb', { timeout: 60_000 });
  await expect(lab.locator('.jp-NotebookPanel')).toBeVisible({ timeout: 60_000 });
});
