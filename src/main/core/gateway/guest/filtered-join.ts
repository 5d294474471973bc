/**
 * The two sides of a WebSocket of a guest whose role reads along, joined with the filter between. The
 * attacks: an answer of ours that lands within a message of the server, a guest who sends without reading
 * until the memory is full, who starts messages and ends none, or who sends more to judge than the core has
 * time for. So each side is paused while the other is full or its guest's budget is used up, what is kept is
 * counted, and a message has to end in time.
 */
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { SocketFilter, SocketMessage, SocketStep } from '../../role-ports.ts';
import type { FilterRules } from '../websocket/filter-rules.ts';
import { FrameBoundaries } from '../websocket/frame-boundaries.ts';
import { FrameLane } from '../websocket/frame-lane.ts';
import { closeFrame, controlFrame, FrameReader, messageFrame, type FrameEvent } from '../websocket/frames.ts';
import type { WorkShare } from './guest-work.ts';
import type { Limits } from '../limits.ts';

/** A notebook's whole state may be one message; more than this is no message of an honest server. */
const serverBytes = 256 * 1024 * 1024;
/**
 * Of the bytes of a guest: each is decrypted, unmasked, joined to a message and judged, and the collector of
 * garbage, whose pauses nobody is charged with, comes in proportion to them. An honest guest's messages are
 * small, but for half a minute of speech.
 */
const guestBytePrice = 8;
/** Bytes of answers of ours that may wait until a message of the server has ended. */
const waitingBytes = 1024 * 1024;

