import { GatehouseError } from '../errors.ts';
import { readSecretFile } from '../files.ts';
import type { SecretStore } from '../ports.ts';
import { Secret } from '../secret.ts';
import { openKeychain } from './keychain-store.ts';
import { memoryStore } from './memory-store.ts';
import { openSealedFile } from './sealed-file-store.ts';

export type SecretStoreChoice = 'auto' | 'keychain' | 'file' | 'memory';

export interface SecretStoreOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** Tells installations of one user apart: `paths.home`. */
  readonly home: string;
  /** Where a sealed file is kept, in a private folder: `<data>/secrets.sealed`. */
  readonly file: string;
  readonly uid: number | null;
  /**
   * Asks the person at the terminal, twice when a passphrase is being chosen; absent where nobody can be
   * asked.
   */
  readonly askPassphrase?: ((isNew: boolean) => Promise<string>) | undefined;
  /** The packed `keychain.ts`, where it does not lie in this folder. */
  readonly keychainEntry?: string | undefined;
  /**
   * Told once, in a sentence, when the keychain lets us wait: a dialog may be open that nobody has noticed.
   */
  readonly waiting?: ((sentence: string) => void) | undefined;
  /** For tests. */
  readonly timeoutMs?: number | undefined;
}

/**
 * Opens the store that was chosen, or refuses with what to do: a choice is never silently replaced by a
 * lesser one.
 */
export async function openSecretStore(
  choice: SecretStoreChoice,
  options: SecretStoreOptions,
): Promise<SecretStore> {
  switch (choice) {
    case 'memory':
      return memoryStore(
        'The keychain is not used: `--secrets memory` or the setting secrets.store says so.',
      );
    case 'file':
      return openSealedFile(options.file, isNew => passphrase(isNew, options));
    case 'keychain':
      return keychain(options);
    case 'auto':
      return keychain(options).catch((error: unknown) => {
        if (!(error instanceof GatehouseError)) throw error;
        return memoryStore(error.message);
      });
    default:
      return choice satisfies never;
  }
}

async function keychain(options: SecretStoreOptions): Promise<SecretStore> {
  const sentence = 'Waiting for the keychain; look whether it asks for a password in another window.';
  const timer = setTimeout(() => options.waiting?.(sentence), 3000);
  try {
    return await openKeychain({ ...options, entry: options.keychainEntry });
  } finally {
    clearTimeout(timer);
  }
}

async function passphrase(isNew: boolean, options: SecretStoreOptions): Promise<Secret<string>> {
  const file = options.environment['GATEHOUSE_PASSPHRASE_FILE'] ?? '';
  if (file !== '') return new Secret(await readSecretFile(file, options.uid));
  if (options.askPassphrase !== undefined) return new Secret(await options.askPassphrase(isNew));
  throw new GatehouseError('passphrase-missing', 'The passphrase of the sealed secrets is not known.', {
    nextStep:
      'Name a private file that holds it in GATEHOUSE_PASSPHRASE_FILE, or start Gatehouse in a terminal.',
    kind: 'usage',
  });
}
