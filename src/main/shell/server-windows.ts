/** Which server has a window, and who waits for one. */
import type { BrowserWindow, BrowserWindowConstructorOptions, Session, WebContents } from 'electron/main';
import type { ServerInfo } from '../../shared/model.ts';
import type { CoreLink } from './core-link.ts';
import { keepDownloads, type DownloadPlace } from './download-keeper.ts';
import type { Grants } from './grants.ts';
import type { NavigationGuard } from './navigation-guard.ts';
import { serverOrigin } from './origin.ts';
import type { ShellLog } from './ports.ts';
import { keepOffProxies, serverSession } from './server-session.ts';
import { ServerWindow } from './server-window.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface ServerWindowsParts {
  readonly link: CoreLink;
  readonly tokens: TokenKeeper;
  readonly grants: Grants;
  readonly guard: NavigationGuard;
  readonly log: ShellLog;
  readonly downloads: Omit<DownloadPlace, 'windowOf'>;
  readonly windowOf: (contents: WebContents) => BrowserWindow | null;
  options(session: Session): BrowserWindowConstructorOptions;
  mayLeave(window: BrowserWindow): boolean;
}

export class ServerWindows {
  readonly #parts: ServerWindowsParts;
  readonly #windows = new Map<string, ServerWindow>();
  readonly #sessions = new Map<string, Session>();
  /** Servers whose window was asked for before they were ready. */
  readonly #wanted = new Set<string>();

  constructor(parts: ServerWindowsParts) {
    this.#parts = parts;
    parts.link.watch({
      onServers: servers => this.#changed(servers),
      onEvent: (name, event) => {
        if (name === 'server.forgotten' && 'id' in event) this.#forgotten(event.id);
      },
    });
  }

  /** Shows the window of a server, now or as soon as it is ready. */
  open(id: string): void {
    this.#wanted.add(id);
    const window = this.#windows.get(id);
    if (window === undefined) return this.#changed(this.#parts.link.servers);
    this.#wanted.delete(id);
    window.show();
    window.loadIfNeeded();
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
      this.#windows.get(server.id)?.changed(server);
      const isOver = server.state === 'failed' || server.state === 'stopped' || server.state === 'stopping';
      if (isOver) this.#wanted.delete(server.id);
      if (server.state === 'ready' && this.#wanted.delete(server.id)) void this.#make(server);
    }
  }

  async #make(server: ServerInfo): Promise<void> {
    const { id, url } = server;
    const partition = this.#sessionOf(id);
    await this.#parts.tokens.refresh(id);
    if (url !== null) await keepOffProxies(partition, url, this.#parts.log);
    const current = this.#parts.link.server(id);
    if (this.#windows.has(id) || current === null) return;
    const window = new ServerWindow(current, {
      session: partition,
      guard: this.#parts.guard,
      options: this.#parts.options(partition),
      own: () => this.#own(id),
      mayLeave: target => this.#parts.mayLeave(target),
      closed: () => this.#windows.delete(id),
    });
    this.#windows.set(id, window);
    window.show();
  }

  #sessionOf(id: string): Session {
    const known = this.#sessions.get(id);
    if (known !== undefined) return known;
    const { tokens, grants, log, link, downloads, windowOf } = this.#parts;
    const partition = serverSession({
      id,
      tokens,
      grants,
      log,
      own: () => this.#own(id),
      server: () => link.server(id),
      tokenChanged: () => this.#windows.get(id)?.tokenChanged(),
    });
    keepDownloads(partition, { ...downloads, windowOf });
    this.#sessions.set(id, partition);
    return partition;
  }

  /** Null while no core vouches for what listens there: then nothing is injected, and the window shows no page of it. */
  #own(id: string): string | null {
    if (this.#parts.link.state.core !== 'ready') return null;
    return serverOrigin(id, this.#parts.link.server(id)?.url ?? null);
  }

  /** What a forgotten server left in its session is nobody's any more. */
  #forgotten(id: string): void {
    this.#wanted.delete(id);
    this.#windows.get(id)?.destroy();
    this.#parts.tokens.forget(id);
    this.#parts.grants.forget(id);
    const partition = this.#sessionOf(id);
    partition.clearStorageData().catch((error: unknown) => {
      this.#parts.log.warn(`The browser data of ${id} could not be removed: ${String(error)}`);
    });
  }
}
