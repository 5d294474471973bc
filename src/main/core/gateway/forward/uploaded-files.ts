/**
 * How much of each file guests have sent. The attack: a page sends a large file in parts of 1 MB, so a limit
 * of one request is none of a file; a guest sends parts without end, begins again and again, or sends two at
 * once so that they are counted in another order than the server writes them. So the parts of a file are
 * added up by its path, whoever sends them, one after the other, and a part that continues nothing is
 * refused.
 *
 * Pure accounting: every time is an argument, in milliseconds of one clock. What is remembered is bounded;
 * whose file was forgotten begins it again.
 */
import type { UploadRefusal } from './upload-watch.ts';

/** What one request does to a file. */
export type Part = 'whole' | 'first' | 'next' | 'last';

/** The server was never heard to have written it, or its guest has left: nobody goes on with it. */
const nobody = '';

interface Counted {
  session: string;
  bytes: number;
  /**
   * The server may still be writing a part whose answer nobody waited for, until then: what is sent is added
   * to it.
   */
  unsureUntil: number;
}

/** What the server made of it: `unknown` where nobody heard the end of its answer, or it failed itself. */
export type Outcome = 'written' | 'refused' | 'unknown';

/** A request that writes to a file, from its beginning to its answer. */
export interface Writing {
  /** Bytes of the file that may be in this part. Asked before the part is passed on as a whole. */
  context(part: Part, now: number): number;
  /** The part is passed on. */
  take(part: Part, bytes: number, now: number): void;
  over(outcome: Outcome, now: number): void;
}

/** Files at once that were begun and not ended; of all guests of a server, and of one of them. */
const most = { all: 1000, session: 64 };
/** The server is done with what was sent after this; milliseconds. */
const settledMs = 60_000;

const busy: UploadRefusal = { status: 409, message: 'Another part of this file is on its way' };
export const notBegun: UploadRefusal = {
  status: 409,
  message: 'This upload was not begun here, or was forgotten: begin again',
};

export class UploadedFiles {
  readonly #limit: number;
  readonly #files = new Map<string, Counted>();
  readonly #busy = new Set<string>();

  /** @param limit largest file; bytes */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Files that are remembered. */
  get size(): number {
    return this.#files.size;
  }

  write(session: string, file: string): Writing | UploadRefusal {
    if (this.#busy.has(file)) return busy;
    this.#busy.add(file);
    let sent: Part | null = null;
    return {
      context: (part, now) => this.#context(session, file, part, now),
      take: (part, bytes, now) => {
        sent = part;
        const before = this.#before(file, part, now);
        const unsureUntil = this.#files.get(file)?.unsureUntil ?? 0;
        this.#files.delete(file);
        this.#makeRoom(session);
        this.#files.set(file, { session, bytes: before + bytes, unsureUntil });
      },
      over: (outcome, now) => {
        this.#busy.delete(file);
        const counted = this.#files.get(file);
        if (sent === null || counted === undefined) return;
        if (outcome === 'unknown') counted.unsureUntil = now + settledMs;
        if (outcome === 'written' && sent !== 'whole' && sent !== 'last') return;
        // What does not go on is remembered only while the server may still be writing it.
        if (now >= counted.unsureUntil) this.#files.delete(file);
        else counted.session = nobody;
      },
    };
  }

  #context(session: string, file: string, part: Part, now: number): number {
    const isContinued = part === 'next' || part === 'last';
    // Below zero: nothing was begun, not even an empty part may follow.
    if (isContinued && this.#files.get(file)?.session !== session) return -1;
    return Math.max(0, this.#limit - this.#before(file, part, now));
  }

  /** Bytes that the file has already when this part comes. */
  #before(file: string, part: Part, now: number): number {
    const counted = this.#files.get(file);
    if (counted === undefined) return 0;
    const replaces = part === 'whole' || part === 'first';
    return replaces && now >= counted.unsureUntil ? 0 : counted.bytes;
  }

  /** What was at this path, and below it, is elsewhere or gone: nothing goes on there. */
  move(file: string): void {
    for (const known of this.#files.keys()) {
      if (known === file || known.startsWith(`${file}/`)) this.#files.delete(known);
    }
  }

  forget(session: string): void {
    for (const counted of this.#files.values()) if (counted.session === session) counted.session = nobody;
  }

  /**
   * The oldest of the guest's own gives way; where all are too many, the oldest of the guest who has most.
   */
  #makeRoom(session: string): void {
    const counts = new Map<string, number>();
    for (const { session: owner } of this.#files.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    let from = (counts.get(session) ?? 0) >= most.session ? session : null;
    if (from === null && this.#files.size >= most.all) {
      from = [...counts].reduce((heaviest, each) => (each[1] > heaviest[1] ? each : heaviest))[0];
    }
    const oldest =
      from === null ? undefined : [...this.#files].find(([, { session: owner }]) => owner === from);
    if (oldest !== undefined) this.#files.delete(oldest[0]);
  }
}
