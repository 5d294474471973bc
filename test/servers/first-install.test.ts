/* What `npm start` does first, in a fresh checkout, under settings that real shells and .npmrc files carry. It asks the registry. */
import { execFile } from 'node:child_process';
import { access, chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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

/** `install()` in a home of its own. @param npmrc lines that stand behind this computer's own, which may name a registry */
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

test.runIf(process.getuid?.() === 0)(
  'a checkout that may not be written to is named',
  { timeout: patience },
  async () => {
    await chmod(folder, 0o755);
    const failure = await install({}, '', 65_534).then(
      () => null,
      (error: unknown) => error as { stderr: string },
    );
    expect(failure?.stderr).toContain(`could not be installed into ${checkout}`);
    expect(failure?.stderr).toContain('a folder of your own');
    expect(failure?.stderr).not.toContain('null');
  },
);
