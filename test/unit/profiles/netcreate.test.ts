import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/netcreate.ts';
import type { LaunchPlan, Profile, RunContext } from '../../../src/main/core/ports.ts';
import { Secret } from '../../../src/main/core/secret.ts';

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map(folder => rm(folder, { recursive: true })));
});

/** A folder with the files by which a checkout is known. */
async function checkout(...files: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'net create '));
  folders.push(folder);
  for (const file of files) {
    await mkdir(join(folder, file, '..'), { recursive: true });
    await writeFile(join(folder, file), '{"version": "2.1.0"}');
  }
  return folder;
}

const whole = [
  'nc.js',
  'app/unisys/server-network.js',
  'package.json',
  'node_modules/x',
  'runtime/class-1.loki',
];

function profile(path = process.env['PATH']): Profile {
  const quiet = { info: () => {}, warn: () => {}, error: () => {} };
  return kind.create({
    environment: { PATH: path },
    home: '/home/mira',
    dataFolder: '/data',
    platform: 'linux',
    log: quiet,
    readySeconds: () => null,
    shims: '/opt/Gate "house"/shims',
  });
}

async function plan(folder: string, file?: string, made = profile()): Promise<LaunchPlan> {
  const directory = await checkout();
  const context: RunContext = {
    serverId: 'class',
    directory,
    canUseSockets: true,
    folderTrusted: true,
    port: 41_001,
    secondPort: 41_002,
    secret: new Secret('upstream'),
    folder,
    user: 'mira',
  };
  return made.plan({ profile: 'netcreate', file }, null, context);
}

async function findIn(folder: string): Promise<unknown> {
  const found = await profile().find?.({ fresh: true, folder, signal: AbortSignal.timeout(5000) });
  return found?.map(({ version, location, problem }) => [version, location, problem]);
}

test('both ports, on loopback, and no secret on the command line', async () => {
  const folder = await checkout(...whole);
  const { argv, environment, upstream, folder: cwd } = await plan(folder, 'runtime/class-1.loki');
  expect(argv.slice(1)).toEqual([
    join(folder, 'nc.js'),
    '--dataset=class-1',
    '--port=41001',
    '--netport=41002',
    '--ip=127.0.0.1',
  ]);
  expect(argv[0]).toMatch(/\/node$/);
  expect(cwd).toBe(folder);
  expect(environment).toEqual({
    NODE_OPTIONS: String.raw`--require "/opt/Gate \"house\"/shims/netcreate/gatehouse-loopback.cjs"`,
  });
  expect(upstream.address).toEqual({ kind: 'port', port: 41_001 });
  expect(upstream.branches?.map(({ address, target }) => [address, target])).toEqual([
    [{ kind: 'port', port: 41_002 }, '/'],
  ]);
  expect(upstream.headers).toEqual([]);
});

test('a data set without a file has a name of its own', async () => {
  expect((await plan(await checkout(...whole))).argv).toContain('--dataset=gatehouse');
});

test('a name that would end a string of the script that nc.js writes is refused', async () => {
  const folder = await checkout(...whole, 'a";alert(1);".loki');
  await expect(plan(folder, 'a";alert(1);".loki')).rejects.toMatchObject({ code: 'bad-dataset' });
});

test('a checkout is known by its own files, and what is missing is said', async () => {
  const folder = await checkout(...whole);
  expect(await findIn(folder)).toEqual([['2.1.0', join(folder, 'nc.js'), null]]);
  const bare = await checkout('nc.js', 'app/unisys/server-network.js');
  expect(await findIn(bare)).toEqual([[null, join(bare, 'nc.js'), expect.stringContaining('npm ci')]]);
  expect(await findIn(await checkout('nc.js', 'package.json'))).toEqual([]);
  await expect(plan(await checkout('readme'))).rejects.toMatchObject({ code: 'not-installed' });
});

test('without Node it is said what is missing', async () => {
  const folder = await checkout(...whole);
  await expect(plan(folder, undefined, profile('/nowhere'))).rejects.toMatchObject({ code: 'no-node' });
});

test('only the whole is offered', () => {
  const { sharing } = profile();
  expect(sharing.rules.roles).toEqual(['full']);
  expect(
    sharing.rules.openSocket('viewer', '/.gatehouse/net', '', [], {
      name: '',
      session: 's',
      permissions: null,
    }).allow,
  ).toBe(false);
});
