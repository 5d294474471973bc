/** Which server has a window, and who waits for one. */
import type { BrowserWindow, BrowserWindowConstructorOptions, Session, WebContents } from 'electron/main';
import type { ServerInfo } from '../../../shared/model.ts';
import type { CoreLink } from '../core-link.ts';
import { watchDownloads, type DownloadPlace } from './downloads.ts';
import type { Grants } from '../guards/permission-grants.ts';
import type { NavigationGuard } from '../guards/navigation-guard.ts';
import { serverOrigin } from '../guards/origin.ts';
import { RecentFailures } from './recent-failures.ts';
import type { ShellLog } from '../shell-ports.ts';
import { keepOffProxies, keepOnly, serverSession } from '../guards/server-session.ts';
import { ServerWindow } from './server-window.ts';
import type { SessionOrigins } from '../guards/session-origins.ts';
import type { TokenCache } from '../guards/token-cache.ts';

export interface ServerWindowsDeps {
  readonly link: CoreLink;
  readonly tokens: TokenCache;
  readonly grants: Grants;
  readonly origins: SessionOrigins;
  readonly guard: NavigationGuard;
  readonly log: ShellLog;
  readonly downloads: Omit<DownloadPlace, 'windowOf' | 'failure'>;
  readonly windowOf: (contents: WebContents) => BrowserWindow | null;
  options(session: Session): BrowserWindowConstructorOptions;
  mayLeave(window: BrowserWindow): Promise<boolean>;
}

export class ServerWindows {
  readonly #deps: ServerWindowsDeps;
  readonly #windows = new Map<string, ServerWindow>();
  readonly #sessions = new Map<string, Session>();
  /** The origin of each server for which its session is ready: emptied, with a token, past every proxy. */
  readonly #prepared = new Map<string, string>();
  readonly #preparing = new Map<string, Promise<void>>();
  /**
   * Servers whose window was asked for before they were ready; true once they have been seen on their way.
   */
  readonly #wanted = new Map<string, boolean>();

  constructor(deps: ServerWindowsDeps) {
    this.#deps = deps;
    deps.link.watch({
      onServers: servers => this.#changed(servers),
      onEvent: (name, event) => {
        if (name === 'server.forgotten' && 'id' in event) this.#forgotten(event.id);
      },
    });
  }

  /** Shows the window of a server, now or as soon as it is ready. */
  open(id: string): void {
    this.#wanted.set(id, false);
    const window = this.#windows.get(id);
    if (window === undefined) return this.#changed(this.#deps.link.servers);
    this.#wanted.delete(id);
    window.show();
    window.loadIfNeeded();
  }

  /** A further window of a server that is open already. */
  openAnother(id: string): void {
    const window = this.#windows.get(id);
    if (window === undefined) this.open(id);
    else window.openAnother();
  }

  /** Titles of pages of a server with changes that are not saved. */
  async unsaved(id: string): Promise<readonly string[]> {
    return (await this.#windows.get(id)?.unsaved()) ?? [];
  }

  /** The server whose window this page is in. */
  serverOf(contents: WebContents): string | null {
    for (const [id, window] of this.#windows) if (window.has(contents)) return id;
    return null;
  }

  get count(): number {
    return this.#windows.size;
  }

  destroyAll(): void {
    for (const window of this.#windows.values()) window.destroy();
  }

  #changed(servers: readonly ServerInfo[]): void {
    for (const server of servers) {
      this.#prepareIfNeeded(server);
      this.#windows.get(server.id)?.changed(server);
      this.#follow(server);
      if (server.state === 'ready' && this.#own(server.id) !== null && this.#wanted.delete(server.id))
        this.#make(server);
    }
  }

  /**
   * A server that was asked to start is stopped for a moment yet, and its window is wanted all the same: what
   * ends the wish is the end of a start.
   */
  #follow({ id, state }: ServerInfo): void {
    const begun = this.#wanted.get(id);
    if (begun === undefined) return;
    if (state !== 'stopped' && state !== 'stopping' && state !== 'failed') this.#wanted.set(id, true);
    else if (state === 'failed' || begun) this.#wanted.delete(id);
  }

  /** Before anything of an origin is loaded. */
  #prepareIfNeeded(server: ServerInfo): void {
    const { id } = server;
    const origin = serverOrigin(id, server.url);
    if (origin === null || this.#prepared.get(id) === origin || this.#preparing.has(id)) return;
    if (!this.#wanted.has(id) && !this.#windows.has(id)) return;
    const preparing = this.#prepare(id, origin)
      .catch((error: unknown) => {
        this.#deps.log.error(`The browser session of ${id} could not be made ready: ${String(error)}`);
      })
      .finally(() => {
        this.#preparing.delete(id);
        // It may be another origin by now.
        if (this.#prepared.get(id) === origin) this.#changed(this.#deps.link.servers);
      });
    this.#preparing.set(id, preparing);
  }

  async #prepare(id: string, origin: string): Promise<void> {
    const { tokens, origins, log } = this.#deps;
    const partition = this.#sessionOf(id);
    await keepOnly(partition, id, origin, origins);
    await tokens.refresh(id);
    await keepOffProxies(partition, origin, log);
    this.#prepared.set(id, origin);
  }

  #make(server: ServerInfo): void {
    const { id } = server;
    if (this.#windows.has(id)) return;
    const partition = this.#sessionOf(id);
    const window = new ServerWindow(server, {
      session: partition,
      guard: this.#deps.guard,
      options: this.#deps.options(partition),
      own: () => this.#own(id),
      mayLeave: target => this.#deps.mayLeave(target),
      closed: () => this.#windows.delete(id),
    });
    this.#windows.set(id, window);
    window.show();
  }

  #sessionOf(id: string): Session {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const { tokens, grants, log, link, downloads, windowOf } = this.#deps;
    const failures = new RecentFailures();
    const partition = serverSession({
      id,
      failures,
      tokens,
      grants,
      log,
      own: () => this.#own(id),
      server: () => link.server(id),
      tokenChanged: () => this.#windows.get(id)?.tokenChanged(),
    });
    watchDownloads(partition, { ...downloads, windowOf, failure: url => failures.take(url) });
    this.#sessions.set(id, partition);
    return partition;
  }

  /**
   * Null unless a core says that the listener is open, and the session is ready for it: then no request
   * leaves.
   */
  #own(id: string): string | null {
    if (this.#deps.link.state.core !== 'ready') return null;
    const origin = serverOrigin(id, this.#deps.link.server(id)?.url ?? null);
    return origin !== null && this.#prepared.get(id) === origin ? origin : null;
  }

  /** What a forgotten server left in its session is nobody's any more. */
  #forgotten(id: string): void {
    this.#wanted.delete(id);
    this.#windows.get(id)?.destroy();
    this.#deps.tokens.forget(id);
    this.#deps.grants.forget(id);
    this.#deps.origins.forget(id);
    this.#prepared.delete(id);
    const partition = this.#sessionOf(id);
    partition.clearStorageData().catch((error: unknown) => {
      this.#deps.log.warn(`The browser data of ${id} could not be removed: ${String(error)}`);
    });
  }
}
