import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { holds, listenersOn } from '../../src/main/core/profiles/custom/listeners.ts';
import { jupyterProfile } from '../../src/main/core/profiles/jupyter.ts';
import type { LaunchPlan, Log } from '../../src/main/core/ports.ts';
import type { FoundServer } from '../../src/shared/model.ts';
import { testPython } from '../support/jupyter.ts';
import { hostileConfig } from '../support/hostile-config.ts';
import { get, runCell, secretHeaders, upgradeStatus, xsrf } from '../support/kernel.ts';
import { makePlace, runPlan } from '../support/run-plan.ts';
import type { Running } from '../support/run-plan.ts';

type Place = Awaited<ReturnType<typeof makePlace>>;

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
const cleanups: (() => Promise<void>)[] = [];
let python = '';

beforeAll(async () => {
  python = await testPython();
}, 600_000);

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function start(
  options: { sockets?: boolean; title?: string; interpreter?: string; config?: string } = {},
): Promise<{ place: Place; plan: LaunchPlan; running: Running }> {
  const place = await makePlace(options);
  cleanups.push(place.remove);
  if (options.config !== undefined) {
    await mkdir(join(place.home, '.jupyter'));
    await writeFile(join(place.home, '.jupyter', 'jupyter_server_config.py'), options.config);
  }
  const plan = await planFor(place, options.interpreter ?? python, options.title);
  const running = runPlan(plan, place.home);
  cleanups.push(running.kill);
  return { place, plan, running };
}

function planFor(place: Place, interpreter: string, title = 'JupyterLab'): Promise<LaunchPlan> {
  const profile = jupyterProfile({
    environment: { PATH: '/usr/bin:/bin', JUPYTER_TOKEN: 'never-passed-on' },
    home: place.home,
    dataFolder: join(place.home, 'data'),
    log: quiet,
  });
  const found: FoundServer = {
    id: 'test',
    profile: 'jupyter',
    title,
    version: null,
    origin: 'test',
    location: dirname(dirname(interpreter)),
    problem: null,
  };
  return profile.plan({ profile: 'jupyter' }, found, place);
}

const lookForSecrets = `
import glob, json, os
environment = dict(os.environ)
parent = os.getppid()
print(json.dumps({
    "environment": environment,
    "cwd": os.getcwd(),
    "path": __import__("sys").path,
    "parentArgv": open(f"/proc/{parent}/cmdline").read(),
    "parentEnvironment": open(f"/proc/{parent}/environ").read(),
    "secretFile": os.path.exists(os.path.join(os.path.dirname(os.environ["JUPYTER_RUNTIME_DIR"]), "upstream-secret")),
}))
`;

async function expectOurs(running: Running): Promise<void> {
  const proof = await running.proof();
  if (proof.kind !== 'ours') throw new Error(`${JSON.stringify(proof)}\n${running.output()}`);
}

async function expectClosed(plan: LaunchPlan): Promise<void> {
  const paths = [
    '/',
    '/api',
    '/api/status',
    '/api/me',
    '/lab',
    '/tree',
    '/login',
    '/logout',
    '/metrics',
    '/lsp/status',
  ];
  for (const path of [
    ...paths,
    '/static/favicons/favicon.ico',
    '/api/kernels',
    '/files/x',
    '/_gatehouse/proof/x',
  ]) {
    expect([path, (await get(plan, path)).status]).toEqual([path, 403]);
    const wrong = { 'X-Gatehouse-Upstream': 'x'.repeat(43), Authorization: 'token opensesame' };
    expect([path, (await get(plan, `${path}?token=opensesame`, wrong)).status]).toEqual([path, 403]);
  }
  const headers = secretHeaders(plan);
  const own = { ...headers, Origin: 'http://localhost' };
  const terminal = await get(plan, '/api/terminals', { ...headers, ...xsrf() }, 'POST');
  expect(terminal.status).toBe(200);
  for (const path of [
    '/api/events/subscribe',
    '/terminals/websocket/1',
    '/api/kernels/x/channels',
    '/nowhere',
  ]) {
    expect([path, await upgradeStatus(plan, path)]).toEqual([path, 403]);
    expect([
      path,
      await upgradeStatus(plan, `${path}?token=opensesame`, { Origin: 'http://localhost' }),
    ]).toEqual([path, 403]);
  }
  for (const path of ['/api/events/subscribe', '/terminals/websocket/1']) {
    const foreign = { ...headers, Origin: 'http://evil.example' };
    expect([path, await upgradeStatus(plan, path, foreign)]).toEqual([path, 403]);
    expect([path, await upgradeStatus(plan, path, own)]).toEqual([path, 101]);
  }
  expect((await get(plan, '/api/status', headers)).status).toBe(200);
  expect((await get(plan, '/api/kernels', headers, 'POST')).status, 'XSRF stays on').toBe(403);
  const foreign = { ...headers, Origin: 'http://evil.example' };
  expect((await get(plan, '/api/status', foreign)).status, 'Origin stays on').toBe(404);
  const me = z
    .object({ identity: z.unknown() })
    .parse(JSON.parse((await get(plan, '/api/me', headers)).body));
  expect(me.identity).toMatchObject({ username: 'Zoë O’Hara', display_name: 'Zoë O’Hara' });
}

