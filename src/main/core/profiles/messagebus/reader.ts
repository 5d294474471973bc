/**
 * Reads long messages on another thread. The attack: a message of two megabytes takes a fifth of a second to
 * be read in one reading, and the core has one thread for all servers. So that thread does not read it; it
 * waits for no other message meanwhile, and a message that brings the other thread down is unreadable.
 */
import { Worker } from 'node:worker_threads';
import type { Role } from '../../../../shared/model.ts';
import type { GuestContext } from '../../role-ports.ts';
import type { Unreadable } from './frame.ts';
import type { BusReading, GuestReading } from './read-message.ts';

export interface Speaker {
  readonly role: Role;
  readonly guest: GuestContext;
}

export interface ReaderQuestion {
  readonly id: number;
  readonly bytes: Uint8Array;
  /** Null for what the bus says. */
  readonly speaker: Speaker | null;
}

export interface ReaderAnswer {
  readonly id: number;
  readonly reading: BusReading | GuestReading | Unreadable;
  /** Milliseconds that it took there. */
  readonly ms: number;
}

interface Pending {
  readonly done: (answer: Omit<ReaderAnswer, 'id'>) => void;
  readonly timer: NodeJS.Timeout;
}

const answerMs = 20_000;
const idleMs = 30_000;
/** For a message of 32 MiB, parsed. */
const threadMegabytes = 512;

/** Its thread is started for the first long message, and ended when none came for a while. */
export class MessageReader {
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #idle: NodeJS.Timeout | null = null;
  #last = 0;

  /** Never fails: what could not be read is unreadable. */
  read(bytes: Buffer, speaker: Speaker | null): Promise<Omit<ReaderAnswer, 'id'>> {
    if (this.#idle !== null) clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const worker = this.#worker;
    const id = ++this.#last;
    const { promise, resolve } = Promise.withResolvers<Omit<ReaderAnswer, 'id'>>();
    const timer = setTimeout(() => this.#end(worker), answerMs);
    this.#pending.set(id, { done: resolve, timer });
    const question: ReaderQuestion = { id, bytes, speaker };
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    worker.postMessage(question);
    return promise;
  }

  /** What is being read is unreadable; the next message is read afresh. */
  close(): void {
    if (this.#worker !== null) this.#end(this.#worker);
  }

  #start(): Worker {
    const worker = new Worker(threadFile(), {
      resourceLimits: { maxOldGenerationSizeMb: threadMegabytes },
    });
    worker.unref();
    worker.on('message', (answer: ReaderAnswer) => this.#answered(worker, answer));
    worker.on('error', () => this.#end(worker));
    worker.on('exit', () => this.#end(worker));
    return worker;
  }

  #answered(worker: Worker, { id, reading, ms }: ReaderAnswer): void {
    const asked = this.#pending.get(id);
    if (asked === undefined) return;
    clearTimeout(asked.timer);
    this.#pending.delete(id);
    asked.done({ reading, ms });
    if (this.#pending.size === 0) this.#idle = setTimeout(() => this.#end(worker), idleMs).unref();
  }

  #end(worker: Worker): void {
    if (worker !== this.#worker) return;
    this.#worker = null;
    void worker.terminate();
    const waiting = [...this.#pending.values()];
    this.#pending.clear();
    for (const { done, timer } of waiting) {
      clearTimeout(timer);
      done({ reading: { kind: 'unreadable', reason: 'it could not be read in time' }, ms: answerMs });
    }
  }
}

/** In the sources and in the bundle, where every program has a file of its own next to this one. */
function threadFile(): URL {
  const name = import.meta.url.endsWith('.ts') ? 'reader-thread.ts' : 'reader-thread.mjs';
  return new URL(name, import.meta.url);
}
