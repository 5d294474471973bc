/*
 * The packed app: what its Electron can still be made to do, and that it starts its own core with its own
 * Node.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { FuseState, FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { build, Platform } from 'electron-builder';
import config from '../../build/electron-builder.ts';
import { eventually, makeHome, root } from '../support/core.ts';
import { processesOf } from '../support/processes.ts';

const testVersion = '22.3.25';
const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
let folder: string;
let program: string;

test.describe.configure({ mode: 'serial', timeout: 240_000 });

test.beforeAll(async () => {
  test.setTimeout(240_000);
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  // The Electron for tests is older than one of the fuses, which it cannot be told.
  const { grantFileProtocolExtraPrivileges: _tooNew, ...electronFuses } = config.electronFuses ?? {};
  await build({
    projectDir: root,
    publish: 'never',
    targets: Platform.LINUX.createTarget('dir'),
    config: {
      ...config,
      electronFuses,
      electronVersion: testVersion,
      electronDist: join(process.env['GATEHOUSE_TEST_ELECTRON'] ?? '', '..'),
      directories: { ...config.directories, output: folder },
    },
  });
  program = join(folder, 'linux-unpacked', 'gatehouse');
  // What the test Electron brings to start a folder; a real one has none.
  await rm(join(folder, 'linux-unpacked', 'resources', 'app'), { recursive: true, force: true });
});
test.afterAll(() => rm(folder, { recursive: true, force: true }));

test('GHSA-5c3f-5gj7-p9xh: the fuses are as they were decided', async () => {
  const wire = await getCurrentFuseWire(program);
  const off = [
    FuseV1Options.RunAsNode,
    FuseV1Options.EnableNodeOptionsEnvironmentVariable,
    FuseV1Options.EnableNodeCliInspectArguments,
  ];
  for (const fuse of off) expect(wire[fuse], FuseV1Options[fuse]).toBe(FuseState.DISABLE);
  const on = [
    FuseV1Options.EnableCookieEncryption,
    FuseV1Options.EnableEmbeddedAsarIntegrityValidation,
    FuseV1Options.OnlyLoadAppFromAsar,
  ];
  for (const fuse of on) expect(wire[fuse], FuseV1Options[fuse]).toBe(FuseState.ENABLE);
});

test('attack: the program is no plain Node for whoever asks by the environment', async () => {
  const run = promisify(execFile)(program, [...asRoot, '-p', '"ran as " + "node"'], {
    env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', HOME: folder, GATEHOUSE_HOME: join(folder, 'none') },
    timeout: 5000,
  });
  const said = await run.catch((error: unknown) => error as { readonly stdout: string });
  expect(said.stdout).not.toContain('ran as node');
});

test('it starts its own core with the Node that it carries', async () => {
  const home = await makeHome();
  // Not by Playwright, which needs an inspector that this program refuses.
  const child = spawn(program, asRoot, {
    env: { ...home.environment, DISPLAY: process.env['DISPLAY'] ?? '' },
    stdio: 'ignore',
  });
  const resources = join(folder, 'linux-unpacked', 'resources');
  const core = await eventually('a core', 60_000, async () =>
    (await processesOf(home.folder)).find(({ argv }) => argv.includes(join(resources, 'core', 'main.mjs'))),
  );
  expect(core.argv.startsWith(join(resources, 'node', 'node'))).toBe(true);
  await eventually('its answer', 30_000, async () => (await home.cli('about')).code === 0);
  child.kill('SIGKILL');
  await home[Symbol.asyncDispose]();
});
