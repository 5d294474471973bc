import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { z } from 'zod';
import { jupyterProfile } from '../../src/main/core/profiles/jupyter.ts';
import type { LaunchPlan, Log } from '../../src/main/core/ports.ts';
import type { FoundServer } from '../../src/shared/model.ts';
import { testPython } from './jupyter.ts';
import { get, secretHeaders, upgradeStatus, xsrf } from './kernel.ts';
import { makeRunContext, runPlan } from './run-plan.ts';
import type { Running } from './run-plan.ts';

export type Place = Awaited<ReturnType<typeof makeRunContext>>;

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
/** What a test has started, for the end of the test to take back. */
const cleanups: (() => Promise<unknown>)[] = [];

export function cleanUp(cleanup: () => Promise<unknown>): void {
  cleanups.push(cleanup);
}

export async function cleanUpAll(): Promise<void> {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
}

/** Starts a real Jupyter as the supervisor would. */
export async function start(
  options: {
    sockets?: boolean;
    title?: string;
    interpreter?: string;
    config?: string;
    folderTrusted?: boolean;
    fill?: (context: Place) => Promise<void>;
  } = {},
): Promise<{ context: Place; plan: LaunchPlan; running: Running }> {
  const context = { ...(await makeRunContext(options)), folderTrusted: options.folderTrusted ?? false };
  cleanUp(context.remove);
  await options.fill?.(context);
  if (options.config !== undefined) {
    await mkdir(join(context.home, '.jupyter'), { recursive: true });
    await writeFile(join(context.home, '.jupyter', 'jupyter_server_config.py'), options.config);
  }
  const plan = await planFor(context, options.interpreter ?? (await testPython()), options.title);
  const running = runPlan(plan, context.home);
  cleanUp(running.kill);
  return { context, plan, running };
}

/** @param interpreter of the environment to start from */
export function planFor(context: Place, interpreter: string, title = 'JupyterLab'): Promise<LaunchPlan> {
  const profile = jupyterProfile({
    environment: { PATH: '/usr/bin:/bin', JUPYTER_TOKEN: 'never-passed-on' },
    home: context.home,
    dataFolder: join(context.home, 'data'),
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
  return profile.plan({ profile: 'jupyter' }, found, context);
}

export async function expectOurs(running: Running): Promise<void> {
  const proof = await running.proof();
  if (proof.kind !== 'ours') throw new Error(`${JSON.stringify(proof)}\n${running.output()}`);
}

/** Nothing opens without the secret, and with it Jupyter's own checks are on. */
export async function expectClosed(plan: LaunchPlan): Promise<void> {
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
