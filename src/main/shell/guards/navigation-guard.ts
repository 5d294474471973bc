/**
 * Hands every navigation of every page to the rules of whoever made the window. A page that nobody claimed
 * may do nothing: the listeners are set when the page comes into being, before anything can load in it.
 */
import type { BrowserWindow, BrowserWindowConstructorOptions, Event, WebContents } from 'electron/main';
import type { ShellLog } from '../shell-ports.ts';
import type { Verdict } from './navigation.ts';

/** The rules for one page. */
export interface Claim {
  navigate(url: string): Verdict;
  open(url: string): Verdict;
  frame(url: string): Verdict;
  /** How a window that the page opens is made. */
  childOptions(): BrowserWindowConstructorOptions;
  child(window: BrowserWindow): void;
  /** Loads it again, by the rules of its maker. */
  reload(): void;
}

interface Outside {
  openExternal(url: string): Promise<void>;
}

export class NavigationGuard {
  readonly #claims = new WeakMap<WebContents, Claim>();
  readonly #outside: Outside;
  readonly #log: ShellLog;

  constructor(outside: Outside, log: ShellLog) {
    this.#outside = outside;
    this.#log = log;
  }

  claim(contents: WebContents, claim: Claim): void {
    this.#claims.set(contents, claim);
  }

  /** For menus: Electron's own roles would load whatever address the page has, by no rule. */
  reload(contents: WebContents): void {
    this.#claims.get(contents)?.reload();
  }

  /** To be called for each page that is created. */
  watch(contents: WebContents): void {
    contents.on('will-attach-webview', event => event.preventDefault());
    contents.on('will-navigate', (event, url) => this.#navigate(contents, event, url));
    contents.on('will-redirect', (event, url, _inPlace, isMainFrame) => {
      if (isMainFrame) this.#navigate(contents, event, url);
      else this.#frame(contents, event, url);
    });
    contents.on('will-frame-navigate', details => {
      if (!details.isMainFrame) this.#frame(contents, details, details.url);
    });
    contents.setWindowOpenHandler(({ url }) => {
      const claim = this.#claims.get(contents);
      const verdict = claim?.open(url);
      if (claim !== undefined && verdict?.kind === 'stay') {
        return {
          action: 'allow',
          outlivesOpener: true,
          overrideBrowserWindowOptions: claim.childOptions(),
        };
      }
      if (verdict !== undefined) this.#act(verdict, url);
      return { action: 'deny' };
    });
    contents.on('did-create-window', window => this.#claims.get(contents)?.child(window));
  }

  #navigate(contents: WebContents, event: Event, url: string): void {
    this.#apply(event, this.#claims.get(contents)?.navigate(url), url);
  }

  #frame(contents: WebContents, event: Event, url: string): void {
    this.#apply(event, this.#claims.get(contents)?.frame(url), url);
  }

  #apply(event: Event, verdict: Verdict | undefined, url: string): void {
    if (verdict?.kind === 'stay') return;
    event.preventDefault();
    if (verdict !== undefined) this.#act(verdict, url);
  }

  #act(verdict: Verdict, url: string): void {
    if (verdict.kind === 'outside') {
      this.#outside.openExternal(verdict.url).catch((error: unknown) => {
        this.#log.warn(`The system browser did not open: ${String(error)}`);
      });
    }
    if (verdict.kind === 'deny') {
      this.#log.warn(`A page was not let go to ${url.slice(0, 200)} (${verdict.reason})`);
    }
  }
}
