/*
 * What `npm start` does first, in a fresh checkout, under settings that real shells and .npmrc files carry.
 * It asks the registry.
 */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { access, chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer as createPlainServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../support/core.ts';

const run = promisify(execFile);
/** Milliseconds for one installation from the registry. */
const patience = 300_000;
/** The settings of an npm that runs these tests are not the ones under test. */
const withoutNpm = Object.fromEntries(
  Object.entries(process.env).filter(([name]) => !/^npm_|^(?:NODE|NODE_ENV|INIT_CWD)$/.test(name)),
);
let folder = '';
let checkout = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'first install '));
  checkout = join(folder, 'gatehouse');
  await mkdir(join(folder, 'home'));
  await mkdir(checkout);
  for (const name of ['package.json', 'package-lock.json', 'build']) {
    await cp(join(root, name), join(checkout, name), { recursive: true });
  }
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/**
 * `install()` in a home of its own. @param npmrc lines that stand behind this computer's own, which may name
 * a registry
 */
async function install(environment: Record<string, string>, npmrc: string, uid?: number): Promise<void> {
  const own = process.env['npm_config_userconfig'] ?? join(homedir(), '.npmrc');
  const userconfig = join(folder, 'home', '.npmrc');
  await writeFile(userconfig, `${await readFile(own, 'utf8').catch(() => '')}\n${npmrc}`);
  const script = "import('./build/prepare.mjs').then(({ install }) => install())";
  await run(process.execPath, ['--input-type=module', '-e', script], {
    cwd: checkout,
    env: { ...withoutNpm, HOME: join(folder, 'home'), npm_config_userconfig: userconfig, ...environment },
    timeout: patience,
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

test(
  'NODE_ENV=production, omit=dev and ignore-scripts=true leave nothing out',
  { timeout: patience },
  async () => {
    await install(
      { NODE_ENV: 'production', npm_config_prefix: join(folder, 'elsewhere') },
      'ignore-scripts=true\nomit=dev\n',
    );
    const node = join(checkout, 'node_modules', 'node', 'bin', 'node');
    const { stdout } = await run(node, ['--version']);
    expect(stdout).toMatch(/^v24\./);
    for (const path of ['vite/bin/vite.js', 'electron-vite/bin/electron-vite.js', 'undici/package.json']) {
      await access(join(checkout, 'node_modules', path));
    }
    await run(node, ['-e', "require('keytar')"], { cwd: checkout });
  },
);

/** What an installation says that fails. */
async function failure(environment: Record<string, string>, npmrc = '', uid?: number): Promise<string> {
  const failed = await install(environment, npmrc, uid).then(
    () => null,
    (error: unknown) => error as { stderr: string },
  );
  return failed?.stderr ?? 'it did not fail';
}

test.runIf(process.getuid?.() === 0)(
  'a checkout that may not be written to is named, in one sentence',
  { timeout: patience },
  async () => {
    await chmod(folder, 0o755);
    const said = await failure({}, '', 65_534);
    expect(said).toBe(
      `gatehouse: Gatehouse has to be set up, but ${checkout} cannot be written to. You may not write there: clone Gatehouse into a folder of your own, or take this one back (\`sudo chown -R "$(id -u)"\` and its path).\n`,
    );
  },
);

test('a proxy that breaks TLS is told as one, with what to ask for', { timeout: patience }, async () => {
  const { cert, key } = await selfSigned();
  const registry = createServer({ cert, key }, (_request, response) => response.end('{}')).listen(
    0,
    '127.0.0.1',
  );
  await once(registry, 'listening');
  const { port } = registry.address() as AddressInfo;
  const said = await failure({ ...quickly, npm_config_registry: `https://127.0.0.1:${port}/` });
  registry.close();
  expect(lastLine(said)).toMatch(/^gatehouse: .* shows a certificate of its own: .*cafile FILE/);
});

test('a registry that cannot be reached, and one that wants a sign-in', { timeout: patience }, async () => {
  expect(lastLine(await failure({ ...quickly, npm_config_registry: 'http://127.0.0.1:9/' }))).toMatch(
    /^gatehouse: .* cannot be reached: .*npm config set proxy URL/,
  );
  const registry = createPlainServer((_request, response) => response.writeHead(403).end('{}')).listen(
    0,
    '127.0.0.1',
  );
  await once(registry, 'listening');
  const { port } = registry.address() as AddressInfo;
  const said = await failure({ ...quickly, npm_config_registry: `http://127.0.0.1:${port}/` });
  registry.close();
  expect(lastLine(said)).toMatch(/^gatehouse: .* wants a sign-in/);
});

/** npm asks three times, with long pauses, unless it is told otherwise. */
const quickly = { npm_config_fetch_retries: '0' };

function lastLine(said: string): string {
  return said.trimEnd().split('\n').at(-1) ?? '';
}

async function selfSigned(): Promise<{ readonly cert: Buffer; readonly key: Buffer }> {
  const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const names = ['-subj', '/CN=proxy', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    ...names,
    '-days',
    '2',
    '-keyout',
    key,
    '-out',
    cert,
  ]);
  return { cert: await readFile(cert), key: await readFile(key) };
}

test('npm 9, and a lock file that it has written', { timeout: patience * 2 }, async () => {
  const context = join(folder, 'npm9');
  await mkdir(context);
  await run('npm', ['install', '--prefix', context, '--no-audit', '--no-fund', 'npm@9'], { env: withoutNpm });
  const old = join(context, 'node_modules', '.bin');
  const path = `${old}:${process.env['PATH'] ?? ''}`;
  const lock = join(checkout, 'package-lock.json');
  const { lockfileVersion, ...rest } = JSON.parse(await readFile(lock, 'utf8')) as Record<string, unknown>;
  expect(lockfileVersion).toBe(3);
  // As npm 7 to 9 wrote it for the sake of npm 6, once it is asked for a change.
  await writeFile(lock, JSON.stringify({ lockfileVersion: 2, ...rest, dependencies: {} }));
  await install({ PATH: path }, '');
  const { stdout } = await run(join(checkout, 'node_modules', 'node', 'bin', 'node'), ['--version']);
  expect(stdout).toMatch(/^v24\./);
  await access(join(checkout, 'node_modules', 'electron-vite/bin/electron-vite.js'));
});
