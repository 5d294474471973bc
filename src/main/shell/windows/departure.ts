/**
 * Leaving a page that has unsaved work. Electron wants to know at once whether to leave, and a dialog that
 * answers at once stops the whole app, with the requests of every other server. So the first try always
 * stays; the owner is asked, and an answer of "Leave" repeats what was tried.
 */
import type { BrowserWindow } from 'electron/main';

/** Milliseconds in which the owner may try again what nothing could repeat. */
const agreedMs = 5000;

export class Departure {
  readonly #window: BrowserWindow;
  /** What to do again when the owner leaves; null where nothing tells it, as for `history.back()`. */
  #again: (() => void) | null = null;
  #asking = false;
  /**
   * Until when the owner's "Leave" holds, in milliseconds since the epoch: for what was tried, not for ever.
   */
  #agreedUntil = 0;

  constructor(window: BrowserWindow, ask: () => Promise<boolean>) {
    this.#window = window;
    window.on('close', () => {
      this.#again = () => window.destroy();
    });
    const contents = window.webContents;
    contents.on('will-prevent-unload', event => {
      // Prevented means: leave all the same.
      if (Date.now() < this.#agreedUntil) event.preventDefault();
      else if (!this.#asking) void this.#ask(ask);
    });
    contents.on('did-navigate', () => {
      this.#agreedUntil = 0;
    });
    // Whatever was tried is over: it came, became a download, or was stopped by the page.
    contents.on('did-stop-loading', () => {
      this.#again = null;
    });
  }

  /** The window goes somewhere by this. */
  towards(go: () => void): void {
    this.#again = go;
  }

  async #ask(ask: () => Promise<boolean>): Promise<void> {
    const again = this.#again;
    this.#again = null;
    this.#asking = true;
    const leaves = await ask().finally(() => {
      this.#asking = false;
    });
    if (!leaves || this.#window.isDestroyed()) return;
    this.#agreedUntil = Date.now() + agreedMs;
    again?.();
  }
}
