import { expect, type ElectronApplication } from '@playwright/test';
import { eventually } from '../support/core.ts';
import { test } from './support/app.ts';

/** Notes what would go to the system browser, and opens nothing. */
async function watchOutside(electron: ElectronApplication): Promise<() => Promise<readonly string[]>> {
  await electron.evaluate(({ shell }) => {
    const opened: string[] = [];
    (globalThis as { opened?: string[] }).opened = opened;
    shell.openExternal = async url => void opened.push(url);
  });
  return () => electron.evaluate(() => (globalThis as { opened?: string[] }).opened ?? []);
}

test('a page goes nowhere by itself; a click on a foreign link goes to the system browser, once', async ({
  app,
}) => {
  const lab = await app.homeWindow.startJupyter();
  const outside = await watchOutside(app.electron);
  const own = new URL(lab.url()).origin;
  const windows = app.electron.windows().length;
  // The launcher was not clicked yet, so there was no gesture: nothing opens, nothing leaves.
  for (const address of [
    'https://example.org/',
    'file:///etc/passwd',
    'smb://example.org/x',
    'gatehouse://app/index.html',
  ]) {
    await lab.evaluate(url => void window.open(url), address);
    await lab.evaluate(url => {
      location.href = url;
    }, address);
    expect(new URL(lab.url()).origin).toBe(own);
  }
  expect(await outside()).toEqual([]);
  await lab.evaluate(() => {
    const link = document.createElement('a');
    link.href = 'https://example.org/page';
    link.target = '_blank';
    link.textContent = 'a foreign link';
    link.style.cssText = 'position:fixed;left:0;top:0;z-index:99999;background:white';
    document.body.append(link);
  });
  // By the mouse alone: Playwright's own click would wait for the navigations that were denied above.
  await lab.mouse.click(8, 8);
  await expect.poll(outside).toEqual(['https://example.org/page']);
  await lab.evaluate(() => void window.open('https://example.org/second'));
  expect(app.electron.windows()).toHaveLength(windows);
  expect(await outside()).toEqual(['https://example.org/page']);
});

test('a window that the page opens on its own origin is signed in and guarded alike', async ({ app }) => {
  const lab = await app.homeWindow.startJupyter();
  const [child] = await Promise.all([
    app.electron.waitForEvent('window'),
    lab.evaluate(() => void window.open('/lab/workspaces/second')),
  ]);
  await child.locator('.jp-LabShell').waitFor({ timeout: 60_000 });
  await child.evaluate(() => {
    location.href = 'https://example.org/';
  });
  expect(new URL(child.url()).origin).toBe(new URL(lab.url()).origin);
  expect(await child.evaluate(() => 'gatehouse' in window)).toBe(false);
});

test('permissions are denied, but for copying', async ({ app }) => {
  const lab = await app.homeWindow.startJupyter();
  const asked = await lab.evaluate(async () => {
    const state = async (name: string): Promise<string> =>
      (await navigator.permissions.query({ name: name as PermissionName })).state;
    const place = await new Promise(resolve => {
      navigator.geolocation.getCurrentPosition(
        () => resolve('told'),
        error => resolve(error.code === 1 ? 'denied' : `error ${error.code}`),
      );
    });
    return { place, midi: await state('midi'), geolocation: await state('geolocation') };
  });
  expect(asked).toEqual({ place: 'denied', midi: 'denied', geolocation: 'denied' });
  await lab.locator('.jp-Launcher').click({ position: { x: 5, y: 5 } });
  expect(await lab.evaluate(() => navigator.clipboard.writeText('copied').then(() => 'ok', String))).toBe(
    'ok',
  );
});

test('a download gets a harmless name in the downloads folder', async ({ app, core, home }) => {
  const lab = await app.homeWindow.startJupyter();
  const folder = home.folder;
  await app.electron.evaluate(({ app: electron }, place) => electron.setPath('downloads', place), folder);
  const saved = app.electron.evaluate(
    ({ session }, id) =>
      new Promise<string>(resolve => {
        session.fromPartition(`persist:server-${id}`).on('will-download', (_event, item) => {
          item.once('done', (_done, state) => resolve(`${state} ${item.getSavePath()}`));
        });
      }),
    (await core.inState('ready')).id,
  );
  await lab.evaluate(() => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob(['data']));
    link.download = '..\\..\\.hidden.txt';
    link.click();
  });
  expect(await saved).toMatch(/^completed .*[/ ][^/.][^/]*\.txt$/u);
  expect(await saved).toContain(folder);
});

test('GHSA-2mr8-962v-wc67: a page that is not ours is refused, whatever window it is in; no page gets a credential', async ({
  app,
  core,
}) => {
  await app.homeWindow.startJupyter();
  const { id } = await core.inState('ready');
  const call = (name: string, ...args: unknown[]): Promise<string> =>
    app.homeWindow.page.evaluate(
      async ([wanted, list]) => {
        const bridge = (window as unknown as { gatehouse: { call(...all: unknown[]): Promise<unknown> } })
          .gatehouse;
        return bridge.call(wanted, ...list).then(JSON.stringify, String);
      },
      [name, args] as const,
    );
  expect(await call('server.list')).toContain(id);
  expect(await call('server.token', id)).toContain('Refused');
  expect(await call('server.link', id, { tool: true })).toContain('Refused');
  expect(await call('core.quit')).toContain('Refused');
  expect(
    await app.homeWindow.page.evaluate(() =>
      Object.keys((window as unknown as { gatehouse: object }).gatehouse),
    ),
  ).toEqual(['call', 'on']);
  // Markup from text is impossible, whoever tries.
  expect(
    await app.homeWindow.page.evaluate(() => {
      try {
        document.body.innerHTML = '<img src=x>';
        return 'written';
      } catch (error) {
        return String(error);
      }
    }),
  ).toContain('TrustedHTML');
  // As if a navigation had slipped through: the preload is there, its calls are refused.
  const foreign = 'data:text/html,<title>foreign</title>';
  await app.electron.evaluate(async ({ webContents }, url) => {
    const home = webContents.getAllWebContents().find(contents => contents.getURL().startsWith('gatehouse:'));
    await home?.loadURL(url);
  }, foreign);
  await eventually('the foreign page', 5000, async () => (await app.homeWindow.page.title()) === 'foreign');
  expect(await call('server.list')).toContain('Refused');
});

test('nobody else’s server can be reached by the token: another port of this computer is another site', async ({
  app,
}) => {
  const lab = await app.homeWindow.startJupyter();
  const port = Number(new URL(lab.url()).port) + 1;
  const outside = await watchOutside(app.electron);
  await lab.evaluate(to => {
    location.port = String(to);
  }, port);
  expect(new URL(lab.url()).port).toBe(String(port - 1));
  expect(await outside()).toEqual([]);
});
