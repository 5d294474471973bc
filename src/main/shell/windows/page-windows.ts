/** The windows that show our own pages: home, about, and a log for each server. */
import { BrowserWindow, nativeTheme, type Session, type WebContents } from 'electron/main';
import type { EventName } from '../../../shared/contract.ts';
import { channels } from '../../../shared/window.ts';
import type { Claim, NavigationGuard } from '../guards/navigation-guard.ts';
import { ownAddress, type View } from './app-pages.ts';
import type { Announcer } from '../shell-ports.ts';
import { background, safePreferences } from './window-options.ts';

const sizes: Readonly<Record<View, { readonly width: number; readonly height: number }>> = {
  home: { width: 880, height: 680 },
  logs: { width: 880, height: 560 },
  about: { width: 560, height: 480 },
  share: { width: 720, height: 860 },
  people: { width: 880, height: 620 },
};

const titles: Readonly<Record<View, string>> = {
  home: 'Gatehouse',
  logs: 'Logs',
  about: 'About Gatehouse',
  share: 'Share',
  people: 'People',
};

export interface PageWindowsDeps {
  readonly session: Session;
  readonly guard: NavigationGuard;
  readonly preload: string;
  readonly development: boolean;
  /** False keeps the home window open. */
  readonly mayCloseHome: (window: BrowserWindow) => boolean;
}

/**
 * Our pages go nowhere and open nothing; they come from this program, so they may be loaded again at any
 * time.
 */
const nowhere = (contents: WebContents): Claim => ({
  navigate: () => ({ kind: 'deny', reason: 'own-pages' }),
  open: () => ({ kind: 'deny', reason: 'own-pages' }),
  frame: () => ({ kind: 'deny', reason: 'own-pages' }),
  childOptions: () => ({}),
  child: window => window.destroy(),
  reload: () => contents.reload(),
});

export class PageWindows implements Announcer {
  readonly #deps: PageWindowsDeps;
  readonly #windows = new Map<string, BrowserWindow>();

  constructor(deps: PageWindowsDeps) {
    this.#deps = deps;
  }

  show(view: View, server: string | null = null): BrowserWindow {
    const key = `${view} ${server ?? ''}`;
    const window = this.#windows.get(key) ?? this.#make(key, view, server);
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
    return window;
  }

  isOurs(contents: WebContents): boolean {
    return this.#open().some(window => window.webContents === contents);
  }

  tell(name: EventName | 'shell.changed' | 'shell.dropped', value: unknown): void {
    for (const window of this.#open()) window.webContents.send(channels.event, name, value);
  }

  destroyAll(): void {
    for (const window of this.#open()) window.destroy();
  }

  #open(): readonly BrowserWindow[] {
    return Array.from(this.#windows.values()).filter(window => !window.isDestroyed());
  }

  #make(key: string, view: View, server: string | null): BrowserWindow {
    const { session, guard, preload, development, mayCloseHome } = this.#deps;
    const window = new BrowserWindow({
      ...sizes[view],
      minWidth: 480,
      minHeight: 360,
      show: false,
      title: titles[view],
      backgroundColor: background(nativeTheme.shouldUseDarkColors),
      autoHideMenuBar: true,
      webPreferences: { ...safePreferences(session, development), preload },
    });
    guard.claim(window.webContents, nowhere(window.webContents));
    this.#windows.set(key, window);
    window.on('close', event => {
      if (view === 'home' && !mayCloseHome(window)) event.preventDefault();
    });
    window.on('closed', () => this.#windows.delete(key));
    void window.loadURL(ownAddress(view, server));
    return window;
  }
}
