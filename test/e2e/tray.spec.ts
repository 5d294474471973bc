import { expect } from '@playwright/test';
import { askByName, eventually } from '../support/core.ts';
import { test } from './support/app.ts';
import { clickTray, trayLabels, watchTray } from './support/tray.ts';

test('the tray tells the state, opens, copies a link, shows the log, restarts, stops and quits', async ({
  app,
  core,
}) => {
  await watchTray(app.electron);
  const lab = await app.homeWindow.startJupyter();
  const { name } = await core.inState('ready');
  await expect
    .poll(() => trayLabels(app.electron))
    .toEqual([
      ...[
        'Open',
        'New Window',
        'Open in My Browser',
        'Copy Access Link',
        'Share…',
        'Stop',
        'Restart',
        'Logs',
      ].map(label => `${name} · running > ${label}`),
      'People…',
      'Show Gatehouse',
      'About Gatehouse',
      'Quit',
    ]);

  await clickTray(app.electron, 'Copy Access Link');
  const link = await eventually('a link on the clipboard', 10_000, () =>
    app.electron.evaluate(async ({ clipboard }) => (await clipboard.readText()) || null),
  );
  const browser = { accept: 'text/html', 'sec-fetch-mode': 'navigate', cookie: 'gatehouse-probe=1' };
  const answer = await askByName(link, browser);
  expect([answer.status, answer.headers.location]).toEqual([303, expect.stringMatching(/\/lab$/u)]);

  // Closing the window ends nothing.
  await lab.close();
  await core.inState('ready');
  const [again] = await Promise.all([app.electron.waitForEvent('window'), clickTray(app.electron, 'Open')]);
  await again.locator('.jp-LabShell').waitFor();

  const [log] = await Promise.all([app.electron.waitForEvent('window'), clickTray(app.electron, 'Logs')]);
  await expect(log.getByRole('log')).toContainText('Jupyter');

  const before = await core.inState('ready');
  await clickTray(app.electron, 'Restart');
  await eventually(
    'another process',
    30_000,
    async () => ![null, before.pid].includes((await core.inState('ready')).pid),
  );
  await clickTray(app.electron, 'Stop');
  await core.inState('stopped');
  const gone = new Promise(resolve => app.electron.process().once('exit', resolve));
  await clickTray(app.electron, 'Quit');
  await gone;
});
