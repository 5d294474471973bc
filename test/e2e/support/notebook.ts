import { expect, type Page } from '@playwright/test';

/** Opens a notebook from the launcher, runs code in its first cell and answers with the text that appears. */
export async function runCell(lab: Page, code: string): Promise<string> {
  await lab.locator('.jp-LauncherCard[data-category="Notebook"]').first().click();
  const cell = lab.locator('.jp-Notebook .jp-CodeCell').first();
  const editor = cell.locator('.cm-content');
  await lab
    .locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]')
    .first()
    .waitFor({ timeout: 60_000 });
  await editor.click();
  await lab.keyboard.type(code);
  await expect(editor).toContainText(code);
  const output = cell.locator('.jp-OutputArea-output').first();
  // JupyterLab drops a run that comes before its own session is ready, and says nothing; a person presses
  // again.
  await expect(async () => {
    await editor.click();
    await lab.keyboard.press('Control+Enter');
    await output.waitFor({ timeout: 5000 });
  }).toPass({ timeout: 60_000 });
  return (await output.innerText()).trim();
}
