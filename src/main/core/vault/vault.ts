/**
 * Attack: whoever learns a token is the owner. So tokens are 256 bits of the system's random source, every
 * one that is minted or read is made known to the redactor before anybody else sees it, and an old one is
 * forgotten only after its successor is kept.
 */
import type { Redactor, SecretStore, Vault } from '../ports.ts';
import { mintSecret, type Secret } from '../secret.ts';
import type { SuppliedToken } from './supplied-token.ts';
import { createKeyedMutex } from '../keyed-mutex.ts';

export interface VaultOptions {
  readonly redactor: Redactor;
  /** The owner's own choice of token, for every server of this run. It is never written to the keeper. */
  readonly supplied?: SuppliedToken | undefined;
  readonly mint?: () => Secret<string>;
}

const accessTokenName = (serverId: string): string => `access-token:${serverId}`;

export function createVault(secretStore: SecretStore, options: VaultOptions): Vault {
  const { redactor, supplied, mint = mintSecret } = options;
  if (supplied !== undefined) redactor.learn(supplied.token);
  /** Servers whose supplied token was rotated away; from then on they have one of their own. */
  const rotated = new Set<string>();
  /** Two callers at once must not mint two tokens for one name. */
  const runExclusive = createKeyedMutex();

  async function readOrMint(name: string): Promise<Secret<string>> {
    const known = await secretStore.get(name);
    if (known !== null && known.reveal() !== '') {
      redactor.learn(known);
      return known;
    }
    return mintFor(name);
  }

  async function mintFor(name: string): Promise<Secret<string>> {
    const fresh = mint();
    redactor.learn(fresh);
    await secretStore.set(name, fresh);
    return fresh;
  }

  return {
    store: secretStore.store,
    sentence: secretStore.sentence,
    accessToken(serverId) {
      if (supplied !== undefined && !rotated.has(serverId)) return Promise.resolve(supplied.token);
      const name = accessTokenName(serverId);
      return runExclusive(name, () => readOrMint(name));
    },
    rotateAccessToken(serverId) {
      const name = accessTokenName(serverId);
      return runExclusive(name, async () => {
        const fresh = await mintFor(name);
        rotated.add(serverId);
        return fresh;
      });
    },
    forget(serverId) {
      const name = accessTokenName(serverId);
      return runExclusive(name, async () => {
        await secretStore.delete(name);
        rotated.delete(serverId);
      });
    },
  };
}
