/*
 * What people have reported of notebooks, with the packages of their reports: a timer that is dead, a
 * notebook that cannot find its own name.
 */
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { cleanUpAll, expectOurs, start } from '../support/jupyter-run.ts';
import { openKernel } from '../support/kernel-channels.ts';
import { get, secretHeaders } from '../support/kernel.ts';
import { pythonServer } from '../support/server-packages.ts';

let interpreter: string;
beforeAll(async () => {
  interpreter = await pythonServer('jupyter-reports');
}, 600_000);
afterEach(cleanUpAll);

test('jupyter-resource-usage measures memory', async () => {
  const { plan, running } = await start({ interpreter });
  await expectOurs(running);
  const memory = async (): Promise<number> => {
    const { body } = await get(plan, '/metrics', secretHeaders(plan));
    return Number(/^total_memory_usage (\S+)$/m.exec(body)?.[1]);
  };
  await expect.poll(memory, { timeout: 30_000 }).toBeGreaterThan(1_000_000);
});

// Jupyter looks once a minute.
test('a server that is told to stop when nobody uses it does', async () => {
  const config = 'get_config().ServerApp.shutdown_no_activity_timeout = 1\n';
  const { running } = await start({ interpreter, config });
  await expectOurs(running);
  expect(await running.ended).toBe(0);
  expect(running.output()).toContain('No kernels for');
}, 240_000);

test.each(['one.ipynb', 'Zoë’s & more/two words.ipynb'])('ipynbname finds %s', async path => {
  const { plan, context, running } = await start({ interpreter });
  await expectOurs(running);
  await mkdir(dirname(join(context.folder, path)), { recursive: true });
  const kernel = await openKernel(plan, { path, type: 'notebook', kernel: { name: 'python3' } });
  const said = await kernel.run('import ipynbname; print(ipynbname.name()); print(ipynbname.path())');
  expect(said).toBe(`${basename(path, '.ipynb')}\n${join(context.folder, path)}\n`);
});
