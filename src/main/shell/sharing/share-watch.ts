/** Keeps the state of sharing: asks the core whenever it may have changed, one question at a time. */
import type { EventName, Events } from '../../../shared/contract.ts';
import type { GuestSessionInfo, JoinRequestInfo } from '../../../shared/share-model.ts';
import type { CoreLink } from '../core-link.ts';
import { errorInfo } from '../error-info.ts';
import { nothingShared, type SharingState } from '../menus/menu-model.ts';
import type { ShellLog } from '../shell-ports.ts';
import { NotificationFold } from './notification-fold.ts';
import {
  joinedNotice,
  manyJoinedNotice,
  manyWaitingNotice,
  waitingNotice,
  type ShareNotice,
} from './share-notice.ts';

export interface ShareWatcher {
  changed(): void;
  notify(notice: ShareNotice): void;
}

export class ShareWatch {
  readonly #link: Pick<CoreLink, 'call' | 'state'>;
  readonly #log: ShellLog;
  readonly #watcher: ShareWatcher;
  readonly #notices: NotificationFold;
  #state: SharingState = nothingShared;
  #asking = false;
  #again = false;

  constructor(link: Pick<CoreLink, 'call' | 'state'>, log: ShellLog, watcher: ShareWatcher) {
    this.#link = link;
    this.#log = log;
    this.#watcher = watcher;
    this.#notices = new NotificationFold(notice => watcher.notify(notice));
  }

  get state(): SharingState {
    return this.#state;
  }

  heard<K extends EventName>(name: K, event: Events[K]): void {
    // The name says which; TypeScript does not follow it into the value.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (name === 'share.joined') this.#joined(event as GuestSessionInfo);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    if (name === 'share.waiting') this.#waiting(event as JoinRequestInfo);
    if (name === 'share.changed') this.look();
  }

  #joined(person: GuestSessionInfo): void {
    const many = (count: number): ShareNotice => manyJoinedNotice(count, person);
    this.#notices.tell(`joined ${person.server}`, joinedNotice(person), many, 600_000);
  }

  /** A guest waits for an answer, so the pauses are shorter. */
  #waiting(waiting: JoinRequestInfo): void {
    const many = (count: number): ShareNotice => manyWaitingNotice(count, waiting);
    this.#notices.tell(`waiting ${waiting.server}`, waitingNotice(waiting), many, 60_000);
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
      .catch((error: unknown) =>
        this.#log.warn(`The guests could not be listed: ${errorInfo(error).message}`),
      )
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
