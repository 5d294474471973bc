/**
 * Reads the members of a JSON object as it passes, keeping none of it: names, sizes, and short values. It
 * divides a text into strings and everything else as every JSON parser does, so whatever a server reads as
 * JSON it reads alike; what no parser takes it may read anyhow.
 */

/** One member, measured. */
export interface JsonMember {
  readonly name: string;
  readonly kind: 'string' | 'scalar' | 'nested';
  /** As it is written, without the quotes of a string; only its first bytes. */
  readonly start: string;
  /** Of a string: characters, and bytes in UTF-8; of everything else: bytes as they are written. */
  readonly characters: number;
  readonly bytes: number;
  /** Of a string: how often `=` is in it, which base64 is filled up with. */
  readonly equals: number;
}

type Place =
  | 'before'
  | 'name'
  | 'in-name'
  | 'colon'
  | 'value'
  | 'in-string'
  | 'in-scalar'
  | 'in-nested'
  | 'after'
  | 'over';

const [quote, backslash, comma, colon, equal] = [0x22, 0x5c, 0x2c, 0x3a, 0x3d];
const [opening, closing] = [0x7b, 0x7d];
/** Of a value this much is kept, and no name of a member is longer. */
const maxStartLength = 200;

const isSpace = (byte: number): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

export class JsonObjectReader {
  /** The object has ended. */
  get isOver(): boolean {
    return this.#place === 'over';
  }

  readonly #told: (member: JsonMember) => boolean;
  #place: Place = 'before';
  #name = '';
  #kind: JsonMember['kind'] = 'scalar';
  #start: number[] = [];
  #characters = 0;
  #bytes = 0;
  #equals = 0;
  #depth = 0;
  /** Within a string that lies in a nested value. */
  #quoted = false;
  /** What has come of an escape in a string: its backslash, and the digits of `\u`. */
  #escape: string | null = null;

  /** @param told hears of each member when it is over; false: no more is to be read */
  constructor(told: (member: JsonMember) => boolean) {
    this.#told = told;
  }

  /** The member that is being read. */
  get current(): JsonMember {
    return {
      name: this.#name,
      kind: this.#kind,
      start: Buffer.from(this.#start).toString('utf8'),
      characters: this.#characters,
      bytes: this.#bytes,
      equals: this.#equals,
    };
  }

  /** False where it is no such object, or the member was not taken. */
  push(chunk: Buffer): boolean {
    for (let at = 0; at < chunk.length;) {
      const inString = this.#place === 'in-string' || this.#place === 'in-name' || this.#quoted;
      const taken = inString ? this.#inString(chunk, at) : this.#outside(chunk[at] ?? 0);
      if (taken < 0) return false;
      at += taken;
    }
    return true;
  }

  /** Takes what it can of a string at once. @returns bytes that were taken; below 0 for none */
  #inString(chunk: Buffer, at: number): number {
    const byte = chunk[at] ?? 0;
    if (this.#escape !== null) return this.#inEscape(byte);
    if (byte === backslash) {
      this.#escape = '\\';
      return this.#keep(chunk.subarray(at, at + 1), 0, 0);
    }
    if (byte === quote) return this.#stringOver();
    let end = at;
    for (; end < chunk.length && chunk[end] !== quote && chunk[end] !== backslash; end++) {
      if (chunk[end] === equal) this.#equals++;
    }
    const part = chunk.subarray(at, end);
    return this.#keep(part, part.length, part.length);
  }

  #inEscape(byte: number): number {
    const escape = this.#escape + String.fromCharCode(byte);
    const isWhole = escape[1] !== 'u' || escape.length === 6;
    this.#escape = isWhole ? null : escape;
    const code = escape.length === 6 ? Number.parseInt(escape.slice(2), 16) : 0;
    // Half of a pair is counted as a whole character of its own.
    const bytes = code > 0x7ff ? 3 : code > 0x7f ? 2 : 1;
    return this.#keep(Buffer.from([byte]), isWhole ? 1 : 0, isWhole ? bytes : 0);
  }

  #keep(part: Buffer, characters: number, bytes: number): number {
    if (this.#quoted) {
      this.#bytes += part.length;
      return part.length;
    }
    const context = maxStartLength - this.#start.length;
    if (context < part.length && this.#place === 'in-name') return -1;
    if (context > 0) this.#start.push(...part.subarray(0, context));
    this.#characters += characters;
    this.#bytes += bytes;
    return part.length;
  }

  #stringOver(): number {
    if (this.#quoted) {
      this.#quoted = false;
      this.#bytes++;
      return 1;
    }
    if (this.#place === 'in-string') return this.#memberOver();
    const name = this.current.start;
    this.#place = 'colon';
    try {
      this.#name = String(JSON.parse(`"${name}"`));
      return 1;
    } catch {
      return -1;
    }
  }

  #memberOver(): number {
    this.#place = 'after';
    return this.#told(this.current) ? 1 : -1;
  }

  #outside(byte: number): number {
    if (this.#place === 'in-nested') return this.#inNested(byte);
    if (this.#place === 'in-scalar') {
      if (byte !== comma && byte !== closing && !isSpace(byte)) return this.#keep(Buffer.from([byte]), 1, 1);
      if (this.#memberOver() < 0) return -1;
    }
    return isSpace(byte) ? 1 : this.#between(byte);
  }

  #inNested(byte: number): number {
    this.#bytes++;
    if (byte === quote) this.#quoted = true;
    else if (byte === opening || byte === 0x5b) this.#depth++;
    else if (byte === closing || byte === 0x5d) this.#depth--;
    return this.#depth === 0 ? this.#memberOver() : 1;
  }

  #between(byte: number): number {
    switch (this.#place) {
      case 'before':
        return byte === opening ? this.#go('name') : -1;
      case 'name':
        if (byte === closing) return this.#go('over');
        return byte === quote ? this.#startMember('in-name', 'string') : -1;
      case 'colon':
        return byte === colon ? this.#go('value') : -1;
      case 'value':
        return this.#value(byte);
      case 'after':
        if (byte === closing) return this.#go('over');
        return byte === comma ? this.#go('name') : -1;
      case 'over':
      case 'in-name':
      case 'in-string':
      case 'in-scalar':
      case 'in-nested':
        return -1;
      default:
        return this.#place satisfies never;
    }
  }

  #value(byte: number): number {
    if (byte === quote) return this.#startMember('in-string', 'string');
    if (byte === opening || byte === 0x5b) {
      this.#startMember('in-nested', 'nested');
      return this.#inNested(byte);
    }
    this.#startMember('in-scalar', 'scalar');
    return this.#keep(Buffer.from([byte]), 1, 1);
  }

  #go(place: Place): number {
    this.#place = place;
    return 1;
  }

  #startMember(place: Place, kind: JsonMember['kind']): number {
    this.#kind = kind;
    this.#start = [];
    this.#characters = 0;
    this.#bytes = 0;
    this.#equals = 0;
    this.#depth = 0;
    return this.#go(place);
  }
}