export class FilteredJoin {
  readonly #guest: Duplex;
  readonly #server: Duplex;
  readonly #filter: SocketFilter;
  readonly #limits: Pick<Limits, 'halfClosedMs' | 'messageMs'>;
  readonly #rules: FilterRules;
  readonly #share: WorkShare;
  readonly #fromGuest: FrameReader;
  readonly #guestLane: FrameLane;
  /** Null where what the server sends streams through. */
  readonly #serverLane: FrameLane | null;
  readonly #boundaries = new FrameBoundaries();
  /** Answers to the guest that wait for the end of a message of the server. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #closing: NodeJS.Timeout | null = null;
  #deadline: NodeJS.Timeout | null = null;
  #guestEnded = false;
  #serverEnded = false;
  #isOver = false;

  constructor(
    { guest, server }: { readonly guest: Duplex; readonly server: Duplex },
    filter: SocketFilter,
    rules: FilterRules,
    limits: Pick<Limits, 'halfClosedMs' | 'messageMs'>,
  ) {
    const { verdict } = rules;
    this.#guest = guest;
    this.#server = server;
    this.#filter = filter;
    this.#limits = limits;
    this.#rules = rules;
    this.#share = rules.share(() => this.#giveWay());
    this.#fromGuest = new FrameReader({ masked: true, messageBytes: verdict.messageBytes });
    this.#guestLane = this.#laneOf(this.#fromGuest, 'server', () => server.writableNeedDrain);
    this.#serverLane = verdict.readsServer
      ? this.#laneOf(new FrameReader({ masked: false, messageBytes: serverBytes }), 'guest', () => false)
      : null;
  }

  /** @param to whom the messages of this side are for */
  #laneOf(reader: FrameReader, to: 'guest' | 'server', isBlocked: () => boolean): FrameLane {
    return new FrameLane({
      reader,
      share: this.#share,
      bytePrice: to === 'server' ? guestBytePrice : 1,
      // An answer of ours fills the guest as well as the server does.
      isBlocked: () => this.#guest.writableNeedDrain || isBlocked(),
      prepare: event => (event.kind === 'message' ? (this.#filter.prepare?.(event, to) ?? null) : null),
      handle: event => (to === 'server' ? this.#handleGuest(event) : this.#handleServer(event)),
      changed: () => this.#changed(),
    });
  }

  start(guestHead: Buffer, serverHead: Buffer): void {
    for (const side of [this.#guest, this.#server]) {
      if ('setNoDelay' in side && typeof side.setNoDelay === 'function') side.setNoDelay(true);
      side.on('error', () => this.#destroy());
    }
    this.#guest.on('close', () => this.#destroy());
    this.#guest.on('end', () => {
      this.#guestEnded = true;
      this.#changed();
      this.#closeSoon();
    });
    // What was said to the guest last (a close, mostly) is still to be sent.
    for (const event of ['end', 'close']) {
      this.#server.on(event, () => {
        this.#serverEnded = true;
        this.#changed();
        this.#closeSoon();
      });
    }
    this.#server.on('data', (chunk: Buffer) => this.#readServer(chunk));
    this.#guest.on('data', (chunk: Buffer) => this.#guestLane.push(chunk));
    for (const side of [this.#guest, this.#server]) {
      side.on('drain', () => {
        this.#serverLane?.drain();
        this.#guestLane.drain();
        this.#changed();
      });
    }
    if (serverHead.length > 0) this.#readServer(serverHead);
    if (guestHead.length > 0) this.#guestLane.push(guestHead);
  }

  /** A side that is full pauses the other, and both wait while the guest's budget is used up. */
  #changed(): void {
    if (this.#isOver) return;
    const isFull = this.#guest.writableNeedDrain;
    setFlow(this.#guest, !isFull && !this.#server.writableNeedDrain && !this.#guestLane.hasPending);
    setFlow(this.#server, !isFull && this.#serverLane?.hasPending !== true);
    if (this.#guestEnded && !this.#guestLane.hasPending) this.#server.end();
    if (this.#serverEnded && this.#serverLane?.hasPending !== true) this.#guest.end();
    const toServer = this.#server.writableLength;
    this.#share.hold('sent', this.#guestLane.held + this.#waitingBytes + toServer);
    if (this.#serverLane !== null) {
      this.#share.hold('served', this.#serverLane.held + this.#guest.writableLength);
    }
    if (this.#fromGuest.unfinished) this.#deadline ??= this.#startDeadline();
  }

  /** Ends the message that the guest has started. It is put off while we make the guest wait. */
  #startDeadline(): NodeJS.Timeout {
    const { started } = this.#fromGuest;
    return setTimeout(() => {
      this.#deadline = null;
      if (this.#isOver || !this.#fromGuest.unfinished) return;
      if (this.#fromGuest.started === started && !this.#guest.isPaused()) {
        this.#rules.dropped('a message that does not end');
        this.#fault(1008, 'a message that does not end');
      } else this.#deadline = this.#startDeadline();
    }, this.#limits.messageMs).unref();
  }

  #giveWay(): void {
    this.#rules.dropped('more bytes are kept than a guest may have kept');
    this.#fault(1008, 'more is begun than a guest may begin');
  }

  #stop(): void {
    this.#isOver = true;
    if (this.#deadline !== null) clearTimeout(this.#deadline);
    this.#guestLane.stop();
    this.#serverLane?.stop();
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#share.close();
  }

  #destroy(): void {
    this.#stop();
    if (this.#closing !== null) clearTimeout(this.#closing);
    this.#guest.destroy();
    this.#server.destroy();
  }

  #closeSoon(): void {
    this.#closing ??= setTimeout(() => this.#destroy(), this.#limits.halfClosedMs).unref();
  }

  #handleGuest(event: FrameEvent): void {
    if (event.kind !== 'message') this.#control(event, 'server');
    else if (this.#rules.admits?.(event.data.length) === false)
      this.#rules.dropped('more messages than a guest may send');
    else this.#step(this.#filter.fromGuest(event), event, 'server');
  }

  #handleServer(event: FrameEvent): void {
    if (event.kind === 'message') this.#step(this.#filter.fromServer(event), event, 'guest');
    else this.#control(event, 'guest');
  }

  #readServer(chunk: Buffer): void {
    if (this.#serverLane !== null) {
      this.#serverLane.push(chunk);
      return;
    }
    const gap = this.#boundaries.push(chunk);
    if (this.#boundaries.broken) {
      this.#fault(1002, 'the server broke the protocol');
      return;
    }
    if (gap === null || this.#waiting.length === 0) {
      this.#toGuest(chunk);
      if (this.#guest.writableNeedDrain) this.#changed();
      return;
    }
    if (gap > 0) this.#toGuest(chunk.subarray(0, gap));
    for (const answer of this.#waiting) this.#toGuest(answer);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (gap < chunk.length) this.#toGuest(chunk.subarray(gap));
    this.#changed();
  }

  #step(step: SocketStep, message: SocketMessage, to: 'guest' | 'server'): void {
    switch (step.kind) {
      case 'pass':
        this.#send(message, to);
        return;
      case 'replace':
        this.#send(step.message, to);
        return;
      case 'drop':
        this.#rules.dropped(step.reason);
        return;
      case 'answer':
        if (step.reason !== null) this.#rules.dropped(step.reason);
        for (const one of step.messages) this.#send(one, to === 'server' ? 'guest' : 'server');
        return;
      default:
        step satisfies never;
    }
  }

  #send(message: SocketMessage, to: 'guest' | 'server'): void {
    if (to === 'server') this.#toServer(messageFrame(message, randomBytes(4)));
    else this.#answerGuest(messageFrame(message, null));
  }

  /** A frame of ours: never within a message of the server. */
  #answerGuest(frame: Buffer): void {
    if (this.#serverLane !== null || this.#boundaries.between) {
      this.#toGuest(frame);
      return;
    }
    this.#waiting.push(frame);
    this.#waitingBytes += frame.length;
    if (this.#waitingBytes > waitingBytes)
      this.#fault(1008, 'too much is asked while an answer is on its way');
  }

  #control(event: Exclude<FrameEvent, { kind: 'message' }>, to: 'guest' | 'server'): void {
    const mask = to === 'server' ? randomBytes(4) : null;
    const write = (frame: Buffer): void =>
      to === 'server' ? this.#toServer(frame) : this.#answerGuest(frame);
    switch (event.kind) {
      case 'ping':
      case 'pong':
        write(controlFrame(event.kind, event.data, mask));
        return;
      case 'close':
        write(closeFrame(event.code, event.reason, mask));
        this.#closeSoon();
        return;
      case 'fault':
        this.#rules.dropped(event.reason);
        this.#fault(event.code, event.reason);
        return;
      default:
        event satisfies never;
    }
  }

  #fault(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#stop();
    this.#server.destroy();
    if (this.#serverLane !== null || this.#boundaries.between)
      this.#guest.write(closeFrame(code, reason, null));
    this.#guest.end();
    setFlow(this.#guest, true);
    this.#closeSoon();
  }

  #toServer(frame: Buffer): void {
    if (this.#server.writable) this.#server.write(frame);
  }

  #toGuest(bytes: Buffer): void {
    if (this.#guest.writable) this.#guest.write(bytes);
  }
}

function setFlow(side: Duplex, flows: boolean): void {
  if (flows === !side.isPaused()) return;
  if (flows) side.resume();
  else side.pause();
}
