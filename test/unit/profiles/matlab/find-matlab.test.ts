import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findMatlab, findMatlabProxies } from '../../../../src/main/core/profiles/matlab/find-matlab.ts';

let root: string;
beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'matlab '))));
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(path: string, text: string): Promise<string> {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  return file;
}

async function program(path: string): Promise<string> {
  const file = await put(path, '#!/bin/sh\nexit 9\n');
  await chmod(file, 0o755);
  return file;
}

async function environmentWith(version: string): Promise<string> {
  const location = join(root, `env ${version}`);
  await program(`env ${version}/bin/python`);
  await program(`env ${version}/bin/matlab-proxy-app`);
  await put(`env ${version}/pyvenv.cfg`, 'version = 3.11.7\n');
  const folder = `env ${version}/lib/python3.11/site-packages/matlab_proxy-${version}.dist-info`;
  await put(`${folder}/METADATA`, `Name: matlab-proxy\nVersion: ${version}\n`);
  return location;
}

const versionFile =
  '<?xml version="1.0"?><MathWorks_version_info><release>R2024b</release></MathWorks_version_info>';

test('MATLAB is looked for as matlab-proxy will', async () => {
  await put('MATLAB/VersionInfo.xml', versionFile);
  const real = await program('MATLAB/bin/matlab');
  await mkdir(join(root, 'bin'));
  await symlink(real, join(root, 'bin', 'matlab'));
  expect(await findMatlab({ PATH: join(root, 'bin') }, 'linux')).toBe('MATLAB R2024b');
  await program('wrapper/matlab');
  expect(await findMatlab({ PATH: join(root, 'wrapper') }, 'linux')).toBe('a MATLAB');
  expect(await findMatlab({ PATH: join(root, 'nothing') }, 'linux')).toBe(null);
  const custom = { MWI_CUSTOM_MATLAB_ROOT: join(root, 'MATLAB'), PATH: '' };
  expect(await findMatlab(custom, 'linux')).toBe('MATLAB R2024b');
  expect(await findMatlab({ MWI_CUSTOM_MATLAB_ROOT: root, PATH: join(root, 'bin') }, 'linux')).toBe(null);
});

test('environments with matlab-proxy are listed, an old one with its reason, and none is run', async () => {
  const [good, old] = [await environmentWith('0.35.0'), await environmentWith('0.9.1')];
  const found = await findMatlabProxies(
    {
      environment: { PATH: [old, good].map(location => join(location, 'bin')).join(':') },
      home: join(root, 'home'),
      dataFolder: join(root, 'data'),
      platform: 'linux',
      log: { info() {}, warn() {}, error() {} },
      readySeconds: () => null,
    },
    undefined,
  );
  expect(found).toMatchObject([
    { title: 'MATLAB (matlab-proxy)', version: '0.35.0', location: good, problem: null },
    { version: '0.9.1', location: old, problem: expect.stringMatching(/0\.9\.1 is older than/) },
  ]);
  expect(found[0]?.origin).toMatch(/; no MATLAB on PATH$/);
});
