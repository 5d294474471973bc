/*
 * Somebody else's folder in the real app: what is asked, by mouse and by keys, and that nothing of it runs
 * before its owner says so.
 */
import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';
import type { FolderTrust, ServerInfo } from '../../src/shared/model.ts';
import { fillWithTraps, ran } from '../support/jupyter-traps.ts';
import type { TestHome } from '../support/core.ts';
import { chooseFolder } from './support/choose-folder.ts';
import { test, type App } from './support/app.ts';

const off =
  'Language servers are off, and a kernel takes nothing from the folder before its first cell is run.';

async function makeFolder(home: TestHome, name: string): Promise<string> {
  const folder = join(await realpath(home.folder), name);
  await mkdir(folder);
  return folder;
}

async function expectAnswers(
  home: TestHome,
  wanted: Readonly<Record<string, FolderTrust['verdict']>>,
): Promise<void> {
  const seen = await home.json<FolderTrust[]>('trust', '--list');
  expect(Object.fromEntries(seen.map(({ path, verdict }) => [path, verdict]))).toEqual(wanted);
}

/** The window of a JupyterLab, once an answer has started it. */
async function labAfter({ electron }: App, act: () => Promise<void>): Promise<Page> {
  const [lab] = await Promise.all([electron.waitForEvent('window', { timeout: 120_000 }), act()]);
  await lab.locator('.jp-LabShell').waitFor({ timeout: 120_000 });
  return lab;
}

test('the question comes for a folder that needs it; a cancel starts and remembers nothing; keys suffice', async ({
  app,
  core,
  home,
}) => {
  test.setTimeout(360_000);
  const theirs = await makeFolder(home, 'their course');
  await chooseFolder(app.electron, theirs);
  await app.homeWindow.startInFolder.click({ timeout: 30_000 });
  await expect(app.homeWindow.trustQuestion).toBeFocused();
  await expect(app.homeWindow.trustQuestion).toHaveAccessibleDescription(
    new RegExp(`^${theirs} Without trust: ${off} `),
  );
  const { violations } = await new AxeBuilder({ page: app.homeWindow.page }).setLegacyMode().analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);

  // By the mouse.
  await app.homeWindow.cancel.click();
  await expect(app.homeWindow.trustQuestion).toHaveCount(0);
  await expect(app.homeWindow.startInFolder).toBeFocused();
  // By a key.
  await app.homeWindow.page.keyboard.press('Enter');
  await expect(app.homeWindow.trustQuestion).toBeFocused();
  await app.homeWindow.page.keyboard.press('Escape');
  await expect(app.homeWindow.trustQuestion).toHaveCount(0);
  await expectAnswers(home, {});
  expect(await home.json<ServerInfo[]>('list')).toEqual([]);

  // Nobody was asked yet, so the question comes again. The first key leads to the careful answer.
  await app.homeWindow.startInFolder.focus();
  await app.homeWindow.page.keyboard.press('Enter');
  await expect(app.homeWindow.trustQuestion).toBeFocused();
  await app.homeWindow.page.keyboard.press('Tab');
  await expect(app.homeWindow.startWithoutTrust).toBeFocused();
  await app.homeWindow.page.keyboard.press('Tab');
  await expect(app.homeWindow.trust).toBeFocused();
  await labAfter(app, () => app.homeWindow.page.keyboard.press('Enter'));
  await expectAnswers(home, { [theirs]: 'trusted' });
  expect(await core.inState('ready')).toMatchObject({ folder: theirs, folderTrusted: true });

  // One answer is enough, also for what is below.
  const below = join(theirs, 'week 1');
  await mkdir(below);
  await chooseFolder(app.electron, below);
  await app.homeWindow.startInFolder.click();
  await expect
    .poll(() => home.json<ServerInfo[]>('list'), { timeout: 60_000 })
    .toContainEqual(expect.objectContaining({ folder: below, folderTrusted: true }));
  await expect(app.homeWindow.trustQuestion).toHaveCount(0);
});

test('attack: a notebook, a text and a program of a folder that is full of traps are opened, and nothing of it has run', async ({
  app,
  core,
  home,
}) => {
  test.setTimeout(480_000);
  const folder = await makeFolder(home, 'downloaded');
  const canaries = join(home.folder, 'canaries');
  await fillWithTraps(folder, canaries);
  await writeFile(join(folder, 'program.py'), 'import helper\n');
  await chooseFolder(app.electron, folder);
  await app.homeWindow.startInFolder.click({ timeout: 30_000 });
  const lab = await labAfter(app, () => app.homeWindow.startWithoutTrust.click());
  await openEach(lab);
  expect(await ran(canaries)).toEqual([]);
  expect(await languageServers(lab)).toEqual([]);
  await expectAnswers(home, { [folder]: 'refused' });

  // The window says what is off, and is where that is changed.
  const { name } = await core.inState('ready');
  const server = app.homeWindow.card(name);
  await expect(server.card).toContainText(`Its folder is not trusted. ${off}`);
  await server.trustAuthors.click();
  await expect(server.card).toContainText('Its folder will be trusted from the next start.');
  expect(await ran(canaries)).toEqual([]);

  // The same traps, trusted: they do run, so what was seen above was no accident.
  // What was opened has changes that are not saved, so the owner is asked first.
  await app.electron.evaluate(({ dialog }) =>
    Object.assign(dialog, { showMessageBox: async () => ({ response: 1 }) }),
  );
  await server.restart.click();
  await expect
    .poll(() => languageServers(lab).catch(() => 'not yet'), { timeout: 90_000 })
    .toContain('pyright');
  expect(await core.inState('ready')).toMatchObject({ folderTrusted: true, trustChanged: false });
  await expect(server.card).not.toContainText('not trusted');
  await lab.evaluate(() => void new WebSocket(`${location.origin.replace('http', 'ws')}/lsp/ws/pyright`));
  await expect
    .poll(() => ran(canaries), { timeout: 60_000 })
    .toContain('node_modules.pyright.langserver.index.js');
});

/** As a person does: by their place in the tree; the notebook until its kernel answers. */
async function openEach(lab: Page): Promise<void> {
  for (const [file, sign] of [
    ['README.md', '.jp-FileEditor, .jp-MarkdownViewer'],
    ['program.py', '.jp-FileEditor'],
    ['open-me.ipynb', '.jp-Notebook-ExecutionIndicator[data-status="idle"]'],
  ] as const) {
    await lab.goto(new URL(`/lab/tree/${file}`, lab.url()).href);
    await lab.locator(sign).first().waitFor({ timeout: 60_000 });
  }
}

/** The names of those that the server offers. */
async function languageServers(lab: Page): Promise<readonly string[]> {
  return lab.evaluate(async () => {
    const answer = (await (await fetch('/lsp/status')).json()) as { sessions: object };
    return Object.keys(answer.sessions);
  });
}
