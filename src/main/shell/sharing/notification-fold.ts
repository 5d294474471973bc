/**
 * The attack: a guest who joins and leaves in a loop and rings the owner's bell each time, until the owner
 * turns it off. The first notice of a kind is shown at once; those that follow it are counted, and one notice
 * tells the number. While it goes on, the pauses between two of them become longer.
 */
import type { ShareNotice } from './share-notice.ts';

const firstMs = 10_000;

interface Counted {
  count: number;
  pauseMs: number;
  readonly maxMs: number;
  /** Says what has been counted, in the words of the last one. */
  many: (count: number) => ShareNotice;
}

export class NotificationFold {
  readonly #show: (notice: ShareNotice) => void;
  readonly #kinds = new Map<string, Counted>();

  constructor(show: (notice: ShareNotice) => void) {
    this.#show = show;
  }

  /**
   * @param kind what is folded together
   * @param many how so many further ones are told
   * @param maxMs the longest pause between two notices of this kind
   */
  tell(kind: string, notice: ShareNotice, many: (count: number) => ShareNotice, maxMs: number): void {
    const known = this.#kinds.get(kind);
    if (known !== undefined) {
      known.count += 1;
      known.many = count => (count === 1 ? notice : many(count));
      return;
    }
    const counted = { count: 0, pauseMs: firstMs, maxMs, many };
    this.#kinds.set(kind, counted);
    this.#wait(kind, counted);
    this.#show(notice);
  }

  #wait(kind: string, counted: Counted): void {
    setTimeout(() => {
      if (counted.count === 0) {
        this.#kinds.delete(kind);
        return;
      }
      this.#show(counted.many(counted.count));
      counted.count = 0;
      counted.pauseMs = Math.min(2 * counted.pauseMs, counted.maxMs);
      this.#wait(kind, counted);
    }, counted.pauseMs).unref();
  }
}
