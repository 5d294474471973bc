/* A core with one server of any kind, used by its owner and by guests of a real share. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import type { Role } from '../../src/shared/model.ts';
import type { NewShareLink } from '../../src/shared/share-model.ts';
import { toolUrl, type Served, type TestHome } from './core.ts';
import { GuestClient } from './guest.ts';
import { processesOf } from './processes.ts';
import { openShared } from './shared.ts';

export interface RealServer {
  readonly home: TestHome;
  readonly served: Served;
  readonly core: CoreClient;
  /** Address for tools, with a slash at its end. */
  readonly url: string;
  readonly token: string;
  /** The secret that the gateway shows the server. */
  readonly secret: string;
  /** A guest who has joined by a new link. */
  guest(role: Role): Promise<GuestClient>;
  /** What a tool of a guest shows instead: the token of a new link. */
  toolToken(role: Role): Promise<string>;
  /** Ends it as Ctrl-C would. @returns exit code of `serve` */
  stop(): Promise<number | null>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** @param prepare fills the home before the server starts */
export async function openServer(
  environment: Record<string, string>,
  args: readonly string[],
  prepare: (home: TestHome) => Promise<void> = async () => {},
): Promise<RealServer> {
  const shared = await openShared(environment, args, prepare);
  const { home, served, core, authority } = shared;
  const link = (role: Role): Promise<NewShareLink> => shared.share({ role, label: role });
  return {
    home,
    served,
    core,
    url: toolUrl(served.server),
    token: await served.token(),
    secret: await upstreamSecret(home),
    guest: async role => {
      const guest = new GuestClient((await link(role)).url, authority);
      const joined = await guest.join(`Ada the ${role}`);
      if (joined.status !== 200) throw new Error(`Joining was answered ${joined.status}: ${joined.body}`);
      return guest;
    },
    toolToken: async role => (await link(role)).toolToken,
    stop: async () => {
      core.close();
      served.child.kill('SIGTERM');
      return served.ended;
    },
    [Symbol.asyncDispose]: () => shared.close(),
  };
}

/** As it lies in the private folder of the run. */
async function upstreamSecret({ runtime }: TestHome): Promise<string> {
  const names = await readdir(runtime, { recursive: true });
  const file = names.find(name => name.endsWith('upstream-secret'));
  if (file === undefined) throw new Error(`There is no secret of a server in ${runtime}.`);
  return readFile(join(runtime, file), 'utf8');
}

/** Names of the places, argv or environment of any process of this home, where one of the secrets stands. */
export async function leaksOf({ home }: RealServer, secrets: readonly string[]): Promise<string[]> {
  const seen = await processesOf(home.folder);
  if (seen.length < 2) throw new Error('Neither the core nor its server was found among the processes.');
  return seen.flatMap(({ pid, argv, environment }) =>
    secrets.flatMap(secret => [
      ...(argv.includes(secret) ? [`argv of ${pid}`] : []),
      ...(environment.includes(secret) ? [`environment of ${pid}: ${argv}`] : []),
    ]),
  );
}
