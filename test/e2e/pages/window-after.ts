import type { ElectronApplication, Page } from '@playwright/test';

/** The window that the app opens because of an action. */
export async function windowAfter(
  electron: ElectronApplication,
  act: () => Promise<unknown>,
  timeout = 30_000,
): Promise<Page> {
  const [page] = await Promise.all([electron.waitForEvent('window', { timeout }), act()]);
  return page;
}
