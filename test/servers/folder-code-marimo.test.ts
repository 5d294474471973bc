/* marimo in a folder that somebody else wrote, opened in a browser. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { Page } from '@playwright/test';
import { inBrowser } from '../support/app.ts';
import { eventually } from '../support/core.ts';
import { hostileFolder, type HostileFolder } from '../support/hostile-folder.ts';
import { pythonServer } from '../support/server-packages.ts';
import { openShared } from '../support/shared.ts';

/**
 * With settings of its own, a cell that leaves a mark, and one that imports a module that stands beside it
 * too.
 */
const notebook = (mark: string): string => `# /// script
# dependencies = ["marimo"]
# [tool.marimo.runtime]
# auto_instantiate = true
# pythonpath = ["."]
# [tool.marimo.venv]
# path = "venv"
# ///
import marimo

app = marimo.App()


@app.cell
def _():
    import subprocess
    subprocess.run(${JSON.stringify(mark)}, shell=True)
    "the cell has run"
    return


if __name__ == "__main__":
    app.run()
`;

async function opened(
  file: readonly string[],
  use: (page: Page, hostile: HostileFolder) => Promise<void>,
): Promise<void> {
  const python = await pythonServer('marimo');
  const made: HostileFolder[] = [];
  const shared = await openShared(
    { PATH: `${dirname(python)}:/usr/bin:/bin` },
    ['marimo', ...file, '--folder', 'downloaded'],
    async ({ folder }) => {
      const hostile = await hostileFolder(folder, python);
      await writeFile(join(hostile.folder, 'book.py'), notebook(hostile.mark('cell')));
      made.push(hostile);
    },
  );
  try {
    const [hostile] = made;
    if (hostile === undefined) throw new Error('There is no folder.');
    await inBrowser(shared, page => use(page, hostile));
  } finally {
    await shared.close();
  }
}

/**
 * Runs the cell, which shows that its kernel is there, and all that a kernel does before its first cell has
 * been done.
 */
async function runCell(page: Page, hostile: HostileFolder): Promise<void> {
  await eventually('the cell has run', 60_000, async () => {
    if ((await hostile.ran()).includes('cell')) return true;
    await page
      .getByTestId('run-button')
      .first()
      .click({ force: true, timeout: 5000 })
      .catch(() => {});
    return false;
  });
  await page.getByText('the cell has run').last().waitFor();
}

/** The notebook is shown and its page has nothing more to ask. */
async function settled(page: Page): Promise<void> {
  await page.getByTestId('run-button').first().waitFor({ state: 'attached' });
  await page.waitForLoadState('networkidle').catch(() => {});
}

test('opening a notebook runs nothing of its folder, whatever its settings say; a click runs the cell alone', async () => {
  await opened(['downloaded/book.py'], async (page, hostile) => {
    await settled(page);
    expect(await hostile.ran()).toEqual([]);
    await runCell(page, hostile);
    expect(await hostile.ran()).toEqual(['cell']);
  });
});

test('nor does looking at the folder, and opening a notebook from there', async () => {
  await opened([], async (page, hostile) => {
    await page.getByText('book.py').first().waitFor();
    expect(await hostile.ran()).toEqual([]);
    const address = new URL(page.url());
    address.searchParams.set('file', join(hostile.folder, 'book.py'));
    await page.goto(address.href);
    await settled(page);
    expect(await hostile.ran()).toEqual([]);
    await runCell(page, hostile);
    expect(await hostile.ran()).toEqual(['cell']);
  });
});
