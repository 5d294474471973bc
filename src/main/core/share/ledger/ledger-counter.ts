/**
 * The attack: last week's ledger, rightly sealed, is put back, and with it a link that was revoked since. So
 * the number of the last writing is also kept where the secrets are, which a copy of the disk's files does
 * not bring back.
 *
 * Out of reach: whoever can set the keychain back as well; a writing of the last moment before a SIGKILL or
 * while the keychain did not answer.
 */
import type { SecretStore } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';

const name = 'ledger-generation';

export interface LedgerCounter {
  /** The number kept when it was opened: 0 for none, null for one that cannot be read. */
  readonly kept: number | null;
  /** Resolves once this number or a later one is kept, or when that took too long or failed. Never throws. */
  advance(generation: number): Promise<void>;
  /** Resolves when nothing is being written any more. */
  settled(): Promise<void>;
}

/**
 * @param warn told once, in a sentence, when the number cannot be kept
 * @param patienceMs for how long a change waits for a keychain that does not answer
 */
export async function openCounter(
  secretStore: SecretStore,
  warn: (sentence: string) => void,
  patienceMs = 2000,
): Promise<LedgerCounter> {
  const text = (await secretStore.get(name))?.reveal() ?? '0';
  const kept = /^\d{1,15}$/.test(text) ? Number(text) : null;
  const runExclusive = createKeyedMutex();
  let wanted = 0;
  let written = 0;
  let warned = false;

  /** Writes the latest number; those who waited for their turn meanwhile find it done. */
  async function write(generation: number): Promise<void> {
    if (written >= generation) return;
    const latest = wanted;
    try {
      await secretStore.set(name, new Secret(String(latest)));
      written = latest;
      warned = false;
    } catch {
      if (!warned)
        warn('The keychain did not take the number of the ledger, so an old copy of it may pass unnoticed.');
      warned = true;
    }
  }

  return {
    kept,
    async advance(generation) {
      wanted = Math.max(wanted, generation);
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, patienceMs);
      try {
        await Promise.race([runExclusive('write', () => write(generation)), patience.promise]);
      } finally {
        clearTimeout(timer);
      }
    },
    settled: () => runExclusive('write', () => Promise.resolve()),
  };
}
