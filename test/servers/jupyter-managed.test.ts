import { execFile, fork } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { jupyterProfile } from '../../src/main/core/profiles/jupyter.ts';
import { managedPackages, installersToTry } from '../../src/main/core/profiles/managed/installers.ts';
import { installerEnvironment, runTool } from '../../src/main/core/profiles/managed/run-tool.ts';
import type { Log, ManagedSetup } from '../../src/main/core/ports.ts';
import type { SetupProgress } from '../../src/shared/model.ts';
import { testPython } from '../support/jupyter.ts';

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
const shimFolder = fileURLToPath(new URL('../../src/main/core/profiles/jupyter/shim', import.meta.url));
const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function prepare(environment: Record<string, string | undefined>) {
  const root = await mkdtemp(join(tmpdir(), 'gh-managed-'));
  cleanups.push(() => rm(root, { recursive: true, force: true, maxRetries: 5 }));
  const dataFolder = join(root, 'Zoë’s data');
  const options = { environment, home: root, dataFolder, log: quiet };
  const profile = jupyterProfile(options);
  const setup = profile.setup as ManagedSetup;
  const left = () => readdir(join(dataFolder, 'environments')).catch(() => []);
  return { root, dataFolder, profile, setup, left };
}

/** An index that takes every question and never answers: an installation that goes on until it is ended. */
async function silentIndex(): Promise<{ url: string; asked: Promise<void> }> {
  let server: Server | null = null;
  const asked = new Promise<void>(resolve => {
    server = createServer(() => resolve());
  });
  const listening = server as unknown as Server;
  await new Promise<void>(done => listening.listen(0, '127.0.0.1', done));
  cleanups.push(
    () =>
      new Promise(done => {
        listening.closeAllConnections();
        listening.close(() => done());
      }),
  );
  const address = listening.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://zoe:hunter2@127.0.0.1:${port}/simple`, asked };
}

/** Nothing of the machine's own settings, so that the index is ours and no uv is found. */
function onlyIndex(url: string): Record<string, string | undefined> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    PIP_INDEX_URL: url,
    PIP_CONFIG_FILE: '/dev/null',
    PIP_RETRIES: '0',
    PIP_TIMEOUT: '60',
  };
}

async function processesIn(folder: string): Promise<string[]> {
  const pids = (await readdir('/proc')).filter(name => /^\d+$/.test(name));
  const lines = await Promise.all(pids.map(pid => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')));
  return lines.filter(line => line.includes(folder));
}

test('makes a JupyterLab of its own with progress, is found, and can be removed', async () => {
  const { profile, setup, left, root } = await prepare(process.env);
  const seen: SetupProgress[] = [];
  const found = await setup.run(progress => seen.push(progress), AbortSignal.timeout(300_000));
  expect(found).toMatchObject({ title: 'JupyterLab', problem: null, origin: 'made by Gatehouse' });
  expect([...new Set(seen.map(progress => progress.step))]).toEqual([
    'find-python',
    'make-environment',
    'install',
    'check',
    'done',
  ]);
  const fractions = seen.flatMap(progress => (progress.fraction === null ? [] : [progress.fraction]));
  expect(fractions).toEqual(fractions.toSorted((one, other) => one - other));
  expect(await left()).toEqual(['jupyter']);

  const signal = AbortSignal.timeout(30_000);
  expect(await profile.find({ fresh: true, folder: root, signal })).toContainEqual(found);
  await setup.run(() => {}, signal);
  await setup.remove();
  expect(await left()).toEqual([]);
});

test("a failed installation shows pip's own reason without the index's password, and leaves nothing", async () => {
  const { setup, left } = await prepare(onlyIndex('http://zoe:hunter2@127.0.0.1:9/simple'));
  const seen: SetupProgress[] = [];
  const failed = setup.run(progress => seen.push(progress), AbortSignal.timeout(120_000));
  await expect(failed).rejects.toMatchObject({
    code: 'setup-failed',
    message: expect.stringMatching(/No matching distribution found for jupyterlab/),
    nextStep: expect.stringMatching(/package index|network/),
  });
  expect(JSON.stringify(seen)).not.toContain('hunter2');
  expect(seen.at(-1)?.step).toBe('failed');
  expect(await left()).toEqual([]);
});

test('a cancelled installation ends its processes and leaves nothing; a second one at the same time is refused', async () => {
  const index = await silentIndex();
  const { setup, left, dataFolder } = await prepare(onlyIndex(index.url));
  const cancel = new AbortController();
  const running = setup.run(() => {}, cancel.signal);
  running.catch(() => undefined);
  await index.asked;
  await expect(setup.run(() => {}, cancel.signal)).rejects.toMatchObject({ code: 'setup-busy' });
  await expect(setup.remove()).rejects.toMatchObject({ code: 'setup-busy' });
  cancel.abort();
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  expect(await left()).toEqual([]);
  await expect.poll(() => processesIn(dataFolder)).toEqual([]);
});

test('an installation that was cut counts as none, and the next one clears it away', async () => {
  const index = await silentIndex();
  const { root, dataFolder, profile, setup, left } = await prepare(onlyIndex('http://127.0.0.1:9/simple'));
  const script = join(root, 'cut.mjs');
  const source = new URL('../../src/main/core/profiles/managed/setup.ts', import.meta.url).href;
  const options = {
    location: join(dataFolder, 'environments', 'jupyter'),
    environment: onlyIndex(index.url),
    home: root,
    platform: 'linux',
    shimFolder,
  };
  await writeFile(
    script,
    `import { managedJupyter } from ${JSON.stringify(source)};
     await managedJupyter(${JSON.stringify(options)}).run(() => {}, new AbortController().signal);`,
  );
  const core = fork(script, { stdio: 'ignore' });
  const ended = new Promise(done => core.once('exit', done));
  await index.asked;
  core.kill('SIGKILL');
  await ended;
  expect(await left()).toContain('jupyter.incomplete');
  expect(await processesIn(dataFolder)).not.toEqual([]);
  const found = await profile.find({ fresh: true, signal: AbortSignal.timeout(30_000) });
  expect(found.filter(server => server.location.startsWith(dataFolder))).toEqual([]);

  await expect(setup.run(() => {}, AbortSignal.timeout(60_000))).rejects.toMatchObject({
    code: 'setup-failed',
  });
  expect(await left()).toEqual([]);
  await expect.poll(() => processesIn(dataFolder)).toEqual([]);
});

test('a Python without pip and ensurepip gets its packages all the same', async () => {
  const { root } = await prepare({});
  const bare = join(root, 'bare');
  const python = await testPython();
  await promisify(execFile)(python, ['-m', 'venv', '--without-pip', bare]);
  const way = installersToTry({
    location: join(root, 'environment'),
    base: { path: join(bare, 'bin/python'), minor: 11 },
    uv: null,
    platform: 'linux',
    shimFolder,
    pipFirst: true,
  }).at(-1);
  const run = async (argv: readonly string[]) =>
    runTool({
      argv,
      folder: root,
      environment: installerEnvironment(process.env, root),
      signal: AbortSignal.timeout(100_000),
    });
  expect((await run(way?.make ?? [])).code).toBe(0);
  const small = (way?.install ?? []).filter(argument => !managedPackages.some(each => each === argument));
  const installed = await run([...small, 'six']);
  expect(installed).toMatchObject({ code: 0 });
  expect(installed.lines.join('\n')).toMatch(/Collecting pip[^]*Successfully installed six/);
});
