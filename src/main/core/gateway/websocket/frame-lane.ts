/**
 * What one side of a filtered WebSocket has sent and what is not handled yet. The attack: a hundred sockets
 * that each send a thousand messages at once, all of which are judged before anybody else is served, and all
 * of whose answers are kept. So one message is handled at a time, while the guest's budget has room for it
 * and the other side takes what comes of it.
 */
import type { FrameEvent, FrameReader } from './frames.ts';
import type { WorkShare } from '../guest/guest-work.ts';

export interface LaneEnds {
  readonly reader: FrameReader;
  readonly share: WorkShare;
  /** How many bytes of the budget one byte costs. */
  readonly bytePrice: number;
  /** True while the side that would get it is full. */
  isBlocked(): boolean;
  /** What has to be done on another thread before the event can be handled; null for nothing. */
  prepare(event: FrameEvent): (() => Promise<number>) | null;
  handle(event: FrameEvent): void;
  /** Something was taken or handled. */
  changed(): void;
}

export class FrameLane {
  readonly #ends: LaneEnds;
  #chunks: Buffer[] = [];
  #events: readonly FrameEvent[] = [];
  /** Of the events, the first that is not handled. */
  #next = 0;
  #heldEvents = 0;
  #isPrepared = false;
  #isAway = false;
  #isAsked = false;
  #isDraining = false;
  #isStopped = false;

  constructor(ends: LaneEnds) {
    this.#ends = ends;
  }

  /** Whether something that came is not handled. */
  get hasPending(): boolean {
    return this.#chunks.length > 0 || this.#next < this.#events.length;
  }

  /** Bytes that are kept. */
  get held(): number {
    const chunks = this.#chunks.reduce((sum, chunk) => sum + chunk.length, 0);
    return chunks + this.#heldEvents + this.#ends.reader.held;
  }

  push(chunk: Buffer): void {
    if (this.#isStopped) return;
    this.#chunks.push(chunk);
    this.drain();
  }

  /** Handles what may be handled now. */
  drain(): void {
    if (this.#isDraining || this.#isAway || this.#isStopped) return;
    this.#isDraining = true;
    while (this.hasPending && !this.#isAway && !this.#isStopped && !this.#ends.isBlocked()) {
      if (!this.#ends.share.ready()) {
        this.#askLater();
        break;
      }
      this.#step();
    }
    this.#isDraining = false;
    this.#ends.changed();
  }

  /** Handles nothing more, and keeps nothing. */
  stop(): void {
    this.#isStopped = true;
    this.#chunks = [];
    this.#events = [];
    this.#next = 0;
    this.#heldEvents = 0;
    this.#ends.reader.stop();
  }

  async #prepare(away: () => Promise<number>): Promise<void> {
    this.#isAway = true;
    await this.#ends.share.away(away);
    this.#isAway = false;
    this.#isPrepared = true;
    this.drain();
  }

  #askLater(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#ends.share.later(() => {
      this.#isAsked = false;
      this.drain();
    });
  }

  #step(): void {
    const { share, reader, bytePrice } = this.#ends;
    const event = this.#events[this.#next];
    if (event === undefined) {
      const chunk = this.#chunks.shift() ?? Buffer.alloc(0);
      this.#events = share.run(bytePrice * chunk.length, () => reader.push(chunk));
      this.#next = 0;
      this.#heldEvents = this.#events.reduce((sum, each) => sum + sizeOf(each), 0);
      return;
    }
    const away = this.#isPrepared ? null : this.#ends.prepare(event);
    if (away !== null) {
      void this.#prepare(away);
      return;
    }
    this.#isPrepared = false;
    this.#next += 1;
    this.#heldEvents -= sizeOf(event);
    share.run(0, () => this.#ends.handle(event));
  }
}

function sizeOf(event: FrameEvent): number {
  return event.kind === 'message' ? event.data.length : 0;
}
