/**
 * What closing the home window means. With a tray it just closes. Without one the owner is asked once whether
 * what runs shall go on.
 */
import { dialog, type BrowserWindow } from 'electron/main';
import type { CoreLink } from '../core-link.ts';
import { can } from '../../../shared/server-state.ts';
import { keepRunningQuestion } from '../questions.ts';

export class CloseConfirmation {
  readonly #link: CoreLink;
  readonly #tray: boolean;
  #answered = false;
  #quitting = false;

  constructor(link: CoreLink, tray: boolean) {
    this.#link = link;
    this.#tray = tray;
  }

  quitting(): void {
    this.#quitting = true;
  }

  /** False while the question is open, or when the answer was to stay. */
  mayClose(window: BrowserWindow): boolean {
    const running = this.#link.servers.filter(server => can(server.state).stop).length;
    const question = this.#tray || this.#answered || this.#quitting ? null : keepRunningQuestion(running);
    if (question === null) return true;
    const choice = dialog.showMessageBoxSync(window, {
      type: 'question',
      ...question,
      buttons: ['Cancel', 'Keep Running'],
      defaultId: 1,
      cancelId: 0,
    });
    this.#answered = choice === 1;
    return this.#answered;
  }
}
