/**
 * WebSocket frames (RFC 6455, section 5), read where a role filters messages. The attack: a frame that is
 * judged in one reading and served in another (a reserved bit, a message in pieces of which only the first is
 * looked at, a control frame in between that is taken for one), and memory: a length of 2^60 that is
 * announced, a million empty pieces, a piece a byte. So pieces are joined before anybody judges, nothing is
 * set aside for what is only announced, and whatever the RFC forbids ends the connection.
 *
 * permessage-deflate is not spoken: a gateway that filters does not offer it, and a frame with its bit is a
 * fault.
 */
import { isUtf8 } from 'node:buffer';

export type FrameEvent =
  | { readonly kind: 'message'; readonly binary: boolean; readonly data: Buffer }
  | { readonly kind: 'ping' | 'pong'; readonly data: Buffer }
  /** The peer closes: 1005 where it gave no code. Nothing is read after it. */
  | { readonly kind: 'close'; readonly code: number; readonly reason: string }
  /** The peer breaks the protocol; to be answered with a close of this code. Nothing is read after it. */
  | { readonly kind: 'fault'; readonly code: 1002 | 1007 | 1009; readonly reason: string };

export interface ReaderOptions {
  /** True for what a client sends (RFC 6455, 5.1). A frame of the other sort is a fault. */
  readonly masked: boolean;
  /** Largest message, all its pieces together; bytes. */
  readonly messageBytes: number;
}

interface Head {
  readonly final: boolean;
  readonly opcode: number;
  readonly mask: Buffer | null;
  readonly length: number;
}

type Fault = FrameEvent & { readonly kind: 'fault' };

const continuation = 0;
const text = 1;
const binary = 2;
const close = 8;
const ping = 9;
const pong = 10;

/** Reads frames however the network cuts them. Never throws, and holds at most twice `messageBytes`. */
export class FrameReader {
  readonly #options: ReaderOptions;
  /** Of a head that is not whole yet; at most 13 bytes. */
  #start = Buffer.alloc(0);
  #head: Head | null = null;
  /** Payload of the current frame that is here. */
  #got = 0;
  /** Text or binary while a message is in pieces. */
  #opcode: number | null = null;
  #message = new Gathered();
  #control = new Gathered();
  #ended = false;
  #started = 0;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  /** True after a close or a fault. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Messages that have started. */
  get started(): number {
    return this.#started;
  }

  /** True between the first byte of a frame and the last one of its message. */
  get unfinished(): boolean {
    return !this.#ended && (this.#start.length > 0 || this.#head !== null || this.#opcode !== null);
  }

  /** Bytes of memory that are kept for a message that is not whole. */
  get held(): number {
    return this.#message.capacity;
  }

  push(chunk: Buffer): readonly FrameEvent[] {
    const events: FrameEvent[] = [];
    let rest = chunk;
    while (!this.#ended) {
      if (this.#head === null) {
        const joined = this.#start.length === 0 ? rest : Buffer.concat([this.#start, rest.subarray(0, 14)]);
        const size = headSize(joined);
        if (size === null || joined.length < size) {
          this.#start = Buffer.from(joined.subarray(0, 14));
          return events;
        }
        rest = rest.subarray(size - this.#start.length);
        this.#start = Buffer.alloc(0);
        const head = readHead(joined.subarray(0, size));
        const fault = 'kind' in head ? head : this.#faultOf(head);
        if (fault !== null || 'kind' in head) {
          this.#end(events, fault);
          return events;
        }
        this.#startFrame(head);
      }
      const took = this.#take(rest);
      rest = rest.subarray(took);
      if (!this.#finish(events)) return events;
    }
    return events;
  }

  /** Reads nothing more, and keeps nothing. */
  stop(): void {
    this.#end([], null);
  }

  #end(events: FrameEvent[], last: FrameEvent | null): void {
    this.#ended = true;
    this.#message = new Gathered();
    this.#control = new Gathered();
    if (last !== null) events.push(last);
  }

  #startFrame(head: Head): void {
    this.#head = head;
    this.#got = 0;
    if (head.opcode !== text && head.opcode !== binary) return;
    this.#opcode = head.opcode;
    this.#started += 1;
  }

