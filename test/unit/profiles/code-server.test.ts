import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/code-server.ts';
import { closedPortProxy } from '../../../src/main/core/profiles/code-server/port-proxy.ts';
import type { LaunchPlan } from '../../../src/main/core/ports.ts';
import type { FoundServer } from '../../../src/shared/model.ts';
import { scratchFolder } from '../../support/fake-environment.ts';
import { foundIn, installProgram, planIn, profileIn } from '../../support/profile-plan.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

const install = (version: string): Promise<void> =>
  installProgram(
    scratch.folder,
    'code-server',
    `${version} 53c2f3253bcf32886706fc023e794bbeb253c90f with Code 1.139.1`,
  );
const found = async (): Promise<FoundServer | undefined> => (await foundIn(kind, scratch.folder))[0];
const plan = (canUseSockets = true): Promise<LaunchPlan> => planIn(kind, scratch.folder, canUseSockets);

test('it is found with the version that it says, and asked without a configuration of its own', async () => {
  await install('4.139.1');
  expect(await found()).toMatchObject({ version: '4.139.1', problem: null, title: 'code-server' });
  expect(await readFile(join(scratch.folder, 'asked'), 'utf8')).toBe('--config /dev/null --version\n');
});

test.each([
  ['4.5.1', /older than 4\.99\.4/],
  ['4.10.0', /CVE-2025-47269/],
  ['4.99.3', /CVE-2025-47269/],
])('CVE-2025-47269: version %s is listed with its reason and not started', async (version, reason) => {
  await install(version);
  expect((await found())?.problem).toMatch(reason);
  await expect(plan()).rejects.toThrow(reason);
});

test.each([
  ['4.99.4', /session cookie.*update it/],
  ['4.124.1', /session cookie.*update it/],
  ['4.124.2', null],
  ['4.139.1', null],
])('version %s is started; what its owner has to know: %s', async (version, caveat) => {
  await install(version);
  const said = (await plan()).caveat?.() ?? null;
  if (caveat === null) expect(said).toBeNull();
  else expect(said).toMatch(caveat);
});

test('a socket in the private folder, a configuration of ours, and no secret on the command line', async () => {
  await install('4.139.1');
  const made = await plan();
  const { folder } = scratch;
  expect(made.argv).toEqual([
    join(folder, 'code-server'),
    `--config=${folder}/config.yaml`,
    '--auth=none',
    `--socket=${folder}/server.sock`,
    '--socket-mode=600',
    `--session-socket=${folder}/session.sock`,
    '--trusted-origins=localhost',
    '--disable-proxy',
    '--disable-telemetry',
    '--disable-update-check',
    '--',
    `${folder}/thesis & more`,
  ]);
  expect(made.environment).toEqual({});
  expect(made.upstream).toMatchObject({
    address: { kind: 'socket', path: `${folder}/server.sock` },
    host: 'localhost',
    headers: [],
  });
  expect(made.landing).toBe(`/?folder=${encodeURIComponent(`${folder}/thesis & more`)}`);
  expect(made.askToStop).toBeNull();
  const config = join(folder, 'config.yaml');
  expect(await readFile(config, 'utf8')).toBe('auth: none\n');
  expect((await stat(config)).mode & 0o777).toBe(0o600);
});

test('where there are no Unix sockets it is not started on a port instead', async () => {
  await install('4.139.1');
  await expect(plan(false)).rejects.toMatchObject({ code: 'no-sockets' });
});

test('one role, and a sentence for each that is not', async () => {
  const { sharing } = profileIn(kind, scratch.folder);
  expect(sharing.rules.roles).toEqual(['full']);
  expect(sharing.notOffered.map(({ role }) => role)).toEqual(['viewer', 'editor']);
  for (const { reason } of sharing.notOffered) expect(reason).toMatch(/terminal/);
  expect(sharing.rules.decideRequest('viewer', 'GET', '/', '').allow).toBe(false);
  expect(
    sharing.rules.openSocket('editor', '/', '', [], { name: 'Ada (guest)', session: 'a1', permissions: null })
      .allow,
  ).toBe(false);
  const [offer] = await sharing.offers(null, AbortSignal.timeout(1000));
  expect(offer).toMatchObject({ role: 'full', runsCode: true });
});

test.each([
  '/proxy/8080',
  '/proxy/8080/',
  '/absproxy/8080/x',
  '/Proxy/8080',
  '/%70%72oxy/8080',
  '/%2570roxy/8080',
  '/%252570roxy/8080',
  '/proxy%2F8080',
  '//proxy/8080',
  '/;x/proxy;y/8080/..',
  '/a/../proxy/8080',
  '/a/%2e%2E%2fproxy/8080',
  '/vscode/proxy/8080',
  '/vscode//absproxy/8080',
  '/proxy',
  '/\\proxy/8080',
])('the port proxy is closed as %s', path => {
  expect(closedPortProxy(path)).toMatch(/port proxy/);
});

test.each([
  '/',
  '/healthz',
  '/proxying',
  '/stable-53c2f3253bcf32886706fc023e794bbeb253c90f/static/node_modules/http-proxy/proxy/index.js',
  '/_static/proxy/x.js',
  '/%zz/%',
  '/vscode/stable-0/static/x',
  `/${'%25'.repeat(50)}`,
])('%s is open', path => {
  expect(closedPortProxy(path)).toBeNull();
});
