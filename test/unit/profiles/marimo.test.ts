import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LaunchPlan, Upstream } from '../../../src/main/core/ports.ts';
import { kind } from '../../../src/main/core/profiles/marimo.ts';
import { marimoSharing } from '../../../src/main/core/profiles/marimo/marimo-sharing.ts';
import { Secret } from '../../../src/main/core/secret.ts';

const log = { info: () => {}, warn: () => {}, error: () => {} };
const soon = (): AbortSignal => AbortSignal.timeout(10_000);
const marker = randomBytes(16).toString('hex');
const children: ChildProcess[] = [];
let directory: string;
let folder: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'run-'));
  folder = await mkdtemp(join(tmpdir(), 'lab-'));
  await writeFile(join(folder, 'app.py'), '');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await rm(directory, { recursive: true });
  await rm(folder, { recursive: true });
});

/** An environment that seems to have this version of marimo. */
async function environmentWith(version: string): Promise<string> {
  const location = await mkdtemp(join(folder, 'venv-'));
  const installed = join(location, 'lib', 'python3.11', 'site-packages', `marimo-${version}.dist-info`);
  await mkdir(installed, { recursive: true });
  await mkdir(join(location, 'bin'));
  await writeFile(join(location, 'pyvenv.cfg'), 'version = 3.11.7\n');
  for (const name of ['python', 'marimo'])
    await writeFile(join(location, 'bin', name), '#!/bin/sh\n', { mode: 0o755 });
  return location;
}

const profileIn = (location: string): ReturnType<typeof kind.create> =>
  kind.create({
    environment: { PATH: join(location, 'bin') },
    home: folder,
    dataFolder: folder,
    platform: 'linux',
    log,
    readySeconds: () => null,
    shims: '/shims',
  });

async function planned(
  file?: string,
  version = '0.25.2',
  folderTrusted = true,
): Promise<{ plan: LaunchPlan; port: number }> {
  const profile = profileIn(await environmentWith(version));
  const port = await getPort({ host: '127.0.0.1' });
  const context = {
    serverId: 'marimo',
    directory,
    canUseSockets: true,
    folderTrusted,
    port,
    secret: new Secret('the-secret'),
    folder,
    user: 'mira',
  };
  return { plan: await profile.plan({ profile: 'marimo', file }, null, context), port };
}

const revealed = (headers: Upstream['headers'] | undefined): unknown =>
  headers?.map(([name, value]) => [name, value.reveal()]);

test.each([
  ['0.22.5', /CVE-2026-39987/],
  ['0.20.4', /CVE-2026-39987/],
])('%s is listed with the reason, and not started', async (version, problem) => {
  const profile = profileIn(await environmentWith(version));
  const found = await profile.find?.({ fresh: true, signal: soon() });
  expect(found).toMatchObject([{ version, problem: expect.stringMatching(problem) }]);
  await expect(planned(undefined, version)).rejects.toThrow(/none of them can be started|cannot/i);
});

test.each(['0.23.0', '0.25.2'])('%s is started', async version => {
  const profile = profileIn(await environmentWith(version));
  expect(await profile.find?.({ fresh: true, signal: soon() })).toMatchObject([{ version, problem: null }]);
});

test('a folder is opened by the editor alone; a viewer is led to nobody', async () => {
  const { plan, port } = await planned();
  const shim = '/shims/marimo/gatehouse_marimo.py';
  expect(plan.argv.slice(1)).toEqual([
    shim,
    'trusted',
    folder,
    String(port),
    join(directory, 'upstream-secret'),
  ]);
  expect(plan.environment).toEqual({});
  expect(plan.upstream.forRole?.viewer?.address).toEqual({
    kind: 'socket',
    path: join(directory, 'no-app.sock'),
  });
});

test('a notebook of a folder that is not trusted is opened by the editor alone: its app would run it', async () => {
  const { plan, port } = await planned('app.py', '0.25.2', false);
  const file = join(folder, 'app.py');
  expect(plan.argv.slice(2)).toEqual(['untrusted', file, String(port), join(directory, 'upstream-secret')]);
  expect(plan.upstream.forRole?.viewer?.address.kind).toBe('socket');
});

