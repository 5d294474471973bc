import { readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { holds, listenersOn } from '../../../src/main/core/server/process/port-listeners.ts';
import { hostileConfig } from '../../support/hostile-config.ts';
import { cleanUp, cleanUpAll, expectClosed, expectOurs, planFor, start } from '../../support/jupyter-run.ts';
import { testPython } from '../../support/jupyter.ts';
import { get, runCell, secretHeaders } from '../../support/kernel.ts';
import { makeRunContext, runPlan } from '../../support/run-plan.ts';

let python = '';

beforeAll(async () => {
  python = await testPython();
}, 600_000);

afterEach(cleanUpAll);

const lookForSecrets = `
import glob, json, os, ipykernel
environment = dict(os.environ)
parent = os.getppid()
print(json.dumps({
    "environment": environment,
    "cwd": os.getcwd(),
    "path": __import__("sys").path,
    "parentArgv": open(f"/proc/{parent}/cmdline").read(),
    "parentEnvironment": open(f"/proc/{parent}/environ").read(),
    "secretFile": os.path.exists(os.path.join(os.path.dirname(os.path.dirname(ipykernel.get_connection_file())), "upstream-secret")),
}))
`;

test('JupyterLab on a private socket: ours, closed, a cell runs, and no secret is anywhere', async () => {
  const { context, plan, running } = await start();
  await expectOurs(running);
  await expectClosed(plan);

  const page = await get(plan, plan.landing, secretHeaders(plan));
  expect(page.status).toBe(200);
  expect(page.body).toContain('"token": ""');
  expect(page.body).not.toContain(context.secret.reveal());
  expect(String(page.headers['set-cookie'])).not.toMatch(/username-/);

  const seen = z.record(z.string(), z.unknown()).parse(JSON.parse(await runCell(plan, lookForSecrets)));
  expect(JSON.stringify(seen)).not.toContain(context.secret.reveal());
  expect(JSON.stringify(seen['environment'])).not.toMatch(/upstream|UPSTREAM|JUPYTER_TOKEN|never-passed-on/);
  expect(seen['environment']).not.toHaveProperty('PYTHONPATH');
  expect(JSON.stringify(seen['path'])).not.toContain('profiles/jupyter');
  expect(seen['secretFile']).toBe(false);
  expect(seen['cwd']).toBe(context.folder);
  expect(running.output()).not.toContain(context.secret.reveal());
  for (const name of await readdir(context.directory)) {
    const entry = await stat(join(context.directory, name));
    expect([name, entry.mode & 0o077]).toEqual([name, 0]);
  }

  expect(await plan.busyKernels?.(AbortSignal.timeout(5000))).toBe(0);
  await plan.askToStop?.(AbortSignal.timeout(10_000));
  expect(await running.ended).toBe(0);
});

test('a kernel that runs a cell is counted as busy', async () => {
  const { plan, running } = await start();
  await expectOurs(running);
  const cell = runCell(plan, 'import time\nwhile True: time.sleep(0.05)').catch(() => '');
  await expect.poll(() => plan.busyKernels?.(AbortSignal.timeout(5000)), { timeout: 30_000 }).toBe(1);
  await plan.askToStop?.(AbortSignal.timeout(20_000));
  expect(await running.ended).toBe(0);
  void cell;
});

test('on a port it is ours as well, and closed to whoever reaches the port', async () => {
  const { plan, running } = await start({ sockets: false });
  expect(plan.upstream.address.kind).toBe('port');
  await expectOurs(running);
  await expectClosed(plan);
});

test.each([true, false])('a hostile configuration opens nothing (sockets: %s)', async sockets => {
  const { context, plan, running } = await start({ config: hostileConfig, sockets });
  await expectOurs(running);
  await expectClosed(plan);
  expect(running.output()).toContain('is not used');
  // 9999 is what the configuration asked for, 8888 what Jupyter takes when nothing is said.
  const ports = sockets ? [] : [context.port];
  for (const port of [8888, 9999, ...ports]) {
    for (const listener of await listenersOn(port, 'linux')) {
      const held = await holds([running.child.pid ?? 0], listener);
      expect([port, held, listener.reach]).toEqual([port, ports.includes(port), 'loopback']);
    }
  }
  const page = await get(plan, '/lab', secretHeaders(plan));
  expect(page.body).not.toContain('opensesame');
});

test('a credential that no page can forge needs no XSRF cookie, but the secret all the same', async () => {
  const { plan, running } = await start();
  await expectOurs(running);
  const explicit = Object.fromEntries(plan.upstream.explicitHeaders ?? []);
  expect((await get(plan, '/api/terminals', explicit, 'POST')).status).toBe(403);
  expect((await get(plan, '/api/terminals', { ...secretHeaders(plan), ...explicit }, 'POST')).status).toBe(
    200,
  );
  const page = await get(plan, '/lab', { ...secretHeaders(plan), ...explicit });
  expect(page.body).toContain('"token": ""');
  expect(String(page.headers['set-cookie'])).not.toMatch(/username-/);
});

test("the user's harmless configuration is honoured", async () => {
  const { plan, running } = await start({ config: 'get_config().ContentsManager.allow_hidden = True\n' });
  await expectOurs(running);
  expect((await get(plan, '/lab', secretHeaders(plan))).body).toContain('"allow_hidden_files": true');
});

test('code in the working folder is not run by opening it', async () => {
  const context = await makeRunContext();
  cleanUp(context.remove);
  const trap = `open(${JSON.stringify(join(context.home, 'trapped'))}, "w").close()\n`;
  for (const name of [
    'jupyter_server_config.py',
    'jupyter_lab_config.py',
    'random.py',
    'jupyterlab.py',
    'tornado.py',
  ]) {
    await writeFile(join(context.folder, name), trap);
  }
  const running = runPlan(await planFor(context, python), context.home);
  cleanUp(running.kill);
  await expectOurs(running);
  expect(await stat(join(context.home, 'trapped')).catch(() => null)).toBeNull();
});

test('a stranger on the port is told apart and sent nothing secret', async () => {
  const context = await makeRunContext({ sockets: false });
  cleanUp(context.remove);
  const plan = await planFor(context, python);
  const heard: string[] = [];
  const stranger = createServer((request, response) => {
    heard.push(JSON.stringify(request.rawHeaders), request.url ?? '');
    response.setHeader('X-Gatehouse-Proof', '0'.repeat(64)).end('{"version": "2.21.1"}');
  });
  await new Promise<void>(done => stranger.listen(context.port, '127.0.0.1', done));
  cleanUp(() => new Promise<void>(done => stranger.close(() => done())));
  const proof = await plan.prove(AbortSignal.timeout(5000), { pid: 1, marker: 'x' });
  expect(proof.kind).toBe('foreign');
  expect(heard.join('\n')).toContain('/_gatehouse/proof');
  expect(heard.join('\n')).not.toContain(context.secret.reveal());

  const running = runPlan(plan, context.home);
  cleanUp(running.kill);
  expect(await running.ended).not.toBe(0);
  expect(plan.advise(running.output().split('\n'), 1)).toMatch(/took this address first/);
});