test('JupyterLab on a private socket: ours, closed, a cell runs, and no secret is anywhere', async () => {
  const { place, plan, running } = await start();
  await expectOurs(running);
  await expectClosed(plan);

  const page = await get(plan, plan.landing, secretHeaders(plan));
  expect(page.status).toBe(200);
  expect(page.body).toContain('"token": ""');
  expect(page.body).not.toContain(place.secret.reveal());
  expect(String(page.headers['set-cookie'])).not.toMatch(/username-/);

  const seen = z.record(z.string(), z.unknown()).parse(JSON.parse(await runCell(plan, lookForSecrets)));
  expect(JSON.stringify(seen)).not.toContain(place.secret.reveal());
  expect(JSON.stringify(seen['environment'])).not.toMatch(/upstream|UPSTREAM|JUPYTER_TOKEN|never-passed-on/);
  expect(seen['environment']).not.toHaveProperty('PYTHONPATH');
  expect(JSON.stringify(seen['path'])).not.toContain('profiles/jupyter');
  expect(seen['secretFile']).toBe(false);
  expect(seen['cwd']).toBe(place.folder);
  expect(running.output()).not.toContain(place.secret.reveal());
  for (const name of await readdir(place.directory)) {
    const entry = await stat(join(place.directory, name));
    expect([name, entry.isDirectory() ? entry.mode & 0o777 : entry.mode & 0o077]).toEqual([
      name,
      entry.isDirectory() ? 0o700 : 0,
    ]);
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
  const { place, plan, running } = await start({ config: hostileConfig, sockets });
  await expectOurs(running);
  await expectClosed(plan);
  expect(running.output()).toContain('is not used');
  // 9999 is what the configuration asked for, 8888 what Jupyter takes when nothing is said.
  const ports = sockets ? [] : [place.port];
  for (const port of [8888, 9999, ...ports]) {
    for (const listener of await listenersOn(port, 'linux')) {
      const held = await holds([running.child.pid ?? 0], listener);
      expect([port, held, listener.reach]).toEqual([port, ports.includes(port), 'loopback']);
    }
  }
  const page = await get(plan, '/lab', secretHeaders(plan));
  expect(page.body).not.toContain('opensesame');
});

test("the user's harmless configuration is honoured", async () => {
  const { plan, running } = await start({ config: 'get_config().ContentsManager.allow_hidden = True\n' });
  await expectOurs(running);
  expect((await get(plan, '/lab', secretHeaders(plan))).body).toContain('"allow_hidden_files": true');
});

test('code in the working folder is not run by opening it', async () => {
  const place = await makePlace();
  cleanups.push(place.remove);
  const trap = `open(${JSON.stringify(join(place.home, 'trapped'))}, "w").close()\n`;
  for (const name of [
    'jupyter_server_config.py',
    'jupyter_lab_config.py',
    'random.py',
    'jupyterlab.py',
    'tornado.py',
  ]) {
    await writeFile(join(place.folder, name), trap);
  }
  const running = runPlan(await planFor(place, python), place.home);
  cleanups.push(running.kill);
  await expectOurs(running);
  expect(await stat(join(place.home, 'trapped')).catch(() => null)).toBeNull();
});

test('a stranger on the port is told apart and sent nothing secret', async () => {
  const place = await makePlace({ sockets: false });
  cleanups.push(place.remove);
  const plan = await planFor(place, python);
  const heard: string[] = [];
  const stranger = createServer((request, response) => {
    heard.push(JSON.stringify(request.rawHeaders), request.url ?? '');
    response.setHeader('X-Gatehouse-Proof', '0'.repeat(64)).end('{"version": "2.21.1"}');
  });
  await new Promise<void>(done => stranger.listen(place.port, '127.0.0.1', done));
  cleanups.push(() => new Promise(done => stranger.close(() => done())));
  const proof = await plan.prove(AbortSignal.timeout(5000), { pid: 1, marker: 'x' });
  expect(proof.kind).toBe('foreign');
  expect(heard.join('\n')).toContain('/_gatehouse/proof');
  expect(heard.join('\n')).not.toContain(place.secret.reveal());

  const running = runPlan(plan, place.home);
  cleanups.push(running.kill);
  expect(await running.ended).not.toBe(0);
  expect(plan.advise(running.output().split('\n'), 1)).toMatch(/faster on this address/);
});

/** Scratch environments of other versions: `GATEHOUSE_TEST_MATRIX="JupyterLab=/x/bin/python:Notebook=/y/bin/python"`. */
const matrix = (process.env['GATEHOUSE_TEST_MATRIX'] ?? '')
  .split(':')
  .filter(entry => entry !== '')
  .map(entry => [entry.split('=')[0] ?? '', entry.split('=')[1] ?? ''] as const);

test.skipIf(matrix.length === 0).each(matrix)(
  '%s of %s: ours, closed, a cell runs',
  async (title, interpreter) => {
    const { plan, running } = await start({ title, interpreter, config: hostileConfig });
    await expectOurs(running);
    await expectClosed(plan);
    const page = await get(plan, plan.landing, secretHeaders(plan));
    expect(page.status).toBe(200);
    expect(page.body).not.toContain('opensesame');
    expect(await runCell(plan, 'print(6 * 7)')).toBe('42\n');
    await plan.askToStop?.(AbortSignal.timeout(10_000));
    expect(await running.ended).toBe(0);
  },
);
