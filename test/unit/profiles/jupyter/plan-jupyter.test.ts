import { chmod, mkdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { planJupyter } from '../../../../src/main/core/profiles/jupyter/plan-jupyter.ts';
import type { RunContext } from '../../../../src/main/core/ports.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import type { FoundServer, StartRequest } from '../../../../src/shared/model.ts';
import { fakeEnvironment, scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let context: RunContext;
let found: FoundServer;
beforeEach(async () => {
  scratch = await scratchFolder();
  const location = await fakeEnvironment(join(scratch.folder, 'env'));
  found = {
    id: 'x',
    profile: 'jupyter',
    title: 'JupyterLab',
    version: '4.6.6',
    origin: 'PATH',
    location,
    problem: null,
  };
  context = {
    serverId: 'x',
    directory: join(scratch.folder, 'run'),
    canUseSockets: true,
    folderTrusted: false,
    port: 4567,
    secret: new Secret('the-secret-of-this-run'),
    folder: join(scratch.folder, 'work'),
    user: 'Zoë O’Hara',
  };
  await mkdir(context.directory, { mode: 0o700 });
  await mkdir(context.folder);
});
afterEach(() => scratch.remove());

function plan(
  request: Partial<StartRequest> = {},
  change: { found?: Partial<FoundServer>; context?: Partial<RunContext> } = {},
) {
  const options = {
    environment: {},
    platform: 'linux',
    shimFolder: '/shim',
    asRoot: false,
    readySeconds: () => 77,
  } as const;
  return planJupyter(
    options,
    { profile: 'jupyter', ...request },
    { ...found, ...change.found },
    { ...context, ...change.context },
  );
}

test('the secret reaches the run by a private file alone', async () => {
  const made = await plan();
  const file = join(context.directory, 'upstream-secret');
  expect(await readFile(file, 'utf8')).toBe('the-secret-of-this-run');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect((await stat(join(context.directory, 'runtime'))).mode & 0o777).toBe(0o700);
  expect(made.environment['GATEHOUSE_UPSTREAM_SECRET_FILE']).toBe(file);
  expect(JSON.stringify(made)).not.toContain('the-secret-of-this-run');
  expect(made.folder).toBe(join(context.directory, 'empty'));
  expect(made.argv[0]).toBe(join(found.location, 'bin/python'));
});

test('the gateway is told the secret, the name and the cookies to keep back', async () => {
  const { upstream } = await plan();
  expect(upstream.address).toEqual({ kind: 'socket', path: join(context.directory, 'jupyter.sock') });
  expect(upstream.host).toBe('localhost');
  expect(upstream.headers.map(([name, value]) => [name, value.reveal()])).toEqual([
    ['X-Gatehouse-Upstream', 'the-secret-of-this-run'],
    ['X-Gatehouse-User', 'Zo%C3%AB%20O%E2%80%99Hara'],
  ]);
  expect(upstream.withheldCookies.some(cookie => cookie.test('username-localhost-8888'))).toBe(true);
  expect(upstream.withheldCookies.some(cookie => cookie.test('_xsrf'))).toBe(false);
  const { upstream: other } = await plan({}, { context: { canUseSockets: false } });
  expect(other.address).toEqual({ kind: 'port', port: 4567 });
});

test('a link that waits in place of the secret is not followed', async () => {
  const elsewhere = join(scratch.folder, 'elsewhere');
  await writeFile(elsewhere, 'untouched');
  await symlink(elsewhere, join(context.directory, 'upstream-secret'));
  await plan();
  expect(await readFile(elsewhere, 'utf8')).toBe('untouched');
});

test('a second try in the same folder works', async () => {
  await plan();
  expect((await plan({ readySeconds: 5 })).readySeconds).toBe(5);
  expect((await plan()).readySeconds).toBe(77);
});

test('the landing follows application and file', async () => {
  await writeFile(join(context.folder, 'a b.ipynb'), '');
  expect((await plan()).landing).toBe('/lab');
  expect((await plan({ file: 'a b.ipynb' })).landing).toBe('/lab/tree/a%20b.ipynb');
  expect((await plan({}, { found: { title: 'Notebook' } })).landing).toBe('/tree');
});

test.each<[string, Parameters<typeof plan>, string]>([
  ['a broken environment', [{}, { found: { problem: 'No module named x' } }], 'cannot-start'],
  ['an unknown application', [{}, { found: { title: 'Python' } }], 'unknown-application'],
  ['an environment that is gone', [{}, { found: { location: '/nowhere' } }], 'installation-gone'],
  ['a folder that is gone', [{}, { context: { folder: '/nowhere' } }], 'no-such-folder'],
  ['a file outside', [{ file: '../x' }], 'file-outside'],
])('%s is refused, and no secret is written', async (_name, [request, change], code) => {
  await expect(plan(request, change)).rejects.toMatchObject({ code });
  expect(await stat(join(context.directory, 'upstream-secret')).catch(() => null)).toBeNull();
});

test('conda is named as conda does it', async () => {
  await mkdir(join(found.location, 'conda-meta'));
  expect((await plan()).environment['CONDA_PREFIX']).toBe(found.location);
  await rm(join(found.location, 'conda-meta'), { recursive: true });
  await chmod(context.directory, 0o700);
  expect((await plan()).environment['VIRTUAL_ENV']).toBe(found.location);
});
