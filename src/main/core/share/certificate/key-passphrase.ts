/**
 * Attack: a passphrase beside the key that it locks locks nothing. So it is kept with the other secrets, and
 * learnt before it is used.
 */
import type { Redactor, SecretStore } from '../../ports.ts';
import type { Secret } from '../../secret.ts';
import { createHash } from 'node:crypto';
import type { PassphraseSource } from './key-file.ts';

export interface PassphraseOptions {
  readonly secretStore: SecretStore;
  readonly redactor: Redactor;
  /** The file with the key; another file has another passphrase. */
  readonly path: string;
  /** Asks the person; `again` after a wrong one. Null: they gave up, or nobody can be asked. */
  readonly ask: (again: boolean) => Promise<Secret<string> | null>;
}

/** First what is kept, then what the person says; what opened the key is kept. */
export function keptPassphrase({ secretStore, redactor, path, ask }: PassphraseOptions): PassphraseSource {
  const entry = passphraseEntry(path);
  const learnt = (value: Secret<string> | null): Secret<string> | null => {
    if (value !== null) redactor.learn(value);
    return value;
  };
  return {
    kept: async () => learnt(await secretStore.get(entry)),
    ask: async again => learnt(await ask(again)),
    async worked(passphrase) {
      const kept = await secretStore.get(entry);
      if (kept?.reveal() !== passphrase.reveal()) await secretStore.set(entry, passphrase);
    },
  };
}

/** The path itself is no secret, but a keychain's list of entries is read by many. */
export function passphraseEntry(path: string): string {
  return `share-key-passphrase:${createHash('sha256').update(path).digest('hex').slice(0, 16)}`;
}
