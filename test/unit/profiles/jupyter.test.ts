import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jupyterProfile } from '../../../src/main/core/profiles/jupyter.ts';
import type { Log, RunContext } from '../../../src/main/core/ports.ts';
import { Secret } from '../../../src/main/core/secret.ts';
import { fakeEnvironment, scratchFolder } from '../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

const log: Log = { info: () => {}, warn: () => {}, error: () => {} };

function profile(environment: Record<string, string> = {}) {
  const home = scratch.folder;
  return jupyterProfile({
    environment: { PATH: '/nowhere', ...environment },
    home,
    dataFolder: join(home, 'data'),
    log,
    condaRoots: [],
  });
}

async function context(): Promise<RunContext> {
  const directory = join(scratch.folder, 'run');
  await mkdir(directory, { recursive: true });
  const secret = new Secret('x'.repeat(43));
  return {
    serverId: 'x',
    directory,
    canUseSockets: true,
    folderTrusted: false,
    port: 1,
    secret,
    folder: scratch.folder,
    user: 'zoe',
  };
}

test('finds, remembers what it found, and plans with the best when nothing is chosen', async () => {
  const location = await fakeEnvironment(join(scratch.folder, 'env'));
  const jupyter = profile({ VIRTUAL_ENV: location });
  const signal = AbortSignal.timeout(10_000);
  const found = await jupyter.find({ fresh: false, signal });
  expect(found[0]).toMatchObject({
    title: 'JupyterLab',
    version: '4.6.6',
    location,
    origin: 'VIRTUAL_ENV',
    problem: null,
  });
  expect((await stat(join(scratch.folder, 'data/cache/python-environments.json'))).mode & 0o777).toBe(0o600);
  const plan = await jupyter.plan({ profile: 'jupyter' }, null, await context());
  expect(plan.argv[0]).toBe(join(location, 'bin/python'));
  expect(await stat(plan.argv[2] ?? '').then(file => file.isFile())).toBe(true);
  expect(plan.readySeconds).toBe(120);
});

test('with nothing that works it says how to get one', async () => {
  const location = await fakeEnvironment(join(scratch.folder, 'env'), { interpreter: null });
  const jupyter = profile({ VIRTUAL_ENV: location });
  await expect(jupyter.plan({ profile: 'jupyter' }, null, await context())).rejects.toMatchObject({
    code: 'none-found',
    kind: 'not-found',
    nextStep: expect.stringContaining('gatehouse setup jupyter'),
  });
});

test('a signal that was given before ends the search, which throws nothing', async () => {
  await fakeEnvironment(join(scratch.folder, 'env'));
  const jupyter = profile({ VIRTUAL_ENV: join(scratch.folder, 'env') });
  expect(await jupyter.find({ fresh: true, signal: AbortSignal.abort() })).toEqual([]);
});
