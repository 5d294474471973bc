import { StringDecoder } from 'node:string_decoder';
import { stripVTControlCharacters } from 'node:util';
import { tokensAt } from '../../token-bucket.ts';

/** Characters of one line that are kept. */
export const maxLineLength = 4096;
/** Characters of one line that are looked at, so that a secret across the cut is still recognised as one. */
const maxRawLength = 2 * maxLineLength;

/**
 * Bytes become lines: UTF-8 across chunk borders, no line longer than a bound, however long the server makes
 * it.
 */
export class LineSplitter {
  #decoder = new StringDecoder('utf8');
  #rest = '';
  /** The rest of an over-long or broken line is thrown away up to its end. */
  #skipping = false;

  push(chunk: Buffer): string[] {
    return this.#split(this.#decoder.write(chunk));
  }

  /** What was left without a line end. */
  end(): string[] {
    const lines = this.#split(this.#decoder.end());
    if (this.#rest !== '') lines.push(this.#rest);
    this.#forget(false);
    return lines;
  }

  /** Bytes were left out here: what comes next is the middle of some line. */
  gap(): void {
    this.#decoder = new StringDecoder('utf8');
    this.#forget(true);
  }

  #forget(skipping: boolean): void {
    this.#rest = '';
    this.#skipping = skipping;
  }

  #split(text: string): string[] {
    const lines: string[] = [];
    let at = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', at)) {
      this.#take(text.slice(at, Math.min(end, at + maxRawLength)));
      if (!this.#skipping) lines.push(this.#rest);
      this.#forget(false);
      at = end + 1;
    }
    this.#take(text.slice(at, at + maxRawLength));
    return lines;
  }

  #take(piece: string): void {
    if (!this.#skipping) this.#rest = (this.#rest + piece).slice(0, maxRawLength);
  }
}

/**
 * Stops this: a server that writes escape sequences to anyone who reads its log in a terminal, or a secret in
 * pieces that only a screen puts together again. Control characters go first, then secrets, then what is too
 * long.
 */
export function cleanLine(raw: string, redact: (text: string) => string): string {
  const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  // A progress bar writes over itself: only its last state counts.
  const shown = line.slice(line.lastIndexOf('\r') + 1);
  const text = redact(
    stripVTControlCharacters(shown)
      .replaceAll(/(?!\t)\p{Cc}/gu, '')
      .toWellFormed(),
  );
  if (raw.length < maxRawLength && text.length <= maxLineLength) return text;
  // The end of what was looked at may be the beginning of a secret.
  return `${text.slice(0, Math.max(0, Math.min(maxLineLength, text.length - 512)))} ...`;
}

/**
 * So much a second, and so much at once. What is over it is not worth the work of reading it. Once it is used
 * up, a quarter has to be there again: a flood is left out in a few large pieces, not in thousands of small
 * ones.
 */
export class Budget {
  readonly #perSecond: number;
  readonly #most: number;
  #left: number;
  #at: number;
  #dry = false;

  /** @param now milliseconds of a clock that never jumps */
  constructor(perSecond: number, most: number, now: number) {
    this.#perSecond = perSecond;
    this.#most = most;
    this.#left = most;
    this.#at = now;
  }

  take(amount: number, now: number): boolean {
    const bucket = { burst: this.#most, perSecond: this.#perSecond };
    this.#left = tokensAt(bucket, this.#left, this.#at, now);
    this.#at = now;
    this.#dry = amount > this.#left || (this.#dry && this.#left < this.#most / 4);
    if (!this.#dry) this.#left -= amount;
    return !this.#dry;
  }
}

/** The last entries, bounded in number and in characters. */
export class Recent<T extends { readonly text: string }> {
  readonly #most: number;
  readonly #maxCharacters: number;
  #entries: T[] = [];
  #characters = 0;

  constructor(most: number, maxCharacters: number) {
    this.#most = most;
    this.#maxCharacters = maxCharacters;
  }

  get size(): number {
    return this.#entries.length;
  }

  push(entry: T): void {
    this.#entries.push(entry);
    this.#characters += entry.text.length;
    while (this.#entries.length > this.#most || this.#characters > this.#maxCharacters) {
      this.#characters -= this.#entries.shift()?.text.length ?? 0;
    }
  }

  last(count: number): T[] {
    return count <= 0 ? [] : this.#entries.slice(-count);
  }
}
