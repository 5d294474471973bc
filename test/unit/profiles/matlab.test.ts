import { mkdir, readFile, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { LaunchPlan } from '../../../src/main/core/ports.ts';
import { kind } from '../../../src/main/core/profiles/matlab.ts';
import { adviseMatlab } from '../../../src/main/core/profiles/matlab/plan-matlab.ts';
import type { FoundServer } from '../../../src/shared/model.ts';
import { makeRunContext } from '../../support/run-plan.ts';

const environment = {
  PATH: '/usr/bin',
  MLM_LICENSE_FILE: '27000@licences',
  MWI_AUTH_TOKEN: 'the-token-of-the-door',
  MWI_BASE_URL: '/m/',
  MWI_APP_HOST: '0.0.0.0',
  MWI_ENABLE_SSL: 'true',
};

async function planned(
  change: Partial<FoundServer> = {},
  request: { file?: string } = {},
): Promise<{ plan: LaunchPlan; context: Awaited<ReturnType<typeof makeRunContext>>; location: string }> {
  const context = { ...(await makeRunContext()), gatewayOrigin: 'http://127.0.0.1:4001' };
  const location = join(context.home, 'env');
  await mkdir(join(location, 'bin'), { recursive: true });
  await symlink(process.execPath, join(location, 'bin', 'python'));
  const profile = kind.create({
    environment,
    home: context.home,
    dataFolder: context.home,
    platform: 'linux',
    log: { info() {}, warn() {}, error() {} },
    readySeconds: () => null,
    shims: '/shims',
  });
  const found: FoundServer = {
    id: 'x',
    profile: 'matlab',
    title: 'MATLAB (matlab-proxy)',
    version: '0.35.0',
    origin: 'PATH',
    location,
    problem: null,
    ...change,
  };
  return { plan: await profile.plan({ profile: 'matlab', ...request }, found, context), context, location };
}

test('the command line and the environment hold no secret of the server and nothing of the door', async () => {
  const { plan, context, location } = await planned();
  expect(plan.argv).toEqual([join(location, 'bin/python'), '-u', '/shims/matlab/gatehouse_matlab.py']);
  const secretFile = join(context.directory, 'upstream-secret');
  expect(plan.environment).toEqual({
    PATH: `${location}/bin:/usr/bin`,
    VIRTUAL_ENV: location,
    MLM_LICENSE_FILE: '27000@licences',
    MWI_APP_PORT: String(context.port),
    MWI_BASE_URL: '/m',
    GATEHOUSE_UPSTREAM_SECRET_FILE: secretFile,
    GATEHOUSE_SERVER: 'test',
    GATEHOUSE_DOOR: 'http://127.0.0.1:4001/m',
  });
  expect(await readFile(secretFile, 'utf8')).toBe(context.secret.reveal());
  expect((await stat(secretFile)).mode & 0o777).toBe(0o600);
  await context.remove();
});

test('the server is reached on loopback by its own header, and its cookie is kept from everybody', async () => {
  const { plan, context } = await planned();
  expect(plan.upstream).toMatchObject({
    address: { kind: 'port', port: context.port },
    headers: [['mwi-auth-token', context.secret]],
  });
  const withheld = (name: string): boolean => plan.upstream.withheldCookies.some(rule => rule.test(name));
  expect(withheld('matlab-proxy-session-4f2a')).toBe(true);
  expect(withheld('JSESSIONID')).toBe(false);
  expect([plan.landing, plan.folder]).toEqual(['/m/index.html', context.folder]);
  expect(plan.caveat?.()).toMatch(/no MATLAB is on PATH/);
  await context.remove();
});

test('a broken one and a file are refused', async () => {
  await expect(planned({ problem: 'It is too old.' })).rejects.toMatchObject({ code: 'cannot-start' });
  await expect(planned({ location: '/nowhere' })).rejects.toMatchObject({ code: 'installation-gone' });
  await expect(planned({}, { file: 'a.m' })).rejects.toMatchObject({ code: 'no-file' });
});

test('its own clients show the token by header and parameter', () => {
  const profile = kind.create({
    environment: { MWI_BASE_URL: 'wrong' },
    home: '/h',
    dataFolder: '/d',
    platform: 'linux',
    log: { info() {}, warn() {}, error() {} },
    readySeconds: () => null,
  });
  expect(profile.clientCredential).toMatchObject({
    headers: ['mwi-auth-token', 'mwi_auth_token'],
    parameters: ['mwi-auth-token', 'mwi_auth_token'],
  });
});

test('a variable that cannot be used is told when the door is to be opened', async () => {
  const profile = kind.create({
    environment: { MWI_BASE_URL: 'wrong' },
    home: '/h',
    dataFolder: '/d',
    platform: 'linux',
    log: { info() {}, warn() {}, error() {} },
    readySeconds: () => null,
  });
  await expect(profile.door?.({ profile: 'matlab' })).rejects.toMatchObject({ code: 'variable-unusable' });
});

test.each([
  ['gatehouse: this matlab-proxy has no get; it cannot be kept from the network.', /install 0\.35/],
  ['MLM_LICENSE_FILE validation failed for x', /Correct MLM_LICENSE_FILE/],
  [
    'HTTP headers defined in the environment variable MWI_CUSTOM_HTTP_HEADERS are not valid.',
    /neither JSON nor/,
  ],
  ['ModuleNotFoundError: No module named aiohttp', /package of the command is missing/],
])('advice for: %s', (line, advice) => {
  expect(adviseMatlab(['before', line, 'after'], 1)).toMatch(advice);
});
