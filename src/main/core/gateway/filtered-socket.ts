/**
 * A WebSocket of a guest whose role reads along. The attacks: a message that slips past the filter (in the first bytes, in pieces, compressed, as another kind of frame), an answer of ours that lands within
 * a message of the server, and a guest who sends without reading until the memory is full. So nothing of the guest's reaches the server but what the filter has said again or
 * let pass, compression is never agreed on, and each side is paused while the other is full.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { SocketFilter, SocketMessage, SocketStep, SocketVerdict } from '../role-ports.ts';
import { jsonAnswer, sendRawAnswer } from './answers.ts';
import type { Facts } from './facts.ts';
import type { Way } from './route.ts';
import { FrameBoundaries } from './frame-boundaries.ts';
import { closeFrame, controlFrame, FrameReader, messageFrame, type FrameEvent } from './frames.ts';
import type { Limits } from './limits.ts';
import { requestHeaders } from './request-headers.ts';
import { rawHead, shakeHands, upgradeHeaders, type SpliceEnd } from './websocket.ts';

export type FilterVerdict = Extract<SocketVerdict, { readonly way: 'filter' }>;

export interface FilterEnd extends SpliceEnd {
  /** A message was not passed on. */
  dropped(reason: string): void;
  /** Counts one message of the guest, by its length; false when there were too many. Absent: any number. */
  readonly admits?: ((bytes: number) => boolean) | undefined;
}

/** Makes the handshake with the server for the verdict's own target, and joins the two with the filter between. The caller owns `socket` and destroys it to end the join. */
export function joinFiltered(
  route: Way,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  facts: Facts,
  verdict: FilterVerdict,
  limits: Pick<Limits, 'handshakeMs' | 'halfClosedMs'>,
  end: FilterEnd,
): void {
  const key = request.headers['sec-websocket-key'] ?? '';
  const asked = { target: verdict.target, headers: filteredHeaders(request, facts, route, verdict) };
  shakeHands(route, asked, socket, facts, limits, end, (answer, upstream, upstreamHead) => {
    const chosen = answer.headers['sec-websocket-protocol'] ?? null;
    const isSound =
      answer.headers['sec-websocket-accept'] === acceptOf(key) &&
      answer.headers['sec-websocket-extensions'] === undefined;
    const filter = isSound ? verdict.filter(chosen) : null;
    if (filter === null) {
      upstream.destroy();
      sendRawAnswer(socket, jsonAnswer(502, 'The server agreed to something that was not asked for'));
      return;
    }
    socket.write(rawHead(answer, route, facts, upgradeHeaders, true));
    new FilteredJoin(socket, upstream, filter, verdict, limits.halfClosedMs, end).start(head, upstreamHead);
  });
}

/** RFC 6455, 4.2.2. */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function filteredHeaders(
  request: IncomingMessage,
  facts: Facts,
  route: Way,
  verdict: FilterVerdict,
): string[] {
  const all = requestHeaders(request.rawHeaders, facts, route.request, true);
  const kept: string[] = [];
  for (let index = 0; index < all.length; index += 2) {
    const name = all[index] ?? '';
    if (/^sec-websocket-(?:extensions|protocol)$/i.test(name)) continue;
    kept.push(name, all[index + 1] ?? '');
  }
  if (verdict.subprotocols.length > 0) kept.push('Sec-WebSocket-Protocol', verdict.subprotocols.join(', '));
  return kept;
}

/** A notebook's whole state may be one message; more than this is no message of an honest server. */
const serverBytes = 256 * 1024 * 1024;
/** Bytes of answers of ours that may wait until a message of the server has ended. */
const waitingBytes = 1024 * 1024;

class FilteredJoin {
  readonly #guest: Duplex;
  readonly #server: Duplex;
  readonly #filter: SocketFilter;
  readonly #halfClosedMs: number;
  readonly #end: FilterEnd;
  readonly #fromGuest: FrameReader;
  /** Null where what the server sends streams through. */
  readonly #fromServer: FrameReader | null;
  readonly #boundaries = new FrameBoundaries();
  /** Answers to the guest that wait for the end of a message of the server. */
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #closing: NodeJS.Timeout | null = null;

