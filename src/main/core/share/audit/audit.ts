/**
 * The audit log: three chains, for what the owner, guests and strangers cause. The attack: a guest in a loop
 * who rotates the owner's entries out of the log. Each chain has files, a budget of bytes, a queue and a
 * count of its own, and is sealed with a key of its own, so that the files of one cannot be put in the place
 * of another's.
 */
import { createHmac } from 'node:crypto';
import { join, parse } from 'node:path';
import type { Clock } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import type { AuditCauser } from './audit-causes.ts';
import type { AuditEvent } from './audit-entry.ts';
import { AuditFold, type Entry } from './audit-fold.ts';
import { AuditStream, type AuditStreamOptions } from './audit-stream.ts';
import type { AuditVerdict } from './audit-verify.ts';
import type { AuditKey } from '../ledger/retired-keys.ts';

/**
 * `folder`, `headFile` and the keys are those of the owner's chain; the others' are made from them.
 * `maxBytes` and `kept` are for each of the three.
 */
export type AuditOptions = Omit<AuditStreamOptions, 'headName'>;

const causers = ['owner', 'guest', 'stranger'] as const satisfies readonly AuditCauser[];

/**
 * Its folder under the owner's. The owner's chain goes on with the log of earlier versions, in which all
 * three are.
 */
const places: Readonly<Record<AuditCauser, string>> = { owner: '', guest: 'guests', stranger: 'strangers' };

/** The folders that have to be there. */
export function auditFolders(folder: string): readonly string[] {
  return causers.map(by => join(folder, places[by]));
}

export class Audit {
  readonly #clock: Clock;
  readonly #fold = new AuditFold();
  readonly #streams: Readonly<Record<AuditCauser, AuditStream>>;

  constructor(options: AuditOptions) {
    this.#clock = options.clock ?? Date.now;
    const opened = (by: AuditCauser): AuditStream => new AuditStream(streamOptions(options, by));
    this.#streams = { owner: opened('owner'), guest: opened('guest'), stranger: opened('stranger') };
  }

  /**
   * Writes or counts it; resolves when what is written would survive a crash, or when it could not be
   * written. Never throws.
   */
  record(event: AuditEvent): Promise<void> {
    const entry = this.#fold.add(this.#clock(), event);
    return entry === null ? Promise.resolve() : this.#write(entry);
  }

  /** Writes the counts whose time is over; all of them at the end. To be called often. */
  async flush(all = false): Promise<void> {
    await Promise.all(this.#fold.due(this.#clock(), all).map(entry => this.#write(entry)));
  }

  /** Signs with the last of these from now on. */
  async rekey(keys: readonly AuditKey[]): Promise<void> {
    for (const by of causers) await this.#streams[by].rekey(keysOf(keys, by));
  }

  /** Checks the log as it is on the disk. Refuses with `read-failed`. */
  async verify(): Promise<AuditVerdict> {
    let lines = 0;
    for (const by of causers) {
      const verdict = await this.#streams[by].verify();
      if (!verdict.whole) return { ...verdict, file: join(places[by], verdict.file) };
      lines += verdict.lines;
    }
    return { whole: true, lines };
  }

  /** The last events of all three by time, oldest first. Refuses with `read-failed`. */
  async read(lines: number): Promise<readonly Readonly<Record<string, unknown>>[]> {
    const read = await Promise.all(
      causers.map(async by =>
        (await this.#streams[by].read(lines)).map(line => ({ ...line, log: places[by] || 'owner' })),
      ),
    );
    const sorted = read.flat().toSorted((one, other) => timeOf(one) - timeOf(other));
    return sorted.slice(-lines);
  }

  /** Resolves when everything is written. */
  async close(): Promise<void> {
    await this.flush(true);
    for (const by of causers) await this.#streams[by].close();
  }

  #write(entry: Entry): Promise<void> {
    const stream = this.#streams[entry.by];
    return 'count' in entry ? stream.note(entry.count) : stream.record(entry.event);
  }
}

function streamOptions(options: AuditOptions, by: AuditCauser): AuditStreamOptions {
  if (by === 'owner') return { ...options, headName: 'audit-head' };
  const { dir, name, ext } = parse(options.headFile);
  return {
    ...options,
    folder: join(options.folder, places[by]),
    headFile: join(dir, `${name}-${places[by]}${ext}`),
    headName: `audit-head-${places[by]}`,
    keys: keysOf(options.keys, by),
  };
}

function keysOf(keys: readonly AuditKey[], by: AuditCauser): readonly AuditKey[] {
  if (by === 'owner') return keys;
  return keys.map(({ id, key }) => ({
    id,
    key: new Secret(createHmac('sha256', key.reveal()).update(`audit chain of ${places[by]}`).digest()),
  }));
}

function timeOf(line: Readonly<Record<string, unknown>>): number {
  return Date.parse(String(line['at']));
}
