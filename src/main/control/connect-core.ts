import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import type { CallerEnvironment } from '../../shared/model.ts';
import { GatehouseError } from '../core/errors.ts';
import { refuseUnlessExclusive } from '../core/files.ts';
import { findOwner, type HomeFolders } from '../core/home/home-lock.ts';
import { homeInUse } from '../core/home/home-errors.ts';
import { controlKeyPath, controlSocketPath } from '../core/home/instance.ts';
import { Secret } from '../core/secret.ts';
import { connectTo, type CoreClient } from './core-client.ts';
import type { Role } from './protocol.ts';

export interface FindOptions {
  /** Runtime folder of the installation (`systemPaths(...).runtime`). */
  readonly runtime: string;
  /** Its lock is read first: the core may have been started with another runtime folder. */
  readonly home?: HomeFolders;
  readonly role: Role;
  readonly version: string;
  /** The environment for the servers that are started; the core's own when absent. */
  readonly caller?: CallerEnvironment | undefined;
}

export interface EnsureOptions extends FindOptions {
  /** The Node binary that runs the core. */
  readonly node: string;
  /** The core's script and the arguments that make it a background core. */
  readonly args: readonly string[];
  /** Milliseconds in which a core has to come up. */
  readonly limit: number;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** Set in a core's environment when it reads the supplied token from standard input. */
export const tokenOnStandardInput = 'GATEHOUSE_TOKEN_STDIN';

/**
 * Connects to the core that runs for this installation. Throws `no-core` when there is none, and
 * `home-in-use` when it is another computer's.
 */
export async function connectCore(options: FindOptions): Promise<CoreClient> {
  const runtime = await runtimeOf(options);
  const key = await readKey(runtime);
  const path = controlSocketPath(runtime, process.platform);
  const { role, version, caller } = options;
  return connectTo({ path, key, role, version, caller });
}

/** Connects to the core of this installation, and starts one in the background where none runs. */
export async function ensureCore(options: EnsureOptions): Promise<CoreClient> {
  const first = await tryConnect(options);
  if (first !== null) return first;
  // A secret in its environment would stay readable there as long as the core runs.
  const { GATEHOUSE_TOKEN: token, ...environment } = options.environment;
  const child = spawn(options.node, options.args, {
    detached: true,
    stdio: [token === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
    windowsHide: true,
    env: token === undefined ? environment : { ...environment, [tokenOnStandardInput]: '1' },
  });
  child.stdin?.on('error', () => {}).end(token);
  let said = '';
  let failed = false;
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-2000)));
  child.on('error', error => {
    failed = true;
    said = error.message;
  });
  child.on('exit', () => (failed = true));
  const deadline = performance.now() + options.limit;
  for (let last = false; !last;) {
    // Once more after it has ended: another core may have been faster, and ours has given way to it.
    last = performance.now() > deadline || (failed && !(await isBetween(options)));
    const client = await tryConnect(options);
    if (client !== null) {
      child.stderr?.destroy();
      child.unref();
      return client;
    }
    await delay(30);
  }
  throw new GatehouseError(
    'core-did-not-start',
    `Gatehouse did not start in the background. ${said.replace(/^gatehouse: /, '').trim()}`.trim(),
    {
      nextStep: 'Start it with `gatehouse serve` to see its output.',
    },
  );
}

async function runtimeOf({ home, runtime }: FindOptions): Promise<string> {
  const owner = home === undefined ? null : await findOwner(home);
  if (owner === null) return runtime;
  if (owner.where !== 'alive') throw homeInUse(owner, hostname());
  return owner.runtime ?? runtime;
}

/** Whether a core that does not answer yet, or no longer answers, holds this home. */
async function isBetween({ home }: FindOptions): Promise<boolean> {
  return home !== undefined && (await findOwner(home)) !== null;
}

async function tryConnect(options: FindOptions): Promise<CoreClient | null> {
  try {
    return await connectCore(options);
  } catch (error) {
    if (error instanceof GatehouseError && (error.code === 'no-core' || error.code === 'core-closed'))
      return null;
    throw error;
  }
}

async function readKey(runtime: string): Promise<Secret<string>> {
  try {
    // The attack: another account makes the folder first, with its own socket and key, and poses as the core.
    await refuseUnlessExclusive(runtime, process.getuid?.() ?? null);
    return new Secret((await readFile(controlKeyPath(runtime), 'utf8')).trim());
  } catch (cause) {
    if (cause instanceof GatehouseError) throw cause;
    throw new GatehouseError('no-core', 'Gatehouse is not running.', {
      nextStep: 'Start it with `gatehouse start` or `gatehouse serve`.',
      cause,
    });
  }
}
