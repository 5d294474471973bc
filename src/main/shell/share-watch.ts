/** Knows how it is with sharing: asks the core whenever that may have changed, one question at a time. */
import type { EventName, Events } from '../../shared/contract.ts';
import type { Person, Waiting } from '../../shared/sharing.ts';
import type { CoreLink } from './core-link.ts';
import { errorInfo } from './error-info.ts';
import { nothingShared, type SharingState } from './menu-model.ts';
import type { ShellLog } from './ports.ts';
import { joinedNotice, waitingNotice, type ShareNotice } from './share-notice.ts';

export interface ShareWatcher {
  changed(): void;
  notify(notice: ShareNotice): void;
}

export class ShareWatch {
  readonly #link: Pick<CoreLink, 'call' | 'state'>;
  readonly #log: ShellLog;
  readonly #watcher: ShareWatcher;
  #state: SharingState = nothingShared;
  #asking = false;
  #again = false;

  constructor(link: Pick<CoreLink, 'call' | 'state'>, log: ShellLog, watcher: ShareWatcher) {
    this.#link = link;
    this.#log = log;
    this.#watcher = watcher;
  }

  get state(): SharingState {
    return this.#state;
  }

  heard<K extends EventName>(name: K, event: Events[K]): void {
    // The name says which; TypeScript does not follow it into the value.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (name === 'share.joined') this.#watcher.notify(joinedNotice(event as Person));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (name === 'share.waiting') this.#watcher.notify(waitingNotice(event as Waiting));
    if (name === 'share.changed') this.look();
  }

  look(): void {
    if (this.#link.state.core !== 'ready') {
      this.#take(nothingShared);
      return;
    }
    if (this.#asking) {
      this.#again = true;
      return;
    }
    this.#asking = true;
    this.#ask()
      .catch((error: unknown) => this.#log.warn(`Who is in cannot be told: ${errorInfo(error).message}`))
      .finally(() => {
        this.#asking = false;
        if (this.#again) {
          this.#again = false;
          this.look();
        }
      });
  }

  async #ask(): Promise<void> {
    const [listeners, people, waiting] = await Promise.all([
      this.#link.call('share.listeners'),
      this.#link.call('share.people'),
      this.#link.call('share.waiting'),
    ]);
    const shared = new Set(listeners.map(({ server }) => server));
    this.#take({ shared, people: people.length, waiting: waiting.length });
  }

  #take(state: SharingState): void {
    const before = this.#state;
    this.#state = state;
    const same =
      before.people === state.people &&
      before.waiting === state.waiting &&
      [...before.shared].join() === [...state.shared].join();
    if (!same) this.#watcher.changed();
  }
}
