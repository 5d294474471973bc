/*
 * A core that is killed and comes back to the same home, with a real keychain, so that what it keeps is kept.
 */
import { once } from 'node:events';
import { join } from 'node:path';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import { eventually, makeHome, serve, type Served } from '../support/core.ts';
import { startKeyring } from '../support/keyring.ts';

export interface SoakCore {
  readonly client: CoreClient;
  readonly server: string;
  /** True while it is meant to answer. */
  readonly up: boolean;
  readonly authority: string;
  start(): Promise<void>;
  kill(): Promise<void>;
  close(): Promise<void>;
}

const upstream = join(import.meta.dirname, '..', 'bench', 'upstream.ts');

export async function openSoakCore(): Promise<SoakCore> {
  const keyring = await startKeyring();
  const home = await makeHome({ ...keyring.environment });
  let served: Served | null = null;
  let client: CoreClient | null = null;
  let up = false;
  let authority = '';
  const start = async (): Promise<void> => {
    served = await serve(
      home,
      '--secrets',
      'keychain',
      '--name',
      'soak',
      '--',
      process.execPath,
      upstream,
      '{port}',
    );
    client = await home.client();
    authority = (await client.call('authority.info')).pem;
    up = true;
    await eventually('the listener of the links that are left', 20_000, async () => {
      const links = (await client?.call('share.links')) ?? [];
      const listeners = (await client?.call('share.listeners')) ?? [];
      return listeners.length > 0 || !links.some(({ state }) => state === 'open');
    });
  };
  const kill = async (): Promise<void> => {
    up = false;
    const child = served?.child;
    if (child === undefined || child.exitCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    client?.close();
  };
  await start();
  return {
    get client() {
      if (client === null) throw new Error('There is no core.');
      return client;
    },
    get server() {
      return served?.server.id ?? '';
    },
    get up() {
      return up;
    },
    get authority() {
      return authority;
    },
    start,
    kill,
    async close() {
      up = false;
      client?.close();
      served?.child.kill('SIGTERM');
      await served?.ended;
      await home[Symbol.asyncDispose]();
      await keyring.stop();
    },
  };
}
