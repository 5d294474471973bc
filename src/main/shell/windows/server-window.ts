/**
 * The windows of one server: its first page, and what that page or its owner opens further. Each shows the
 * server's own pages and nothing of ours. Closing them ends nothing; the server lives on.
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
import { Departure } from './departure.ts';
import { addPageMenu } from '../menus/page-menu.ts';
import { mustLoad, showingAfter, windowTitle, type Showing } from './window-content.ts';

export interface ServerWindowDeps {
  readonly session: Session;
  readonly guard: NavigationGuard;
  readonly options: BrowserWindowConstructorOptions;
  own(): string | null;
  /** Asks whether to leave a page that has unsaved work. Other windows go on meanwhile. */
  mayLeave(window: BrowserWindow): Promise<boolean>;
  /** The last of them was closed. */
  closed(): void;
}

/** What one window shows. */
interface ShownPage {
  title: string;
  readonly departure: Departure;
}

/** Loads in a row for one state of the server. */
const maxTries = 3;

export class ServerWindow {
  readonly #deps: ServerWindowDeps;
  /** Shows the server's first page, and is loaded again when that never came. */
  #window: BrowserWindow;
  /** Every window of this server. */
  readonly #all = new Map<BrowserWindow, ShownPage>();
  #server: ServerInfo;
  #showing: Showing = 'nothing';
  /** Origin of the page that is shown. */
  #shownOrigin: string | null = null;
  /** Loads since the server last changed: one that stays a stand-in is not loaded for ever. */
  #tries = 0;

  constructor(server: ServerInfo, deps: ServerWindowDeps) {
    this.#server = server;
    this.#deps = deps;
    this.#window = this.#makeFirst();
    this.changed(server);
  }

  #makeFirst(): BrowserWindow {
    const window = new BrowserWindow(this.#deps.options);
    this.#showing = 'nothing';
    this.#shownOrigin = null;
    this.#tries = 0;
    this.#adopt(window);
    this.#watchLoads(window.webContents);
    return window;
  }

  /** The server is in another state, or the connection to the core was made anew. */
  changed(server: ServerInfo): void {
    if (server.state !== this.#server.state || server.url !== this.#server.url) this.#tries = 0;
    this.#server = server;
    for (const window of this.#all.keys()) this.#retitle(window);
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
    this.#depart(contents, () => {
      if (originOf(contents.getURL()) === own) contents.reload();
      else contents.loadURL(url).catch(() => undefined);
    });
  }

  /** Goes somewhere, and knows how to go there again should the page ask to stay first. */
  #depart(contents: WebContents, go: () => void): void {
    this.#pageOf(contents)?.departure.towards(go);
    go();
  }

  #pageOf(contents: WebContents): ShownPage | null {
    const window = BrowserWindow.fromWebContents(contents);
    return (window && this.#all.get(window)) ?? null;
  }

  /** The first page, made anew where its window was closed and others stayed open. */
  show(): void {
    if (this.#window.isDestroyed()) this.#window = this.#makeFirst();
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /** A further window on the server's first page. Nothing while its listener is not open. */
  openAnother(): void {
    const { url } = this.#server;
    if (url === null || this.#deps.own() === null) return;
    const window = new BrowserWindow(this.#deps.options);
    this.#adopt(window);
    window.show();
    window.loadURL(url).catch(() => undefined);
  }

  has(contents: WebContents): boolean {
    return this.#pageOf(contents) !== null;
  }

  /** Titles of the pages that would ask to stay: they have changes that are not saved. */
  async unsaved(): Promise<readonly string[]> {
    const titles = await Promise.all(
      Array.from(this.#all, async ([window, { title }]) =>
        !window.isDestroyed() && (await asksToStay(window.webContents)) ? [title] : [],
      ),
    );
    return titles.flat();
  }

  /** Without asking the page: for quitting, and for a server that was forgotten. */
  destroy(): void {
    for (const window of this.#all.keys()) if (!window.isDestroyed()) window.destroy();
  }

  #load(url: string): void {
    this.#tries += 1;
    const window = this.#window;
    // What a failed load leaves is told by the events below.
    this.#depart(window.webContents, () => void window.loadURL(url).catch(() => undefined));
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

  #retitle(window: BrowserWindow): void {
    if (window.isDestroyed()) return;
    window.setTitle(windowTitle(this.#server.name, this.#server.state, this.#all.get(window)?.title ?? ''));
  }

  #adopt(window: BrowserWindow): void {
    const contents = window.webContents;
    const departure = new Departure(window, async () => {
      const leaves = await this.#deps.mayLeave(window);
      // An owner who stays is not asked again until the server changes, or until a reload.
      if (!leaves) this.#tries = maxTries;
      return leaves;
    });
    const page: ShownPage = { title: '', departure };
    this.#all.set(window, page);
    window.on('page-title-updated', (event, title) => {
      event.preventDefault();
      page.title = title;
      this.#retitle(window);
    });
    window.on('closed', () => {
      this.#all.delete(window);
      if (this.#all.size === 0) this.#deps.closed();
    });
    addPageMenu(contents);
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
      navigate: url => {
        const verdict = spend(navigation(own(), url, Date.now() - gesture));
        const again = (): void => void contents.loadURL(url).catch(() => undefined);
        if (verdict.kind === 'stay') this.#pageOf(contents)?.departure.towards(again);
        return verdict;
      },
      open: url => spend(opening(own(), url, Date.now() - gesture)),
      frame: url => framing(url),
      childOptions: () => this.#deps.options,
      child: window => {
        this.#adopt(window);
        // Electron makes a window that a page opens as its opener's options say: hidden.
        window.show();
      },
      reload: () => this.#reload(contents),
    };
  }
}

/** Milliseconds for a page that does not answer. */
const maxAnswerMs = 1000;

/**
 * Asks the page as closing it would, and closes nothing. A page that does not answer may have something to
 * lose; one that crashed or is still loading has not.
 */
async function asksToStay(contents: WebContents): Promise<boolean> {
  if (contents.isCrashed() || contents.isLoadingMainFrame()) return false;
  const question = `(() => {
    const event = document.createEvent('BeforeUnloadEvent');
    event.initEvent('beforeunload', false, true);
    window.dispatchEvent(event);
    return event.defaultPrevented || (typeof event.returnValue === 'string' && event.returnValue !== '');
  })()`;
  const late = new Promise<true>(done => {
    setTimeout(() => done(true), maxAnswerMs);
  });
  return (await Promise.race([contents.executeJavaScript(question).catch(() => false), late])) === true;
}
