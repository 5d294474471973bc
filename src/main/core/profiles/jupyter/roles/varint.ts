/**
 * The numbers and texts of the y-protocols (lib0 encoding): seven bits a byte, low bits first. The attack:
 * `82 00` is 2 to a decoder and no 2 to who looks at the first byte, and Jupyter's server does both. So a
 * number has one spelling here: the shortest.
 */

/** Reads on from where it stands. Each method answers null for what is cut or has another spelling. */
export class VarReader {
  readonly #data: Buffer;
  #at = 0;

  constructor(data: Buffer) {
    this.#data = data;
  }

  get atEnd(): boolean {
    return this.#at === this.#data.length;
  }

  /** 0 to 2^53 - 1. */
  number(): number | null {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.#data[this.#at];
      if (byte === undefined || scale > 2 ** 49) return null;
      this.#at += 1;
      value += (byte & 127) * scale;
      if (byte < 128) {
        const shortest = byte !== 0 || scale === 1;
        return shortest && Number.isSafeInteger(value) ? value : null;
      }
      scale *= 128;
    }
  }

  bytes(): Buffer | null {
    const length = this.number();
    if (length === null || length > this.#data.length - this.#at) return null;
    const bytes = this.#data.subarray(this.#at, this.#at + length);
    this.#at += length;
    return bytes;
  }

  text(): string | null {
    const bytes = this.bytes();
    if (bytes === null) return null;
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      return null;
    }
  }
}

export function varNumber(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127) {
    bytes.push(128 + (rest % 128));
    rest = Math.floor(rest / 128);
  }
  return Buffer.from([...bytes, rest]);
}

export function varBytes(bytes: Buffer): Buffer {
  return Buffer.concat([varNumber(bytes.length), bytes]);
}
