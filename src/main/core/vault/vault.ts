/**
 * Attack: whoever learns a token is the owner. So tokens are 256 bits of the system's random source, every one that is minted or
 * read is made known to the redactor before anybody else sees it, and an old one is forgotten only after its successor is kept.
 */
import type { Redactor, SecretKeeper, Vault } from '../ports.ts';
import { mintSecret, type Secret } from '../secret.ts';
import type { SuppliedToken } from './supplied-token.ts';
import { createTurns } from '../keyed-mutex.ts';

export interface VaultOptions {
  readonly redactor: Redactor;
  /** The owner's own choice of token, for every server of this run. It is never written to the keeper. */
  readonly supplied?: SuppliedToken | undefined;
  readonly mint?: () => Secret<string>;
}

const accessTokenName = (serverId: string): string => `access-token:${serverId}`;

export function createVault(keeper: SecretKeeper, options: VaultOptions): Vault {
  const { redactor, supplied, mint = mintSecret } = options;
  if (supplied !== undefined) redactor.learn(supplied.token);
  /** Servers whose supplied token was rotated away; from then on they have one of their own. */
  const rotated = new Set<string>();
  /** Two callers at once must not mint two tokens for one name. */
  const inTurn = createTurns();

  async function readOrMint(name: string): Promise<Secret<string>> {
    const known = await keeper.get(name);
    if (known !== null && known.reveal() !== '') {
      redactor.learn(known);
      return known;
    }
    return mintFor(name);
  }

  async function mintFor(name: string): Promise<Secret<string>> {
    const fresh = mint();
    redactor.learn(fresh);
    await keeper.set(name, fresh);
    return fresh;
  }

  return {
    store: keeper.store,
    sentence: keeper.sentence,
    accessToken(serverId) {
      if (supplied !== undefined && !rotated.has(serverId)) return Promise.resolve(supplied.token);
      const name = accessTokenName(serverId);
      return inTurn(name, () => readOrMint(name));
    },
    rotateAccessToken(serverId) {
      const name = accessTokenName(serverId);
      return inTurn(name, async () => {
        const fresh = await mintFor(name);
        rotated.add(serverId);
        return fresh;
      });
    },
    forget(serverId) {
      const name = accessTokenName(serverId);
      return inTurn(name, async () => {
        await keeper.delete(name);
        rotated.delete(serverId);
      });
    },
  };
}
