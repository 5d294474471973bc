import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  managedPackages,
  onPath,
  toolFailure,
  installersToTry,
} from '../../../../src/main/core/profiles/managed/installers.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

const base = { path: '/usr/bin/python3', minor: 11 };
const options = {
  location: '/data/env',
  base,
  uv: '/bin/uv',
  platform: 'linux',
  shimFolder: '/shim',
  pipFirst: false,
} as const;

test('uv first where it is there, pip first where only pip knows the index', () => {
  const names = (change: Partial<Parameters<typeof installersToTry>[0]>) =>
    installersToTry({ ...options, ...change }).map(way => way.name);
  expect(names({})).toEqual(['uv', 'venv', 'virtualenv', 'fetched-pip']);
  expect(names({ pipFirst: true })).toEqual(['venv', 'virtualenv', 'fetched-pip', 'uv']);
  expect(names({ uv: null })).toEqual(['venv', 'virtualenv', 'fetched-pip']);
  expect(names({ base: null })).toEqual(['uv']);
  expect(names({ base: null, uv: null })).toEqual([]);
});

test('each way installs the same packages into the new environment', () => {
  for (const way of installersToTry(options)) {
    expect(way.make).toContain('/data/env');
    expect(way.install).toContain('/data/env/bin/python');
    expect(way.install.slice(-managedPackages.length)).toEqual([...managedPackages]);
  }
  expect(installersToTry({ ...options, base: null })[0]?.make).toContain('3.12');
});

test('a program is found on PATH only where it can be run', async () => {
  const scratch = await scratchFolder();
  await mkdir(join(scratch.folder, 'a'));
  const uv = join(scratch.folder, 'a/uv');
  await writeFile(uv, '', { mode: 0o644 });
  const look = () => onPath('uv', { PATH: `relative:/nowhere:${join(scratch.folder, 'a')}` }, 'linux');
  expect(await look()).toBeNull();
  await chmod(uv, 0o755);
  expect(await look()).toBe(uv);
  await scratch.remove();
});

test("a failure carries the installer's reason and what to do", () => {
  const lines = [
    'Collecting jupyterlab',
    'ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device',
  ];
  expect(toolFailure('JupyterLab cannot be installed', { code: 1, lines })).toMatchObject({
    code: 'setup-failed',
    message:
      'JupyterLab cannot be installed: Could not install packages due to an OSError: [Errno 28] No space left on device',
    nextStep: expect.stringContaining('disk is full'),
  });
});
