import type { SecretStore } from '../ports.ts';

/**
 * A keeper that is opened by the first who asks it for something: a command that only lists needs no
 * passphrase and no unlocked keychain.
 */
export function lazyStore(open: () => Promise<SecretStore>): SecretStore {
  let opening: Promise<SecretStore> | null = null;
  const opened = (): Promise<SecretStore> => (opening ??= open());
  return {
    store: 'memory',
    sentence: 'The secrets are not open.',
    get: async name => (await opened()).get(name),
    set: async (name, value) => (await opened()).set(name, value),
    delete: async name => (await opened()).delete(name),
  };
}
