/*
 * The attack: a server is stopped, another account listens on its port, and the desktop window of the server
 * is loaded again. What it asks there must carry no token, and nothing that it was answered must ever be of
 * the origin in which the owner works.
 */
import { expect, type ElectronApplication, type Page } from '@playwright/test';
import { eventually } from '../support/core.ts';
import { openForeignListener } from '../support/foreign-listener.ts';
import { test, type App } from './support/app.ts';

/** Chooses View > Reload of the menu bar, as a person does, with the window of this page in front. */
async function chooseReload(electron: ElectronApplication, lab: Page): Promise<void> {
  const window = await electron.browserWindow(lab);
  await window.evaluate(target => target.focus());
  await eventually('the window in front', 10_000, () => window.evaluate(target => target.isFocused()));
  await electron.evaluate(({ Menu, BrowserWindow }) => {
    const items = (Menu.getApplicationMenu()?.items ?? []).flatMap(({ submenu }) => submenu?.items ?? []);
    const reload = items.find(({ label }) => label === 'Reload');
    if (reload === undefined) throw new Error('There is no Reload.');
    const front = BrowserWindow.getFocusedWindow();
    reload.click({}, front, front?.webContents);
  });
}

/**
 * The window in the place of what Reload does when it works: the address is asked again, by the main process
 * and by the page.
 */
async function loadAgain({ electron }: App, lab: Page): Promise<void> {
  await chooseReload(electron, lab);
  const window = await electron.browserWindow(lab);
  await window.evaluate(async target => {
    const { webContents } = target;
    await webContents.loadURL(webContents.getURL()).catch(() => null);
    webContents.goBack();
    await webContents.loadURL(webContents.getURL()).catch(() => null);
  });
}

const ends = ['stop', 'kill'] as const;

for (const end of ends) {
  test(`attack: after ${end} another account takes the port, and the window asks it nothing`, async ({
    app,
    core,
    home,
  }) => {
    const lab = await app.homeWindow.startJupyter();
    const before = await core.inState('ready');
    const address = new URL(before.url ?? '');
    if (end === 'stop') await home.cli('stop', before.id);
    else process.kill(await core.pid(), 'SIGKILL');
    {
      await using foreign = await openForeignListener(Number(address.port));
      await loadAgain(app, lab);
      // JupyterLab asks every few seconds by itself, and so would a page that is loaded now.
      await lab
        .evaluate(origin => fetch(`${origin}/api/me`).catch(() => null), address.origin)
        .catch(() => null);
      expect(foreign.seen).toEqual([]);
    }
    await core.inState('stopped');
    // After a kill the app starts another core, and until that is there the command line finds none.
    let restarted = await home.cli('restart', before.id);
    for (let turn = 0; turn < 20 && restarted.err.includes('is not running'); turn += 1)
      restarted = await home.cli('restart', before.id);
    expect(restarted).toMatchObject({ code: 0 });
    const after = await core.inState('ready');
    expect(new URL(after.url ?? '').hostname).not.toBe(address.hostname);
    await lab.waitForURL(url => url.host === new URL(after.url ?? '').host, { timeout: 60_000 });
    await lab.locator('.jp-LabShell').waitFor({ timeout: 60_000 });
    expect(await lab.evaluate(async () => (await fetch('/api/status')).status)).toBe(200);
  });
}

test('what another page left in the session of a server is gone before its first page, and stays while the listener does', async ({
  app,
  core,
  home,
}) => {
  const lab = await app.homeWindow.startJupyter();
  const before = await core.inState('ready');
  const origin = new URL(before.url ?? '').origin;
  await lab.evaluate(() => {
    localStorage.setItem('mine', 'yes');
    return caches.open('old');
  });
  // The same listener: the data are the page's own.
  await lab.reload();
  await lab.locator('.jp-LabShell').waitFor({ timeout: 60_000 });
  expect(await lab.evaluate(() => localStorage.getItem('mine'))).toBe('yes');
  await home.cli('stop', before.id);
  await core.inState('stopped');
  await home.cli('restart', before.id);
  const after = await core.inState('ready');
  await lab.waitForURL(url => url.host === new URL(after.url ?? '').host, { timeout: 60_000 });
  const left = await app.electron.evaluate(
    async ({ session, BrowserWindow }, { id, old }) => {
      const partition = session.fromPartition(`persist:server-${id}`);
      // A page of the old origin that is answered by this program, to look at what is left there.
      partition.protocol.interceptStringProtocol('http', (_request, respond) =>
        respond({ mimeType: 'text/html', data: '<title>look</title>' }),
      );
      const window = new BrowserWindow({ show: false, webPreferences: { session: partition } });
      try {
        await window.loadURL(`${old}/`).catch(() => null);
        return await window.webContents
          .executeJavaScript(
            'caches.keys().then(keys => JSON.stringify([keys, localStorage.getItem("mine")]))',
          )
          .catch((error: unknown) => String(error));
      } finally {
        window.destroy();
        partition.protocol.uninterceptProtocol('http');
      }
    },
    { id: before.id, old: origin },
  );
  expect(left).not.toContain('old');
  expect(left).not.toContain('yes');
});
