/* A server that is shared on loopback by a real core. */
import { join } from 'node:path';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { NewShareLink, ShareRequest } from '../../src/shared/share-model.ts';
import { makeHome, serve, type Served, type TestHome } from './core.ts';

export interface Shared {
  readonly home: TestHome;
  readonly served: Served;
  readonly core: CoreClient;
  /** The local authority in PEM. */
  readonly authority: string;
  share(change?: Partial<ShareRequest>): Promise<NewShareLink>;
  close(): Promise<void>;
}

/** Answers 35 bytes on every path, and echoes on every WebSocket. */
const upstream = join(import.meta.dirname, '..', 'bench', 'upstream.ts');

/**
 * @param environment of the core, beside the usual @param target what `serve` is told to start; a small
 *   server of ours when absent @param prepare writes what it needs
 */
export async function openShared(
  environment: Record<string, string> = {},
  target: readonly string[] = ['--', process.execPath, upstream, '{port}'],
  prepare: (home: TestHome) => Promise<void> = async () => {},
): Promise<Shared> {
  const home = await makeHome(environment);
  await prepare(home);
  const served = await serve(home, '--secrets', 'memory', ...target).catch(async (error: unknown) => {
    await home[Symbol.asyncDispose]();
    throw error;
  });
  const core = await home.client();
  const authority = (await core.call('authority.info')).pem;
  return {
    home,
    served,
    core,
    authority,
    share: change =>
      core.call('share.create', {
        server: served.server.id,
        role: 'full',
        label: 'test',
        expiresSeconds: 3600,
        uses: null,
        approval: false,
        listen: '127.0.0.1',
        acknowledged: true,
        ...change,
      }),
    async close() {
      core.close();
      served.child.kill('SIGTERM');
      await served.ended;
      await home[Symbol.asyncDispose]();
    },
  };
}
