/**
 * The faults: a ledger that was cut, changed, set back, or is somebody else's. What cannot be vouched for
 * opens nothing: it is kept aside under a name that says so, and sharing begins with an empty book. What
 * cannot be read at all, or was written by a later version, is left alone, and sharing does not begin.
 */
import { rename } from 'node:fs/promises';
import { basename } from 'node:path';
import { GatehouseError } from '../../errors.ts';
import {
  fileError,
  readTextIfPresent,
  sweepParts,
  writeFileAtomic,
  type WriteOperations,
} from '../../files.ts';
import { ledgerStateText, emptyLedgerState, readLedgerState, type LedgerState } from './ledger-state.ts';
import { seal, unseal } from './ledger-envelope.ts';
import type { MayWrite } from '../../home/home-lock.ts';
import type { InstallationKeys } from './installation-key.ts';
import type { LedgerCounter } from './ledger-counter.ts';

const maxFileBytes = 64_000_000;

export interface LoadedLedger {
  readonly ledgerState: LedgerState;
  readonly generation: number;
  /** Which of the keys it was sealed with; null for a new book. */
  readonly sealedWith: InstallationKeys | null;
  /** Why the book is empty although there was one, one sentence; null where nothing is wrong. */
  readonly problem: string | null;
}

/**
 * Reads the ledger. Refuses with `read-failed` or `ledger-newer`.
 *
 * @param kept the number of the last writing, from the keychain; null when it cannot be read
 */
export async function loadLedger(
  file: string,
  keys: readonly InstallationKeys[],
  kept: number | null,
  now: number,
): Promise<LoadedLedger> {
  await sweepParts(file);
  const text = await readTextIfPresent(file, maxFileBytes);
  if (text === null) {
    const gone = kept === 0 ? null : `The ledger of share links (${file}) is gone: every link has ended.`;
    return { ledgerState: emptyLedgerState(), generation: kept ?? 0, sealedWith: null, problem: gone };
  }
  const read = judgeText(text, keys, kept);
  if (typeof read !== 'string') return { ...read, problem: null };
  if (read === 'newer') throw newer(file);
  const problem = await putAside(file, read, now);
  return { ledgerState: emptyLedgerState(), generation: Math.max(kept ?? 0, 0), sealedWith: null, problem };
}

type Fault = 'newer' | 'foreign' | 'damaged' | 'old';

function judgeText(
  text: string,
  keys: readonly InstallationKeys[],
  kept: number | null,
): Omit<LoadedLedger, 'problem'> | Fault {
  const opened = unseal(text, keys);
  if (!opened.open) return opened.reason;
  // Newer than the keychain knows is a cut between the two writings; older is an old copy.
  if (kept === null || opened.generation < kept) return 'old';
  try {
    return {
      ledgerState: readLedgerState(opened.text),
      generation: opened.generation,
      sealedWith: opened.keys,
    };
  } catch {
    return 'damaged';
  }
}

const told = {
  foreign: 'was sealed with a key that this installation does not have',
  damaged: 'was changed or damaged',
  old: 'is an old copy, or its number in the keychain was lost',
} as const;

async function putAside(file: string, fault: Exclude<Fault, 'newer'>, now: number): Promise<string> {
  const stamp = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const aside = `${file}.${fault}-${stamp}`;
  try {
    await rename(file, aside);
  } catch (error) {
    throw fileError('write-failed', 'Cannot put aside', file, error);
  }
  return `The ledger of share links ${told[fault]}: it was kept as ${basename(aside)}, and every link has ended.`;
}

function newer(file: string): GatehouseError {
  return new GatehouseError('ledger-newer', `${file} was written by a later version of Gatehouse.`, {
    nextStep: 'Use that version, or move the file away: then every link ends.',
  });
}

/** Where a book is kept. */
export interface LedgerFile {
  /**
   * Writes the book as it is now and resolves when it would survive a power cut. Refuses with `write-failed`.
   */
  save(): Promise<void>;
  /** The same, sealed with other keys from then on. */
  reseal(keys: InstallationKeys): Promise<void>;
}

/** A ledger that lives as long as the process: where secrets are kept in memory, nothing is written. */
export const memoryFile: LedgerFile = {
  save: () => Promise.resolve(),
  reseal: () => Promise.resolve(),
};

/** Writes of one moment are one writing: a class that joins at once does not wait for a hundred. */
export function ledgerFile(
  file: string,
  loaded: Pick<LoadedLedger, 'ledgerState' | 'generation'>,
  first: InstallationKeys,
  counter: LedgerCounter,
  operations?: WriteOperations,
  mayWrite: MayWrite = async () => {},
): LedgerFile {
  let keys = first;
  let generation = loaded.generation;
  let running: Promise<void> = Promise.resolve();
  let waiting: Promise<void> | null = null;

  async function write(): Promise<void> {
    await mayWrite();
    // Counted before it is tried: a number is never used for two contents.
    generation += 1;
    const mine = generation;
    await writeFileAtomic(file, seal(ledgerStateText(loaded.ledgerState), mine, keys), operations);
    await counter.advance(mine);
  }

  function save(): Promise<void> {
    waiting ??= (async () => {
      await running.catch(() => undefined);
      running = write();
      waiting = null;
      await running;
    })();
    return waiting;
  }

  return {
    save,
    async reseal(next) {
      const before = keys;
      keys = next;
      try {
        await save();
      } catch (error) {
        keys = before;
        throw error;
      }
    },
  };
}
