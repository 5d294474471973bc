/**
 * The shell's one connection to the core, and the list of servers that it reports. A connection that ends is
 * made again. Servers may have changed in the meantime, or come back with a new core, so the list is then
 * requested again.
 */
import { eventNames, type CallName, type Calls, type EventName, type Events } from '../../shared/contract.ts';
import type { ServerInfo } from '../../shared/model.ts';
import type { CoreState } from '../../shared/window.ts';
import type { CoreClient, CoreConnection, ShellLog } from './shell-ports.ts';
import { errorInfo } from './error-info.ts';

export interface LinkState {
  readonly core: CoreState;
  readonly reason: string;
}

interface Watcher {
  onState(state: LinkState): void;
  onServers(servers: readonly ServerInfo[]): void;
  onEvent<K extends EventName>(name: K, event: Events[K]): void;
}

export class CoreLink {
  readonly #connection: CoreConnection;
  readonly #log: ShellLog;
  readonly #watchers = new Set<Partial<Watcher>>();
  #client: CoreClient | null = null;
  #opening: Promise<void> | null = null;
  #state: LinkState = { core: 'connecting', reason: '' };
  #servers: ReadonlyMap<string, ServerInfo> = new Map();
  /** What was heard while the list was on its way; the list may be older than it. */
  #heardEarly: (() => void)[] | null = null;
  #losses: readonly number[] = [];
  #ending = false;

  constructor(connection: CoreConnection, log: ShellLog) {
    this.#connection = connection;
    this.#log = log;
  }

  get state(): LinkState {
    return this.#state;
  }

  get servers(): readonly ServerInfo[] {
    return Array.from(this.#servers.values());
  }

  server(id: string): ServerInfo | null {
    return this.#servers.get(id) ?? null;
  }

  watch(watcher: Partial<Watcher>): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /**
   * Connects, starting a core where none runs. Two callers share one attempt; a failure is a state, not an
   * error.
   */
  connect(): Promise<void> {
    this.#opening ??= this.#open().finally(() => {
      this.#opening = null;
    });
    return this.#opening;
  }

  call<K extends CallName>(name: K, ...args: Parameters<Calls[K]>): ReturnType<Calls[K]> {
    if (this.#client === null) throw new CoreAway(this.#state.reason);
    return this.#client.call(name, ...args);
  }

  /** From now on the end of the connection is wanted and stays. */
  end(): void {
    this.#ending = true;
    this.#client?.close();
  }

  async #open(): Promise<void> {
    if (this.#client !== null || this.#ending) return;
    this.#change({ core: 'connecting', reason: '' });
    try {
      const client = await this.#connection();
      this.#client = client;
      client.onClose(() => this.#lost(client));
      for (const name of eventNames) client.on(name, event => this.#heard(name, event));
      this.#heardEarly = [];
      const servers = await client.call('server.list');
      this.#servers = new Map(servers.map(server => [server.id, server]));
      for (const repeat of this.#heardEarly) repeat();
      this.#heardEarly = null;
      this.#change({ core: 'ready', reason: '' });
      this.#tellServers();
    } catch (error) {
      const { message } = errorInfo(error);
      this.#log.error(`The core could not be reached: ${message}`);
      this.#client?.close();
      this.#client = null;
      this.#change({ core: 'lost', reason: message });
    }
  }

  #lost(client: CoreClient): void {
    if (this.#client !== client) return;
    this.#client = null;
    if (this.#ending) return;
    this.#log.warn('The connection to the core ended.');
    // A process that takes the port of a dead core's server must not be taken for that server.
    this.#servers = new Map();
    this.#tellServers();
    // One that keeps ending is not started for ever: after three losses in a minute the owner decides.
    this.#change({ core: 'lost', reason: 'The core of Gatehouse ended unexpectedly.' });
    const now = Date.now();
    this.#losses = [...this.#losses.filter(at => now - at < 60_000), now];
    if (this.#losses.length <= 3) void this.connect();
  }

  #heard<K extends EventName>(name: K, event: Events[K]): void {
    if (name === 'server.changed' || name === 'server.forgotten') {
      // The name says which; TypeScript does not follow it into the value.
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion
      const server = event as ServerInfo | { readonly id: string };
      this.#keep(server);
      this.#heardEarly?.push(() => this.#keep(server));
    }
    for (const watcher of this.#watchers) watcher.onEvent?.(name, event);
  }

  #keep(server: ServerInfo | { readonly id: string }): void {
    const servers = new Map(this.#servers);
    if ('state' in server) servers.set(server.id, server);
    else servers.delete(server.id);
    this.#servers = servers;
    this.#tellServers();
  }

  #tellServers(): void {
    for (const watcher of this.#watchers) watcher.onServers?.(this.servers);
  }

  #change(state: LinkState): void {
    this.#state = state;
    for (const watcher of this.#watchers) watcher.onState?.(state);
  }
}

/** Thrown by a call while there is no core. */
export class CoreAway extends Error {
  readonly code = 'core-lost';
  readonly nextStep = 'Start it again from the home window.';

  constructor(reason: string) {
    super(reason === '' ? 'The core of Gatehouse is not running yet.' : reason);
  }
}
