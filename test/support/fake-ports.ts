import { customSharing } from '../../src/main/core/profiles/custom/custom-sharing.ts';
/*
 * Small stand-ins for the rooms around the launcher: only for its own decisions. The real rooms are tested
 * with the real thing.
 */
import type { Failure, FolderTrust, FoundServer, ServerState } from '../../src/shared/model.ts';
import type { ServerEntryDeps, SuperviseRequest } from '../../src/main/core/launcher/server-entry.ts';
import type { Log, Profile, UpstreamAccess, Supervised, Upstream, Vault } from '../../src/main/core/ports.ts';
import type { Gateway } from '../../src/main/core/gateway-ports.ts';
import type { SavedServer, SavedServers } from '../../src/main/core/launcher/saved-servers.ts';
import type { TrustedFolders } from '../../src/main/core/folders/trusted-folders.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { away, openTo } from './reach.ts';

export const silentLog: Log = { info: () => {}, warn: () => {}, error: () => {} };

const upstream: Upstream = {
  address: { kind: 'port', port: 1 },
  host: 'localhost',
  headers: [],
  withheldCookies: [],
};

/** A supervisor that does at once what it is told. */
export class FakeSupervised implements Supervised {
  state: ServerState = 'stopped';
  reason = 'It was not started yet.';
  readonly caveat = null;
  pid: number | null = null;
  startedAt: number | null = null;
  readonly landing = '/lab';
  readonly said: string[] = [];
  failing: Error | null = null;
  /** Called as it is told to stop. */
  onStop: () => void = () => {};
  readonly #request: SuperviseRequest;

  constructor(request: SuperviseRequest) {
    this.#request = request;
  }

  get reach(): UpstreamAccess {
    return this.state === 'ready' ? openTo(upstream) : away;
  }

  async start(): Promise<void> {
    this.said.push('start');
    if (this.failing !== null) {
      this.#become('failed', this.failing.message);
      throw this.failing;
    }
    this.pid = 42;
    this.startedAt = 0;
    this.#become('ready', 'It answers and is ours.');
  }

  async stop(reason: string): Promise<void> {
    this.said.push(`stop: ${reason}`);
    this.onStop();
    this.pid = null;
    this.startedAt = null;
    this.#become('stopped', reason);
  }

  async restart(): Promise<void> {
    await this.stop('restart');
    await this.start();
  }

  resumed(): void {
    this.said.push('resumed');
  }

  logs = async () => [];
  failure = (): Failure | null => null;
  busyKernels = async () => 2;
  readonly found = null;
  preflight = async () => null;

  #become(state: ServerState, reason: string): void {
    this.state = state;
    this.reason = reason;
    this.#request.onChange();
  }
}

export interface FakeWorld {
  readonly deps: Omit<ServerEntryDeps, 'onChange' | 'save' | 'vault' | 'log'>;
  readonly supervised: FakeSupervised[];
  /** Ports of the gateways that are open now. */
  readonly open: Set<number>;
  readonly states: ServerState[];
  /** How many gateways were opened so far. */
  opened: number;
  /** The next gateway takes its preferred port, unless this is true. */
  taken: boolean;
}

export function fakeWorld(): FakeWorld {
  let nextPort = 5000;
  let nextLabel = 1;
  const world: FakeWorld = {
    supervised: [],
    open: new Set(),
    states: [],
    opened: 0,
    taken: false,
    deps: {
      follow: () => {},
      wishes: () => Promise.resolve(null),
      gatewayTls: () => Promise.resolve({}),
      learn: () => undefined,
      newHostLabel: () => `a-secret${nextLabel++}`,
      gatewayRules: () => ({ clock: Date.now, log: silentLog, extraHosts: () => [], trustedProxies: [] }),
      supervise(request) {
        const supervised = new FakeSupervised(request);
        world.supervised.push(supervised);
        return supervised;
      },
      openGateway: async ({ host, preferredPort }): Promise<Gateway> => {
        const port = preferredPort !== null && !world.taken ? preferredPort : nextPort++;
        world.open.add(port);
        world.opened += 1;
        const windowToken = new Secret(`window token ${world.opened}`);
        return {
          port,
          windowToken: () => windowToken,
          holds: () => false,
          url: `http://${host}.localhost:${port}/`,
          origin: 'http://127.0.0.1:1',
          setUpstream: ({ state }) => void world.states.push(state),
          oneTimeLink: () => ({ url: 'link', expiresAt: null }),
          beginLink: async () => ({ url: 'begin', expiresAt: null }),
          toolLink: () => ({ url: 'tool', expiresAt: null }),
          rotate: () => {},
          connections: () => 3,
          lastUsed: () => 7,
          close: async () => void world.open.delete(port),
        };
      },
    },
  };
  return world;
}

export function fakeVault(): Vault & { readonly forgotten: string[] } {
  const forgotten: string[] = [];
  return {
    store: 'memory',
    sentence: 'in memory',
    forgotten,
    accessToken: async id => new Secret(`token of ${id}`),
    rotateAccessToken: async id => new Secret(`new token of ${id}`),
    forget: async id => void forgotten.push(id),
  };
}

export function fakeSaved(...servers: SavedServer[]): SavedServers {
  const map = new Map(servers.map(server => [server.id, server]));
  return {
    all: () => [...map.values()],
    put: async server => void map.set(server.id, server),
    remove: async id => void map.delete(id),
  };
}

/** Remembers answers, each for its very folder. */
export function fakeFolders(): TrustedFolders {
  const answers = new Map<string, boolean>();
  const look = async (path: string): Promise<FolderTrust> => {
    const trusted = answers.get(path) === true;
    return {
      path,
      trusted,
      verdict: trusted ? 'trusted' : 'unknown',
      by: trusted ? path : null,
      isHome: false,
    };
  };
  return {
    look,
    answer: (path, trusted) => {
      answers.set(path, trusted);
      return look(path);
    },
    forget: path => {
      answers.delete(path);
      return look(path);
    },
    list: () => Promise.all([...answers.keys()].map(look)),
    warnings: async () => [],
  };
}

export function found(id: string, change: Partial<FoundServer> = {}): FoundServer {
  return {
    id,
    profile: 'jupyter',
    title: 'JupyterLab',
    version: '4.6.6',
    origin: 'PATH',
    location: `/envs/${id}`,
    problem: null,
    ...change,
  };
}

export function fakeProfile(...all: FoundServer[]): Profile {
  return {
    name: 'jupyter',
    title: 'JupyterLab',
    setup: null,
    sharing: customSharing,
    find: async () => all,
    plan: async () => {
      throw new Error('not in these tests');
    },
  };
}
