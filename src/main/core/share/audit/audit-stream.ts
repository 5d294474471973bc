/**
 * One of the audit log's chains. The attacks: a log that is rewritten (audit-chain.ts), forged or filled by
 * what guests send (audit-entry.ts), that stops the service when the disk is full, or slows it down when
 * somebody is refused a thousand times a second. So events are queued, written in batches by one writer, and
 * nobody is made to fail.
 */
import { GatehouseError } from '../../errors.ts';
import { systemCode } from '../../files.ts';
import type { Clock, Redactor } from '../../ports.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import { tidyEvent, type AuditEvent, type OwnEvent } from './audit-entry.ts';
import { AuditStore, type StoreOptions, type JoinRequestInfo } from './audit-store.ts';
import type { AuditVerdict } from './audit-verify.ts';
import type { AuditKey } from '../ledger/retired-keys.ts';

export interface AuditStreamOptions extends StoreOptions {
  readonly redactor: Pick<Redactor, 'redact'>;
  readonly clock?: Clock | undefined;
  /** How many events may wait to be written, 10 000 when absent; more are counted only. */
  readonly maxQueued?: number | undefined;
  /** Told once, in a sentence, that events are being lost. */
  readonly warn: (sentence: string) => void;
}

const maxQueued = 10_000;
const maxAtOnce = 200;

export class AuditStream {
  readonly #options: AuditStreamOptions;
  readonly #store: AuditStore;
  readonly #runExclusive = createKeyedMutex();
  readonly #clock: Clock;
  #queue: JoinRequestInfo[] = [];
  #lost = 0;
  #why = '';

  constructor(options: AuditStreamOptions) {
    this.#options = options;
    this.#store = new AuditStore(options);
    this.#clock = options.clock ?? Date.now;
  }

  /**
   * Writes it down; resolves when it would survive a crash, or when it could not be written. Never throws.
   */
  record(event: AuditEvent): Promise<void> {
    return this.note(tidyEvent(event, text => this.#options.redactor.redact(text)));
  }

  /** The same for an event that holds no text from outside. */
  note(event: AuditEvent | OwnEvent): Promise<void> {
    if (this.#queue.length >= (this.#options.maxQueued ?? maxQueued)) {
      this.#lose(1, 'too much happens at once');
      return Promise.resolve();
    }
    this.#queue.push({ event, at: this.#clock() });
    return this.#runExclusive('write', () => this.#writeQueue());
  }

  /** Signs with the last of these from now on. */
  async rekey(keys: readonly AuditKey[]): Promise<void> {
    await this.#runExclusive('write', async () => {
      await this.#writeQueue();
      this.#store.rekey(keys);
    });
    await this.record({ event: 'key-changed' });
  }

  /** Checks the log as it is on the disk. Refuses with `read-failed`. */
  verify(): Promise<AuditVerdict> {
    return this.#runExclusive('write', () => this.#store.verify());
  }

  /** The last events, oldest first. Refuses with `read-failed`. */
  read(lines: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    return this.#runExclusive('write', () => this.#store.read(lines));
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.#runExclusive('write', async () => {
      await this.#writeQueue();
      await this.#store.close();
    });
  }

  async #writeQueue(): Promise<void> {
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0, maxAtOnce);
      const events = this.#lost;
      const lost = { event: { event: 'lost' as const, events, reason: this.#why }, at: this.#clock() };
      try {
        await this.#store.write(events === 0 ? batch : [lost, ...batch]);
        this.#lost -= events;
      } catch (error) {
        this.#lose(batch.length, reasonOf(error));
      }
    }
  }

  #lose(count: number, reason: string): void {
    if (this.#lost === 0) {
      this.#options.warn(`The audit log cannot be written: ${reason}. Gatehouse goes on without it.`);
    }
    this.#lost += count;
    this.#why = reason;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof GatehouseError && systemCode(error.cause) !== '' ? error.cause : error;
  const code = systemCode(cause);
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'the disk is full' : code || 'it cannot be reached';
}
