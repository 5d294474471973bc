/**
 * The attack: a ledger that another process has open, or that somebody has put in the place of ours. It is
 * locked first, then vouched for, then shown to be writable; where one of these fails there is no ledger, and
 * without one nothing is shared.
 */
import type { MayWrite } from '../../home/home-lock.ts';
import type { Clock, SecretStore } from '../../ports.ts';
import { emptyLedgerState } from './ledger-state.ts';
import { guestSessionLimits, type GuestSessionLimits } from './guest-sessions.ts';
import type { InstallationKeys } from './installation-key.ts';
import { openCounter } from './ledger-counter.ts';
import { ledgerFile, loadLedger, memoryFile } from './ledger-file.ts';
import { lockLedger, type LockOwner } from './ledger-lock.ts';
import { Ledger } from './ledger.ts';
import { retire } from './retired-keys.ts';
import { steadyClock } from './steady-clock.ts';

export interface LedgerOptions {
  /** `<data>/share-ledger.json`, in a private folder. Not touched where secrets are kept in memory. */
  readonly file: string;
  readonly secretStore: SecretStore;
  readonly keys: InstallationKeys;
  /** Others that may have sealed it: of a rotation that was cut, or the one to migrate from. */
  readonly otherKeys?: readonly InstallationKeys[] | undefined;
  readonly owner: LockOwner;
  readonly mayWrite?: MayWrite | undefined;
  readonly limits?: GuestSessionLimits | undefined;
  readonly clock?: Clock | undefined;
  readonly monotonic?: Clock | undefined;
  /** Told in a sentence what the owner should know. */
  readonly warn: (sentence: string) => void;
}

/**
 * Opens the ledger, and takes the lock on it. Refuses with `ledger-busy`, `ledger-newer`, `read-failed`,
 * `write-failed` or as the keeper does; then nothing may be shared. A ledger that cannot be vouched for is
 * kept aside, which `warn` is told, and nothing in it opens.
 */
export async function openLedger(options: LedgerOptions): Promise<Ledger> {
  const { file, secretStore, keys, clock = Date.now, monotonic = () => performance.now() } = options;
  const limits = options.limits ?? guestSessionLimits;
  const counter = await openCounter(secretStore, options.warn);
  if (secretStore.store === 'memory') {
    const ledgerState = emptyLedgerState();
    const now = steadyClock(clock, monotonic, 0);
    return new Ledger({ ledgerState, file: memoryFile, counter, now, limits, unlock: async () => {} }, keys);
  }
  const unlock = await lockLedger(file, options.owner);
  try {
    const loaded = await loadLedger(file, [keys, ...(options.otherKeys ?? [])], counter.kept, clock());
    if (loaded.problem !== null) options.warn(loaded.problem);
    const { ledgerState, sealedWith } = loaded;
    if (sealedWith !== null) ledgerState.retired = retire(ledgerState.retired, sealedWith, keys);
    const now = steadyClock(clock, monotonic, ledgerState.mark);
    const ledger = new Ledger(
      {
        ledgerState,
        file: ledgerFile(file, loaded, keys, counter, undefined, options.mayWrite),
        counter,
        now,
        limits,
        unlock,
      },
      keys,
    );
    // Also shows that it can be written, before anybody relies on it.
    await ledger.settle(true).saved;
    return ledger;
  } catch (error) {
    await unlock();
    throw error;
  }
}
