/**
 * Finds where one WebSocket message ends and the next has not begun (RFC 6455, section 5.4), without keeping
 * any of it: what a server sends to a guest may be hundreds of megabytes and streams through, and now and
 * then an answer of our own must be put between. The fault: an answer within a message, which the guest would
 * read as part of it.
 */

/** Follows the frames of a server, which are never masked. Never throws; holds at most 9 bytes. */
export class FrameBoundaries {
  /** Of a head that is not whole yet. */
  #start = Buffer.alloc(0);
  /** Bytes of the current frame's payload that are still to come. */
  #left = 0;
  #inMessage = false;
  #broken = false;

  /**
   * True for what no server sends (a mask, a reserved bit): to be closed, as nobody knows where its frames
   * end for the reader.
   */
  get broken(): boolean {
    return this.#broken;
  }

  /** True when an answer may be put after everything that was pushed. */
  get between(): boolean {
    return !this.#broken && !this.#inMessage && this.#left === 0 && this.#start.length === 0;
  }

  /** The last place in this chunk where an answer may be put: 0 to its length, null for none. */
  push(chunk: Buffer): number | null {
    let last = this.between ? 0 : null;
    let at = 0;
    while (at < chunk.length && !this.#broken) {
      if (this.#left === 0) {
        const took = this.#readHead(chunk.subarray(at));
        at += took;
        if (this.#start.length > 0 || this.#broken) return last;
      }
      const step = Math.min(this.#left, chunk.length - at);
      this.#left -= step;
      at += step;
      if (this.between) last = at;
    }
    return last;
  }

  /** Takes a head, or what is here of one. */
  #readHead(bytes: Buffer): number {
    const before = this.#start.length;
    const head = Buffer.concat([this.#start, bytes.subarray(0, 10 - before)]);
    const first = head[0] ?? 0;
    const second = head[1];
    const short = (second ?? 0) & 127;
    const size = 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
    if (second === undefined || head.length < size) {
      this.#start = head;
      return head.length - before;
    }
    this.#start = Buffer.alloc(0);
    this.#broken = (first & 0x70) !== 0 || second >= 128;
    this.#left =
      size === 10
        ? head.readUInt32BE(2) * 2 ** 32 + head.readUInt32BE(6)
        : size === 4
          ? head.readUInt16BE(2)
          : short;
    // A control frame may stand within a message and neither begins nor ends one.
    if ((first & 8) === 0) this.#inMessage = first < 128;
    return size - before;
  }
}
