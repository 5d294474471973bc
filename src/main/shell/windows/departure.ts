/**
 * Leaving a page that has unsaved work. Electron wants to know at once whether to leave, and a dialog that
 * answers at once stops the whole app, with the requests of every other server. So the first try always
 * stays; the owner is asked, and an answer of "Leave" repeats what was tried.
 */
import type { BrowserWindow } from 'electron/main';

export class Departure {
  readonly #window: BrowserWindow;
  /** What to do again when the owner leaves; null where the page went by itself, as by `history.back()`. */
  #again: (() => void) | null = null;
  #asking = false;
  /** The owner has said to leave. */
  #agreed = false;

  constructor(window: BrowserWindow, ask: () => Promise<boolean>) {
    this.#window = window;
    window.on('close', () => {
      this.#again = () => window.destroy();
    });
    const contents = window.webContents;
    contents.on('will-prevent-unload', event => {
      // Prevented means: leave all the same.
      if (this.#agreed) event.preventDefault();
      else if (!this.#asking) void this.#ask(ask);
    });
    contents.on('did-navigate', () => {
      this.#agreed = false;
      this.#again = null;
    });
  }

  /** The window goes somewhere by this. */
  towards(go: () => void): void {
    this.#again = go;
  }

  async #ask(ask: () => Promise<boolean>): Promise<void> {
    const again = this.#again;
    this.#asking = true;
    const leaves = await ask().finally(() => {
      this.#asking = false;
    });
    if (!leaves || this.#window.isDestroyed()) return;
    this.#agreed = true;
    again?.();
  }
}
