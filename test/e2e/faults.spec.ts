import { once } from 'node:events';
import { expect, type Page } from '@playwright/test';
import { eventually } from '../support/core.ts';
import { inState, startJupyter, test } from './support/app.ts';
import { runCell } from './support/notebook.ts';

function kernels(lab: Page): Promise<readonly string[]> {
  return lab.evaluate(async () => {
    const list = (await (await fetch('/api/kernels')).json()) as { id: string }[];
    return list.map(({ id }) => id);
  });
}

test('the window goes on after the server is killed, without being loaded again', async ({ access }) => {
  const app = await access.launch();
  const lab = await startJupyter(app);
  const before = await inState(access.home, 'ready');
  await lab.evaluate(() => Object.assign(window, { stillThere: true }));
  process.kill(before.pid ?? 0, 'SIGKILL');
  const after = await eventually('another run of the server', 20_000, async () => {
    const server = await inState(access.home, 'ready');
    return server.pid === before.pid ? null : server;
  });
  expect(after.url).toBe(before.url);
  expect(await lab.evaluate(async () => (await fetch('/api/status')).status)).toBe(200);
  expect(await lab.evaluate(() => 'stillThere' in window)).toBe(true);
});

test('a page that finds no server is loaded when the server is back', async ({ access }) => {
  const app = await access.launch();
  const lab = await startJupyter(app);
  const { id } = await inState(access.home, 'ready');
  expect((await access.home.cli('stop', id)).code).toBe(0);
  await inState(access.home, 'stopped');
  await lab.reload().catch(() => null);
  await expect(lab.locator('.jp-LabShell')).toHaveCount(0);
  expect((await access.home.cli('restart', id)).code).toBe(0);
  await lab.locator('.jp-LabShell').waitFor({ timeout: 60_000 });
});

test('a shell that is killed loses no kernel: the next one finds the core and goes on', async ({
  access,
}) => {
  const first = await access.launch();
  const lab = await startJupyter(first);
  expect(await runCell(lab, 'print(6 * 7)')).toBe('42');
  const alive = await kernels(lab);
  expect(alive).toHaveLength(1);
  const before = await inState(access.home, 'ready');
  const gone = once(first.electron.process(), 'exit');
  first.electron.process().kill('SIGKILL');
  await gone;
  const second = await access.launch();
  const open = second.page.getByRole('button', { name: `Open ${before.name}` });
  const [again] = await Promise.all([second.electron.waitForEvent('window'), open.click()]);
  await again.locator('.jp-LabShell').waitFor({ timeout: 60_000 });
  expect(await kernels(again)).toEqual(alive);
  expect((await inState(access.home, 'ready')).pid).toBe(before.pid);
});

test('a core that is killed is started again, and home says what is true', async ({ access }) => {
  const { page } = await access.launch();
  await page.getByRole('button', { name: /^Start JupyterLab/u }).waitFor();
  const { pid } = await access.home.json<{ pid: number }>('about');
  process.kill(pid, 'SIGKILL');
  await eventually(
    'another core',
    30_000,
    async () => (await access.home.json<{ pid: number }>('about')).pid !== pid,
  );
  await expect(page.getByRole('button', { name: /^Start JupyterLab/u })).toBeVisible();
  await expect(page.getByRole('alert')).toHaveCount(0);
});
