/**
 * The chain on the disk. Lines first, then the count beside them, then the count in the keychain: wherever it
 * is cut off, a count is never ahead of the lines, so one that is ahead means that somebody took lines away.
 */
import { open } from 'node:fs/promises';
import { readTextIfPresent, sweepParts, writeFileAtomic } from '../../files.ts';
import type { MayWrite } from '../../home/home-lock.ts';
import type { SecretStore } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import { readLine, sealLine, signHead, type ChainEnd, type Head } from './audit-chain.ts';
import type { AuditEvent, OwnEvent } from './audit-entry.ts';
import {
  append,
  fullFiles,
  putAllAside,
  readFiles,
  readLines,
  removeFile,
  turnOver,
  type AuditOperations,
} from './audit-files.ts';
import { freshHead, resume } from './audit-resume.ts';
import { verify, type AuditVerdict } from './audit-verify.ts';
import type { AuditKey } from '../ledger/retired-keys.ts';

export interface StoreOptions {
  /** For the log alone, private. */
  readonly folder: string;
  /** Where the signed count of lines is kept, in another folder. */
  readonly headFile: string;
  /** Where it is kept once more, and under which name. */
  readonly secretStore: SecretStore;
  readonly headName: string;
  /** Oldest first; the last one signs. */
  readonly keys: readonly AuditKey[];
  /** A file that would grow over this is put with the full ones. */
  readonly maxBytes: number;
  /** How many full ones are kept, 1 or more; the oldest goes. */
  readonly kept: number;
  readonly mayWrite?: MayWrite | undefined;
  /** For tests. */
  readonly operations?: AuditOperations | undefined;
}

export interface JoinRequestInfo {
  readonly event: AuditEvent | OwnEvent;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

interface State {
  readonly end: ChainEnd;
  readonly from: number;
  readonly size: number;
  readonly before: '' | '\n';
  readonly events: readonly OwnEvent[];
}

const maxHeadBytes = 2000;
/** Refusals alone do not reach the keychain at each batch, but after so many lines. */
const linesBetween = 64;

/** One writer: nothing of this may be called while another call has not ended. */
export class AuditStore {
  readonly #options: StoreOptions;
  readonly #runExclusive = createKeyedMutex();
  #keys: readonly AuditKey[];
  /** Null when it has to be worked out from the disk: at the beginning, and after a failure. */
  #state: State | null = null;
  #head: { readonly text: string; readonly n: number } | null = null;
  #kept = 0;

  constructor(options: StoreOptions) {
    this.#options = options;
    this.#keys = options.keys;
  }

  rekey(keys: readonly AuditKey[]): void {
    this.#keys = keys;
  }

  /** Throws where it could not be written; perhaps a part was. */
  async write(batch: readonly JoinRequestInfo[]): Promise<void> {
    const { folder, maxBytes, operations = { open } } = this.#options;
    await this.#options.mayWrite?.();
    let state = this.#state ?? (await this.#resume(batch[0]?.at ?? 0));
    this.#state = null;
    const own = state.events.map(event => ({ event, at: batch[0]?.at ?? 0 }));
    const { text, end } = this.#sealed(state.end, [...own, ...batch]);
    if (state.size > 0 && state.size + text.length > maxBytes) {
      await turnOver(folder);
      state = { ...state, size: 0, before: '', from: await this.#dropOldest(state) };
    }
    const size = await append(folder, state.before + text, operations);
    this.#state = { end, from: state.from, size, before: '', events: [] };
    // The lines are there; a count that is behind is caught up with the next ones.
    await this.#writeHead({ ...end, from: state.from }).catch(() => undefined);
    const weighty = batch.some(({ event }) => event.event !== 'refused');
    if (weighty || end.n - this.#kept >= linesBetween) void this.#keep();
  }

  /** The last lines that can be read, oldest first, without what seals them. */
  async read(lines: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const texts = (await readFiles(this.#options.folder)).flatMap(({ text }) => text.split('\n'));
    const read = texts.slice(-lines - 1).flatMap(text => {
      const line = readLine(text, this.#keys);
      return line === null ? [] : [{ n: line.n, at: line.at, event: line.event, ...line.fields }];
    });
    return read.slice(-lines);
  }

  async verify(): Promise<AuditVerdict> {
    return verify(await readFiles(this.#options.folder), this.#keys, await this.#heads());
  }

  async close(): Promise<void> {
    await this.#keep();
  }

  async #resume(at: number): Promise<State> {
    const { folder, headFile } = this.#options;
    await sweepParts(headFile);
    const heads = await this.#heads();
    // The end is in the last two; only where nothing of ours is in them has everything to be looked at.
    let files = await readFiles(folder, 2);
    if (resume(files, this.#keys, heads).foreign) files = await readFiles(folder);
    const { foreign, end, from, before, events } = resume(files, this.#keys, heads);
    if (foreign) await putAllAside(folder, new Date(at).toISOString().replaceAll(/[-:]|\.\d+/g, ''));
    if (end.n === 0) {
      await this.#writeHead(freshHead);
      await this.#keep();
    }
    const size = foreign ? 0 : Buffer.byteLength(files.at(-1)?.text ?? '');
    const current = files.at(-1)?.name === 'audit.jsonl';
    return { end, from, size: current ? size : 0, before: current ? before : '', events };
  }

  #sealed(
    before: ChainEnd,
    entries: readonly JoinRequestInfo[],
  ): { readonly text: string; readonly end: ChainEnd } {
    const key = this.#keys.at(-1);
    if (key === undefined) throw new Error('an audit log without a key');
    let end = before;
    const lines = entries.map(({ event, at }) => {
      const line = sealLine(end, at, event, key);
      end = line.end;
      return `${line.text}\n`;
    });
    return { text: lines.join(''), end };
  }

  /** The count says first that they are gone, so that a cut in between is no alarm. */
  async #dropOldest(state: State): Promise<number> {
    const { folder, kept } = this.#options;
    const names = await fullFiles(folder);
    const stay = names.slice(-Math.max(1, kept));
    if (stay.length === names.length) return state.from;
    const lines = await readLines(folder, stay[0] ?? '');
    const first = lines.map(line => readLine(line, this.#keys)).find(line => line !== null);
    const from = first?.n ?? state.from;
    await this.#writeHead({ ...state.end, from });
    for (const name of names.slice(0, -stay.length)) await removeFile(folder, name);
    return from;
  }

  async #heads(): Promise<readonly (string | null)[]> {
    const { headFile, secretStore, headName } = this.#options;
    const beside = await readTextIfPresent(headFile, maxHeadBytes);
    const kept = await secretStore.get(headName).catch(() => null);
    return [beside, kept?.reveal() ?? null];
  }

  async #writeHead(head: Head): Promise<void> {
    const key = this.#keys.at(-1);
    if (key === undefined) throw new Error('an audit log without a key');
    const text = signHead(head, key);
    this.#head = { text, n: head.n };
    await writeFileAtomic(this.#options.headFile, text);
  }

  /**
   * Only the latest matters: who waits meanwhile finds it done. A keychain that refuses is asked again with
   * the next lines.
   */
  async #keep(): Promise<void> {
    await this.#runExclusive('keep', async () => {
      const head = this.#head;
      if (head === null || (head.n > 0 && head.n <= this.#kept)) return;
      try {
        await this.#options.secretStore.set(this.#options.headName, new Secret(head.text));
        this.#kept = head.n;
      } catch {
        // The count beside the log stands for it.
      }
    });
  }
}
