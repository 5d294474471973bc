/*
 * Real servers for the tests, as their registries have them. What is installed is said by a lock file in
 * test/servers/locks; an environment is built once for each content of it, in .cache, and used again until
 * that changes.
 */
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { isThere, pythonWith, takeLock, testCache } from './jupyter.ts';

const run = promisify(execFile);
export const lockFolder = resolve(import.meta.dirname, '../servers/locks');

/** Packages whose install scripts run, of each `locks/<name>.json`; all of them where it says true. */
const installScripts: Readonly<Record<string, true | readonly string[]>> = {
  'code-server': true,
  'code-server-4.2.0': ['argon2'],
  'code-server-4.99.3': ['argon2'],
};

async function keyOf(file: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await readFile(file))
    .digest('hex');
  return hash.slice(0, 12);
}

/** Path of a Python that has what `locks/<name>.txt` (pip requirements, all pinned) says. */
export async function pythonServer(name: string): Promise<string> {
  const file = join(lockFolder, `${name}.txt`);
  return pythonWith(`servers/${name}-${await keyOf(file)}`, ['-r', file]);
}

/** Folder that has what `locks/<name>.json` (a package.json, all pinned) says in its node_modules. */
export async function nodeServer(name: string): Promise<string> {
  const file = join(lockFolder, `${name}.json`);
  const folder = join(testCache, 'servers', `${name}-${await keyOf(file)}`);
  const finished = join(folder, 'finished');
  if (await isThere(finished)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const lock = await takeLock(`${folder}.lock`, 900);
  try {
    if (await isThere(finished)) return folder;
    await rm(folder, { recursive: true, force: true });
    await mkdir(folder, { recursive: true });
    await copyFile(file, join(folder, 'package.json'));
    const scripts = installScripts[name] ?? [];
    const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
    if (scripts !== true) flags.push('--ignore-scripts');
    // Beside the Node that runs the tests, so that native modules are built for it.
    const env = {
      ...withoutNpm(process.env),
      ...(await headersOfNode()),
      PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
    };
    const how = { cwd: folder, env, timeout: 900_000, maxBuffer: 64 * 1024 * 1024 };
    await run('npm', ['install', ...flags], how);
    if (scripts !== true && scripts.length > 0) await run('npm', ['rebuild', ...scripts], how);
    await writeFile(finished, '');
  } finally {
    await lock.release();
  }
  return folder;
}

/**
 * What an npm that runs the tests says of itself and its Node would be taken for that of the one that
 * installs.
 */
function withoutNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const ofNpm =
    /^(?:NODE|INIT_CWD|npm_(?:node_execpath|execpath|command|lifecycle_.*|package_.*|config_(?:user_agent|local_prefix|node_gyp)))$/;
  return Object.fromEntries(Object.entries(env).filter(([name]) => !ofNpm.test(name)));
}

/**
 * Where the headers are that native modules are built with, so that none are downloaded: those of the
 * system's own Node, where it has them.
 */
async function headersOfNode(): Promise<Record<string, string>> {
  for (const prefix of ['/usr', '/usr/local']) {
    if (await isThere(join(prefix, 'include', 'node', 'node_api.h'))) return { npm_config_nodedir: prefix };
  }
  return {};
}
