/**
 * The window of one server: the server's own page and nothing of ours. Closing it ends nothing; the server
 * lives on.
 */
import {
  BrowserWindow,
  type BrowserWindowConstructorOptions,
  type Session,
  type WebContents,
} from 'electron/main';
import type { ServerInfo } from '../../../shared/model.ts';
import { framing, navigation, opening } from '../guards/navigation.ts';
import type { Claim, NavigationGuard } from '../guards/navigation-guard.ts';
import { originOf } from '../guards/origin.ts';
import { mustLoad, showingAfter, windowTitle, type Showing } from './window-content.ts';

export interface ServerWindowDeps {
  readonly session: Session;
  readonly guard: NavigationGuard;
  readonly options: BrowserWindowConstructorOptions;
  own(): string | null;
  /** Asks whether to leave a page that has unsaved work. */
  mayLeave(window: BrowserWindow): boolean;
  closed(): void;
}

/** Loads in a row for one state of the server. */
const maxTries = 3;

export class ServerWindow {
  readonly #deps: ServerWindowDeps;
  readonly #window: BrowserWindow;
  /** Every window of this server: its own and those that its page opened. */
  readonly #all = new Set<BrowserWindow>();
  #server: ServerInfo;
  #showing: Showing = 'nothing';
  /** Origin of the page that is shown. */
  #shownOrigin: string | null = null;
  /** Loads since the server last changed: one that stays a stand-in is not loaded for ever. */
  #tries = 0;
  #pageTitle = '';

  constructor(server: ServerInfo, deps: ServerWindowDeps) {
    this.#server = server;
    this.#deps = deps;
    this.#window = new BrowserWindow(deps.options);
    this.#adopt(this.#window);
    this.#watchLoads(this.#window.webContents);
    this.#window.on('page-title-updated', (event, title) => {
      event.preventDefault();
      this.#pageTitle = title;
      this.#retitle();
    });
    this.#window.on('closed', () => deps.closed());
    this.changed(server);
  }

  /** The server is in another state, or the connection to the core was made anew. */
  changed(server: ServerInfo): void {
    if (server.state !== this.#server.state || server.url !== this.#server.url) this.#tries = 0;
    this.#server = server;
    this.#retitle();
    this.loadIfNeeded();
  }

  loadIfNeeded(): void {
    const { state, url } = this.#server;
    const own = this.#deps.own();
    if (url === null || own === null || this.#window.isDestroyed() || this.#tries >= maxTries) return;
    // A page of an earlier address of the server finds nothing there any more.
    const showing = this.#shownOrigin === own ? this.#showing : 'nothing';
    if (!mustLoad(state, showing) || this.#window.webContents.isLoadingMainFrame()) return;
    this.#load(url);
  }

  /** The token was another one: the page's next requests carry the new one, a stand-in is tried again. */
  tokenChanged(): void {
    this.#tries = 0;
    this.loadIfNeeded();
  }

  /**
   * View > Reload: the page where it is when it is the server's own, else the server's first page; nothing
   * while its listener is not open.
   */
  #reload(contents: WebContents): void {
    const own = this.#deps.own();
    const { url } = this.#server;
    if (own === null || url === null) return;
    if (originOf(contents.getURL()) === own) contents.reload();
    else contents.loadURL(url).catch(() => undefined);
  }

  show(): void {
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  has(contents: WebContents): boolean {
    return Array.from(this.#all).some(window => !window.isDestroyed() && window.webContents === contents);
  }

  /** Without asking the page: for quitting, and for a server that was forgotten. */
  destroy(): void {
    for (const window of this.#all) if (!window.isDestroyed()) window.destroy();
  }

  #load(url: string): void {
    this.#tries += 1;
    // What a failed load leaves is told by the events below.
    this.#window.loadURL(url).catch(() => undefined);
  }

  /** Only what is in place counts: a navigation that turns into a download leaves a living page as it was. */
  #watchLoads(contents: WebContents): void {
    contents.on('did-navigate', (_event, url, status) => {
      this.#shownOrigin = originOf(url);
      this.#showing = showingAfter({ failed: false, status, own: this.#shownOrigin === this.#deps.own() });
    });
    contents.on('did-fail-load', (_event, code, _description, _url, isMainFrame) => {
      // -3: another navigation took its place.
      if (isMainFrame && code !== -3) this.#showing = showingAfter({ failed: true, status: 0, own: false });
    });
    // The server may have become ready while the page that stands for it was on its way.
    contents.on('did-stop-loading', () => this.loadIfNeeded());
    contents.on('render-process-gone', (_event, details) => {
      if (details.reason === 'clean-exit') return;
      this.#showing = 'nothing';
      this.loadIfNeeded();
    });
  }

  #retitle(): void {
    if (this.#window.isDestroyed()) return;
    this.#window.setTitle(windowTitle(this.#server.name, this.#server.state, this.#pageTitle));
  }

  #adopt(window: BrowserWindow): void {
    this.#all.add(window);
    const contents = window.webContents;
    window.on('closed', () => this.#all.delete(window));
    contents.on('will-prevent-unload', event => {
      // Prevented means: leave all the same.
      if (this.#deps.mayLeave(window)) event.preventDefault();
      // Who stays is not asked again until the server changes, or its owner reloads.
      else this.#tries = maxTries;
    });
    this.#deps.guard.claim(contents, this.#claimFor(contents));
  }

  #claimFor(contents: WebContents): Claim {
    let gesture = -Infinity;
    contents.on('input-event', (_event, input) => {
      if (['mouseDown', 'mouseUp', 'keyDown', 'rawKeyDown', 'touchEnd', 'gestureTap'].includes(input.type)) {
        gesture = Date.now();
      }
    });
    // One gesture sends its user to one place.
    const spend = <V extends { readonly kind: string }>(verdict: V): V => {
      if (verdict.kind === 'outside') gesture = -Infinity;
      return verdict;
    };
    const own = (): string => this.#deps.own() ?? 'none';
    return {
      navigate: url => spend(navigation(own(), url, Date.now() - gesture)),
      open: url => spend(opening(own(), url, Date.now() - gesture)),
      frame: url => framing(url),
      childOptions: () => this.#deps.options,
      child: window => this.#adopt(window),
      reload: () => this.#reload(contents),
    };
  }
}
