import { once } from 'node:events';
import { expect, type Page } from '@playwright/test';
import { eventually } from '../support/core.ts';
import { test } from './support/app.ts';
import { runCell } from './support/notebook.ts';

function kernels(lab: Page): Promise<readonly string[]> {
  return lab.evaluate(async () => {
    const list = (await (await fetch('/api/kernels')).json()) as { id: string }[];
    return list.map(({ id }) => id);
  });
}

test('the window goes on after the server is killed, without being loaded again', async ({ app, core }) => {
  const lab = await app.homeWindow.startJupyter();
  const before = await core.inState('ready');
  await lab.evaluate(() => Object.assign(window, { stillThere: true }));
  process.kill(before.pid ?? 0, 'SIGKILL');
  const after = await eventually('another run of the server', 20_000, async () => {
    const server = await core.inState('ready');
    return server.pid === before.pid ? null : server;
  });
  expect(after.url).toBe(before.url);
  expect(await lab.evaluate(async () => (await fetch('/api/status')).status)).toBe(200);
  expect(await lab.evaluate(() => 'stillThere' in window)).toBe(true);
});

test('a page that finds no server is loaded when the server is back', async ({ app, core, home }) => {
  const lab = await app.homeWindow.startJupyter();
  const { id } = await core.inState('ready');
  expect((await home.cli('stop', id)).code).toBe(0);
  await core.inState('stopped');
  await lab.reload().catch(() => null);
  await expect(lab.locator('.jp-LabShell')).toHaveCount(0);
  expect((await home.cli('restart', id)).code).toBe(0);
  await lab.locator('.jp-LabShell').waitFor({ timeout: 60_000 });
});

test('a shell that is killed loses no kernel: the next one finds the core and goes on', async ({
  apps,
  core,
}) => {
  const first = await apps.launch();
  const lab = await first.homeWindow.startJupyter();
  expect(await runCell(lab, 'print(6 * 7)')).toBe('42');
  const alive = await kernels(lab);
  expect(alive).toHaveLength(1);
  const before = await core.inState('ready');
  const gone = once(first.electron.process(), 'exit');
  first.electron.process().kill('SIGKILL');
  await gone;
  const second = await apps.launch();
  const again = await second.homeWindow.open(before.name);
  await again.locator('.jp-LabShell').waitFor({ timeout: 60_000 });
  expect(await kernels(again)).toEqual(alive);
  expect((await core.inState('ready')).pid).toBe(before.pid);
});

test('a core that is killed is started again, and home says what is true', async ({ app, core }) => {
  const { homeWindow } = app;
  await homeWindow.startButton.waitFor();
  const pid = await core.pid();
  process.kill(pid, 'SIGKILL');
  await eventually('another core', 30_000, async () => (await core.pid()) !== pid);
  await expect(homeWindow.startButton).toBeVisible();
  await expect(homeWindow.alert).toHaveCount(0);
});
