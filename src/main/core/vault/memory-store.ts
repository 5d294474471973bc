import type { SecretStore } from '../ports.ts';
import type { Secret } from '../secret.ts';

/**
 * Keeps secrets for this run only; nothing is written anywhere.
 *
 * @param why one sentence: why there is no better store, or that it was chosen
 */
export function memoryStore(why: string): SecretStore {
  const secrets = new Map<string, Secret<string>>();
  return {
    store: 'memory',
    sentence: `${why} Secrets are kept in memory, for this run only.`,
    get: name => Promise.resolve(secrets.get(name) ?? null),
    set: (name, value) => {
      secrets.set(name, value);
      return Promise.resolve();
    },
    delete: name => {
      secrets.delete(name);
      return Promise.resolve();
    },
  };
}