  constructor(
    guest: Duplex,
    server: Duplex,
    filter: SocketFilter,
    verdict: FilterVerdict,
    halfClosedMs: number,
    end: FilterEnd,
  ) {
    this.#guest = guest;
    this.#server = server;
    this.#filter = filter;
    this.#halfClosedMs = halfClosedMs;
    this.#end = end;
    this.#fromGuest = new FrameReader({ masked: true, messageBytes: verdict.messageBytes });
    this.#fromServer = verdict.readsServer
      ? new FrameReader({ masked: false, messageBytes: serverBytes })
      : null;
  }

  start(guestHead: Buffer, serverHead: Buffer): void {
    for (const side of [this.#guest, this.#server]) {
      if ('setNoDelay' in side && typeof side.setNoDelay === 'function') side.setNoDelay(true);
      side.on('error', () => this.#destroy());
    }
    this.#guest.on('close', () => this.#destroy());
    this.#guest.on('end', () => {
      this.#server.end();
      this.#closeSoon();
    });
    // What was said to the guest last (a close, mostly) is still to be sent.
    for (const event of ['end', 'close']) {
      this.#server.on(event, () => {
        this.#guest.end();
        this.#closeSoon();
      });
    }
    this.#server.on('data', (chunk: Buffer) => this.#readServer(chunk));
    this.#guest.on('data', (chunk: Buffer) => this.#readGuest(chunk));
    // Whoever is full stops the one that fills it; an answer of ours fills the guest as well as the server does.
    this.#guest.on('drain', () => {
      this.#server.resume();
      this.#guest.resume();
    });
    this.#server.on('drain', () => this.#guest.resume());
    if (serverHead.length > 0) this.#readServer(serverHead);
    if (guestHead.length > 0) this.#readGuest(guestHead);
  }

  #destroy(): void {
    if (this.#closing !== null) clearTimeout(this.#closing);
    this.#guest.destroy();
    this.#server.destroy();
  }

  #closeSoon(): void {
    this.#closing ??= setTimeout(() => this.#destroy(), this.#halfClosedMs).unref();
  }

  #readGuest(chunk: Buffer): void {
    for (const event of this.#fromGuest.push(chunk)) {
      if (event.kind !== 'message') this.#control(event, 'server');
      else if (this.#end.admits?.(event.data.length) === false)
        this.#end.dropped('more messages than a guest may send');
      else this.#step(this.#filter.fromGuest(event), event, 'server');
    }
  }

  #readServer(chunk: Buffer): void {
    if (this.#fromServer !== null) {
      for (const event of this.#fromServer.push(chunk)) {
        if (event.kind === 'message') this.#step(this.#filter.fromServer(event), event, 'guest');
        else this.#control(event, 'guest');
      }
      return;
    }
    const gap = this.#boundaries.push(chunk);
    if (this.#boundaries.broken) {
      this.#fault(1002, 'the server broke the protocol');
      return;
    }
    if (gap === null || this.#waiting.length === 0) {
      this.#toGuest(chunk);
      return;
    }
    if (gap > 0) this.#toGuest(chunk.subarray(0, gap));
    for (const answer of this.#waiting) this.#toGuest(answer);
    this.#waiting = [];
    this.#waitingBytes = 0;
    if (gap < chunk.length) this.#toGuest(chunk.subarray(gap));
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
        this.#end.dropped(step.reason);
        return;
      case 'answer':
        if (step.reason !== null) this.#end.dropped(step.reason);
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
    if (this.#fromServer !== null || this.#boundaries.between) {
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
        this.#end.dropped(event.reason);
        this.#fault(event.code, event.reason);
        return;
      default:
        event satisfies never;
    }
  }

  #fault(code: number, reason: string): void {
    this.#server.destroy();
    if (this.#fromServer !== null || this.#boundaries.between)
      this.#guest.write(closeFrame(code, reason, null));
    this.#guest.end();
    this.#closeSoon();
  }

  #toServer(frame: Buffer): void {
    if (this.#server.writable && !this.#server.write(frame)) this.#guest.pause();
  }

  #toGuest(bytes: Buffer): void {
    if (!this.#guest.writable || this.#guest.write(bytes)) return;
    this.#server.pause();
    this.#guest.pause();
  }
}
