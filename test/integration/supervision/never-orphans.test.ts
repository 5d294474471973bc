/*
 * Whatever dies, even by SIGKILL, leaves no process, loses nothing that was saved, and comes back where it
 * was.
 */
import { KernelManager, ServerConnection } from '@jupyterlab/services';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { eventually, makeHome, serve, toolUrl, type Served, type TestHome } from '../../support/core.ts';
import { processesOf } from '../../support/processes.ts';

/** How often the core is killed; the promise is for every time. */
const rounds = 20;

let home: TestHome;
beforeEach(async () => {
  home = await makeHome();
});
afterEach(() => home[Symbol.asyncDispose]());

async function startKernel(served: Served): Promise<void> {
  const settings = ServerConnection.makeSettings({
    baseUrl: toolUrl(served.server),
    token: await served.token(),
  });
  const kernels = new KernelManager({ serverSettings: settings });
  const kernel = await kernels.startNew({ name: 'python3' });
  await kernel.info;
  kernels.dispose();
}

test(
  `after SIGKILL of the core nothing of ours is left, kernels included: ${rounds} times`,
  { timeout: 600_000 },
  async () => {
    const seconds: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const served = await serve(home, '--secrets', 'memory');
      await startKernel(served);
      const before = await processesOf(home.folder);
      expect(before.some(({ argv }) => argv.includes('ipykernel'))).toBe(true);
      served.child.kill('SIGKILL');
      const since = performance.now();
      await eventually(
        'the end of every process',
        30_000,
        async () => (await processesOf(home.folder)).length === 0,
      );
      seconds.push((performance.now() - since) / 1000);
    }
    process.stdout.write(
      `after SIGKILL of the core all was gone within ${Math.max(...seconds).toFixed(1)} s (${rounds} times)\n`,
    );
    // The promise is 10 s; the margin is for a machine that does something else as well.
    expect(Math.max(...seconds)).toBeLessThan(25);
  },
);

test('after SIGKILL of the server it answers again on the same address, with the same token', async () => {
  const served = await serve(home, '--secrets', 'memory');
  const token = await served.token();
  const seconds: number[] = [];
  let pid = served.server.pid ?? Number.NaN;
  for (let round = 0; round < 3; round += 1) {
    process.kill(pid, 'SIGKILL');
    const since = performance.now();
    const back = await eventually('the next server', 30_000, async () => {
      const [now] = await home.json<ServerInfo[]>('list');
      // For a moment after a crash it is still called ready, and has no process.
      return now?.state === 'ready' && now.pid !== null && now.pid !== pid && now;
    });
    const answer = await fetch(`${toolUrl(back)}api/status`, {
      headers: { authorization: `Bearer ${token}` },
    });
    seconds.push((performance.now() - since) / 1000);
    expect(answer.status).toBe(200);
    expect(back.url).toBe(served.server.url);
    pid = back.pid ?? Number.NaN;
  }
  process.stdout.write(
    `after SIGKILL of the server it answered again within ${Math.max(...seconds).toFixed(1)} s\n`,
  );
  // The promise is 5 s, most of which is the start of the server itself; the margin is for a machine that
  // does something else as well.
  expect(Math.max(...seconds)).toBeLessThan(30);
  served.child.kill('SIGTERM');
  expect(await served.ended).toBe(0);
});

test('Ctrl-C stops all in order, and the next start has the same port under another host name', async () => {
  const first = await serve(home, '--secrets', 'memory');
  await startKernel(first);
  first.child.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(await processesOf(home.folder)).toEqual([]);
  const second = await serve(home, '--secrets', 'memory');
  const [before, after] = [first, second].map(({ server }) => new URL(server.url ?? ''));
  expect(after?.port).toBe(before?.port);
  expect(after?.hostname).not.toBe(before?.hostname);
  second.child.kill('SIGTERM');
  await second.ended;
});

test('a second core for the same home is refused and told where the first is', async () => {
  const first = await serve(home, '--secrets', 'memory');
  const second = await home.cli('serve');
  expect(second.code).toBe(1);
  expect(second.err).toContain(`process ${first.child.pid}`);
  first.child.kill('SIGTERM');
  await first.ended;
});

test('a core killed in the middle of a start leaves nothing, and the next start works', async () => {
  const { spawn } = await import('node:child_process');
  const { coreScript } = await import('../../support/core.ts');
  const child = spawn(process.execPath, [coreScript, 'serve', '--secrets', 'memory'], {
    env: home.environment,
    cwd: home.folder,
    stdio: 'ignore',
  });
  await eventually('a server process', 20_000, async () =>
    (await processesOf(home.folder)).some(({ argv }) => argv.includes('gatehouse_launch')),
  );
  child.kill('SIGKILL');
  await eventually(
    'the end of every process',
    30_000,
    async () => (await processesOf(home.folder)).length === 0,
  );
  const served = await serve(home, '--secrets', 'memory');
  served.child.kill('SIGTERM');
  expect(await served.ended).toBe(0);
});