  #faultOf({ opcode, final, mask, length }: Head): Fault | null {
    if ((mask !== null) !== this.#options.masked) return fault(1002, 'a frame with the wrong masking');
    if (opcode >= close) {
      if (opcode > pong) return fault(1002, 'a frame of an unknown kind');
      return final && length <= 125 ? null : fault(1002, 'a control frame that is long or in pieces');
    }
    if (opcode > binary) return fault(1002, 'a frame of an unknown kind');
    if ((opcode === continuation) !== (this.#opcode !== null)) return fault(1002, 'pieces out of order');
    return this.#message.length + length > this.#options.messageBytes
      ? fault(1009, 'a message that is too long')
      : null;
  }

  /** Takes what is here of the current frame's payload. */
  #take(rest: Buffer): number {
    const head = this.#head;
    if (head === null) return 0;
    const part = rest.subarray(0, head.length - this.#got);
    const target = head.opcode >= close ? this.#control : this.#message;
    target.add(part, head.mask, this.#got);
    this.#got += part.length;
    return part.length;
  }

  /** True when the frame is whole and another may follow. */
  #finish(events: FrameEvent[]): boolean {
    const head = this.#head;
    if (head === null || this.#got < head.length) return false;
    this.#head = null;
    if (head.opcode >= close) {
      const event = controlEvent(head.opcode, this.#control.take());
      if (event.kind === 'close' || event.kind === 'fault') this.#end(events, event);
      else events.push(event);
    } else if (head.final) {
      const isText = this.#opcode === text;
      this.#opcode = null;
      const data = this.#message.take();
      if (isText && !isUtf8(data)) this.#end(events, fault(1007, 'text that is no UTF-8'));
      else events.push({ kind: 'message', binary: !isText, data });
    }
    return true;
  }
}

/**
 * Bytes that grow as they come, in memory of their own: a piece of one byte does not keep the packet that it
 * came in.
 */
class Gathered {
  #bytes = Buffer.alloc(0);
  length = 0;

  get capacity(): number {
    return this.#bytes.length;
  }

  add(part: Buffer, mask: Buffer | null, position: number): void {
    if (part.length === 0) return;
    const end = this.length + part.length;
    if (end > this.#bytes.length) {
      const larger = Buffer.allocUnsafeSlow(Math.max(end, this.#bytes.length * 2));
      this.#bytes.copy(larger, 0, 0, this.length);
      this.#bytes = larger;
    }
    part.copy(this.#bytes, this.length);
    if (mask !== null) unmask(this.#bytes.subarray(this.length, end), mask, position);
    this.length = end;
  }

  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.length);
    this.#bytes = Buffer.alloc(0);
    this.length = 0;
    return taken;
  }
}

function unmask(bytes: Buffer, mask: Buffer, position: number): void {
  for (let index = 0; index < bytes.length; index++) {
    bytes[index] = (bytes[index] ?? 0) ^ (mask[(position + index) & 3] ?? 0);
  }
}

/** Bytes of the head that starts here; null while its second byte is missing. */
function headSize(bytes: Buffer): number | null {
  const second = bytes[1];
  if (second === undefined) return null;
  const length = second & 127;
  return 2 + (length === 126 ? 2 : length === 127 ? 8 : 0) + (second >= 128 ? 4 : 0);
}

function readHead(bytes: Buffer): Head | Fault {
  const first = bytes[0] ?? 0;
  const second = bytes[1] ?? 0;
  if ((first & 0x70) !== 0) return fault(1002, 'a frame with a reserved bit');
  let length = second & 127;
  if (length === 126) length = bytes.readUInt16BE(2);
  else if (length === 127) {
    // Above 2^53 it is too long all the same.
    length = bytes.readUInt32BE(2) * 2 ** 32 + bytes.readUInt32BE(6);
  }
  const mask = second >= 128 ? Buffer.from(bytes.subarray(-4)) : null;
  return { final: first >= 128, opcode: first & 15, mask, length };
}

function controlEvent(opcode: number, data: Buffer): FrameEvent {
  if (opcode === ping || opcode === pong) return { kind: opcode === ping ? 'ping' : 'pong', data };
  if (data.length === 0) return { kind: 'close', code: 1005, reason: '' };
  if (data.length === 1) return fault(1002, 'a close with half a code');
  const code = data.readUInt16BE(0);
  if (!isCloseCode(code)) return fault(1002, 'a close with a code that nobody may send');
  const reason = data.subarray(2);
  return isUtf8(reason)
    ? { kind: 'close', code, reason: reason.toString('utf8') }
    : fault(1007, 'a reason that is no UTF-8');
}

/** RFC 6455, 7.4 and the IANA registry: what may stand in a frame. */
function isCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || (code >= 3000 && code <= 4999)
  );
}

function fault(code: Fault['code'], reason: string): Fault {
  return { kind: 'fault', code, reason };
}

/**
 * One whole message as one frame. @param mask four bytes from the random source where a client speaks (RFC
 * 6455, 5.3); else null
 */
export function messageFrame(
  message: { readonly binary: boolean; readonly data: Buffer },
  mask: Buffer | null,
): Buffer {
  return frame(message.binary ? binary : text, message.data, mask);
}

/** @param data at most 125 bytes; what is longer is cut */
export function controlFrame(kind: 'ping' | 'pong', data: Buffer, mask: Buffer | null): Buffer {
  return frame(kind === 'ping' ? ping : pong, data.subarray(0, 125), mask);
}

/**
 * @param code as it came: 1005 and what nobody may send become a close without one. A reason that is too long
 *   is left out.
 */
export function closeFrame(code: number, reason: string, mask: Buffer | null): Buffer {
  if (!isCloseCode(code)) return frame(close, Buffer.alloc(0), mask);
  const words = Buffer.from(reason);
  const data = Buffer.alloc(2 + (words.length <= 123 ? words.length : 0));
  data.writeUInt16BE(code, 0);
  if (words.length <= 123) words.copy(data, 2);
  return frame(close, data, mask);
}

function frame(opcode: number, data: Buffer, mask: Buffer | null): Buffer {
  const { length } = data;
  const size = 2 + (length > 65_535 ? 8 : length > 125 ? 2 : 0);
  const bytes = Buffer.alloc(size + (mask === null ? 0 : 4) + length);
  bytes[0] = 0x80 | opcode;
  bytes[1] = (mask === null ? 0 : 0x80) | (length > 65_535 ? 127 : length > 125 ? 126 : length);
  if (length > 65_535) {
    bytes.writeUInt32BE(Math.floor(length / 2 ** 32), 2);
    bytes.writeUInt32BE(length % 2 ** 32, 6);
  } else if (length > 125) bytes.writeUInt16BE(length, 2);
  mask?.copy(bytes, size);
  data.copy(bytes, bytes.length - length);
  if (mask !== null) unmask(bytes.subarray(bytes.length - length), mask, 0);
  return bytes;
}
