/*
 * The shim of matlab-proxy: what it keeps from MATLAB, and what becomes of a start when it does less than it
 * should.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import type { LaunchPlan } from '../../src/main/core/ports.ts';
import { kind } from '../../src/main/core/profiles/matlab.ts';
import { coreScript, eventually, root } from '../support/core.ts';
import { fakeMatlab, matlabHome, tell } from '../support/matlab.ts';
import { processesOf } from '../support/processes.ts';
import { makeRunContext, runPlan } from '../support/run-plan.ts';
import { pythonServer } from '../support/server-packages.ts';

/** A plan of the profile, for a run without a core. */
async function plannedBy(
  variables: Record<string, string> = {},
  shims?: string,
): Promise<{ plan: LaunchPlan; context: Awaited<ReturnType<typeof makeRunContext>> }> {
  const context = await makeRunContext();
  const python = await pythonServer('matlab');
  const profile = kind.create({
    environment: { PATH: `${dirname(python)}:/usr/bin:/bin`, ...variables },
    home: context.home,
    dataFolder: join(context.home, 'data'),
    platform: 'linux',
    log: { info() {}, warn() {}, error() {} },
    readySeconds: () => null,
    shims,
  });
  return { plan: await profile.plan({ profile: 'matlab' }, null, context), context };
}

/** The same with a shim that does less than ours, as after a change of matlab-proxy that it does not know. */
async function withShim(
  change: readonly [from: string, to: string],
): Promise<{ plan: LaunchPlan; remove: () => Promise<void>; home: string }> {
  const shims = await mkdtemp(join(tmpdir(), 'shims-'));
  await cp(join(root, 'src/main/core/profiles/matlab/shim'), join(shims, 'matlab'), { recursive: true });
  await weaken(join(shims, 'matlab', 'gatehouse_matlab.py'), change);
  const { plan, context } = await plannedBy({}, shims);
  const remove = async (): Promise<void> => {
    await context.remove();
    await rm(shims, { recursive: true, force: true });
  };
  return { plan, remove, home: context.home };
}

async function weaken(file: string, [from, to]: readonly [string, string]): Promise<void> {
  const text = await readFile(file, 'utf8');
  expect(text).toContain(from);
  await writeFile(file, text.replace(from, to));
}

const notBound = ['LOOPBACK = "127.0.0.1"', 'LOOPBACK = "0.0.0.0"'] as const;

test.each([
  ['listens on the network', notBound, /listens on the network at port \d+ although/],
  ['has no lock', ['made.middlewares.insert(0,', '('], /without Gatehouse's lock/],
] as const)('a server that %s is not taken, and no secret is sent to it', async (_what, change, detail) => {
  const { plan, remove, home: folder } = await withShim(change);
  const running = runPlan(plan, folder);
  try {
    expect(await running.proof()).toEqual({ kind: 'unsafe', detail: expect.stringMatching(detail) });
  } finally {
    await running.kill();
    await remove();
  }
});

/** In the place of its stand-in: tells what it was started with and what it is asked. */
const echo = `import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';
const server = createServer((request, response) =>
  response.end(JSON.stringify({ headers: request.headers, environment: process.env })));
server.listen(0, '127.0.0.1', () =>
  writeFileSync(process.env.MATLAB_LOG_DIR + '/connector.securePort', String(server.address().port)));
`;

test('MATLAB is told the upstream secret neither when it starts nor by a request; bare, it is told both', async () => {
  const { plan, context } = await plannedBy({ ...fakeMatlab });
  const [bin, script] = [join(context.home, 'bin'), join(context.home, 'echo.mjs')];
  await mkdir(bin);
  await writeFile(script, echo);
  await writeFile(join(bin, 'python'), `#!/bin/sh\nexec '${process.execPath}' "${script}"\n`, {
    mode: 0o755,
  });
  const environment = {
    ...plan.environment,
    PATH: `${bin}:${plan.environment['PATH']}`,
    TMPDIR: context.home,
  };
  const secret = context.secret.reveal();
  const headers = { 'mwi-auth-token': secret };
  const told = async (port: string): Promise<string> =>
    eventually('MATLAB answers', 60_000, async () => {
      const { status, body } = await tell(`http://127.0.0.1:${port}/echo`, { headers });
      return status === 200 && body;
    });
  const locked = runPlan({ ...plan, environment }, context.home);
  try {
    const body = await told(String(context.port));
    expect(JSON.parse(body)).toMatchObject({ headers: { mwapikey: expect.any(String) } });
    expect(body).not.toContain(secret);
  } finally {
    await locked.kill();
  }
  const program = join(dirname(plan.argv[0] ?? ''), 'matlab-proxy-app');
  const bareEnvironment = { ...environment, MWI_AUTH_TOKEN: secret };
  const bare = runPlan({ ...plan, argv: [program], environment: bareEnvironment }, context.home);
  try {
    // It takes a port of its own here, and prints it.
    const port = await eventually(
      'it prints its address',
      60_000,
      async () => /http:\/\/127\.0\.0\.1:(\d+)\?mwi-auth-token/.exec(bare.output())?.[1],
    );
    const { headers: seen, environment: inherited } = JSON.parse(await told(port)) as Record<string, object>;
    expect(seen).toMatchObject({ 'mwi-auth-token': secret });
    expect(inherited).toMatchObject({ MWI_AUTH_TOKEN: secret });
  } finally {
    await bare.kill();
    await context.remove();
  }
});

test('a matlab-proxy that the shim does not know does not start', async () => {
  const { plan, remove, home: folder } = await withShim(['"create_app"', '"make_app"']);
  const running = runPlan(plan, folder);
  try {
    expect(await running.ended).toBe(1);
    expect(running.output()).toContain('gatehouse: this matlab-proxy has no make_app');
  } finally {
    await running.kill();
    await remove();
  }
});

test('the start fails, at once and for good, when the shim has stopped to work', async () => {
  // Beside the real one, where its packages are found.
  const core = await mkdtemp(join(dirname(coreScript), '..', 'weakened-'));
  try {
    await cp(dirname(coreScript), core, { recursive: true });
    await weaken(join(core, 'resources/shims/matlab/gatehouse_matlab.py'), notBound);
    await using other = await matlabHome();
    const args = [join(core, 'main.mjs'), 'serve', 'matlab', '--secrets', 'memory'];
    const child = spawn(process.execPath, args, { env: other.environment, cwd: other.folder });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', part => (said += String(part)));
    const [code] = (await once(child, 'close')) as [number | null];
    expect(code).not.toBe(0);
    expect(said).toMatch(
      /listens on the network at port \d+ although it was told to listen on this computer only, so it is not used/,
    );
    expect(said.match(/listens on the network at port/g)?.length).toBeLessThanOrEqual(2);
    expect((await processesOf(other.folder)).filter(({ argv }) => argv.includes('gatehouse_matlab'))).toEqual(
      [],
    );
  } finally {
    await rm(core, { recursive: true, force: true });
  }
});