test('a notebook is opened twice, with a token each, in private files', async () => {
  const { plan, port } = await planned('app.py');
  const viewer = plan.upstream.forRole?.viewer;
  const second = viewer?.address.kind === 'port' ? viewer.address.port : 0;
  expect(second).toBeGreaterThan(0);
  expect(second).not.toBe(port);
  const files = [join(directory, 'upstream-secret'), join(directory, 'viewer-secret')];
  expect(plan.argv.slice(2)).toEqual([
    'trusted',
    join(folder, 'app.py'),
    String(port),
    files[0],
    String(second),
    files[1],
  ]);
  const secrets = await Promise.all(files.map(file => readFile(file, 'utf8')));
  expect(secrets[0]).toBe('the-secret');
  for (const file of files) expect((await stat(file)).mode & 0o777).toBe(0o600);
  for (const secret of secrets) expect(JSON.stringify([plan.argv, plan.environment])).not.toContain(secret);
  const named = ['X-Notebook-Id', encodeURIComponent(join(folder, 'app.py'))];
  expect(revealed(plan.upstream.headers)).toEqual([['Authorization', 'Bearer the-secret'], named]);
  expect(revealed(viewer?.headers)).toEqual([['Authorization', `Bearer ${secrets[1]}`], named]);
  expect(plan.upstream.forRole?.full).toBeUndefined();
});

test("marimo's own cookies are withheld, and no other", async () => {
  const [pattern = /^$/] = (await planned()).plan.upstream.withheldCookies;
  expect(['session_2718', 'session_2718_x_y'].every(name => pattern.test(name))).toBe(true);
  expect(['session', 'session_x', 'my_session_2718', '_xsrf'].some(name => pattern.test(name))).toBe(false);
});

/** A program that answers on these addresses, as a process of a run. */
async function listening(...places: readonly (readonly [host: string, port: number])[]): Promise<number> {
  const script = `let left = ${places.length};
    for (const [host, port] of ${JSON.stringify(places)})
      require('node:http').createServer((q, r) => r.end('ok')).listen(port, host, () => --left || console.log('up'));`;
  const child = spawn(process.execPath, ['-e', script], {
    env: { GATEHOUSE_RUN: marker },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return child.pid ?? 0;
}

describe('it is ready', () => {
  async function proofWith(hosts: readonly string[]): Promise<unknown> {
    const { plan, port } = await planned('app.py');
    const viewer = plan.upstream.forRole?.viewer?.address;
    const ports = [port, viewer?.kind === 'port' ? viewer.port : 0];
    const pid = await listening(...hosts.map((host, at) => [host, ports[at] ?? 0] as const));
    return plan.prove(soon(), { pid, marker });
  }

  test('when both of its processes answer on loopback', async () => {
    expect(await proofWith(['127.0.0.1', '127.0.0.1'])).toEqual({ kind: 'ours' });
  });

  test('not before the second one answers', async () => {
    expect(await proofWith(['127.0.0.1'])).toMatchObject({ kind: 'not-yet' });
  });

  test.each([
    ['0.0.0.0', '127.0.0.1'],
    ['127.0.0.1', '0.0.0.0'],
  ])('never when one listens on the network: %s, %s', async (first, second) => {
    expect(await proofWith([first, second])).toMatchObject({
      kind: 'unsafe',
      detail: expect.stringContaining('the network'),
    });
  });
});

test('viewer is offered where there is an app; while nothing runs it is said when', async () => {
  const of = async (upstream: Upstream | null): Promise<string[]> =>
    (await marimoSharing.offers(upstream, soon())).map(({ role }) => role);
  expect(await of((await planned('app.py')).plan.upstream)).toEqual(['viewer', 'full']);
  expect(await of((await planned()).plan.upstream)).toEqual(['full']);
  expect((await marimoSharing.offers(null, soon()))[0]?.note).toMatch(
    /^Only where marimo was started with a notebook/,
  );
});
