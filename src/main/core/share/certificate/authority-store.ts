/** Keeps this installation's authority with the other secrets, and makes one where there is none. */
import { GatehouseError } from '../../errors.ts';
import type { Redactor, SecretStore } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import {
  authorityState,
  makeAuthority,
  packAuthority,
  unpackAuthority,
  type Authority,
} from './authority.ts';
import type { HostNames } from '../network/host-names.ts';

const entry = 'share-authority';

export interface AuthorityStore {
  /**
   * Made when there is none, or when it has ended. Refuses like the keeper, with `authority-damaged` or with
   * `clock-wrong`.
   */
  get(now: number): Promise<Authority>;
  /** Throws the old one away, also a damaged one: every guest has to install the new one. */
  replace(now: number): Promise<Authority>;
  /** The last one that was answered. */
  known(): Authority | null;
}

export interface AuthorityStoreOptions {
  readonly secretStore: SecretStore;
  readonly redactor: Redactor;
  readonly host: () => HostNames;
}

export function createAuthorityStore({ secretStore, redactor, host }: AuthorityStoreOptions): AuthorityStore {
  /** Read once: a keychain may ask its owner for every reading. */
  let known: Authority | null = null;
  /** Two who ask at once must not make two authorities, of which the guests install the wrong one. */
  const runExclusive = createKeyedMutex();

  async function make(now: number): Promise<Authority> {
    const fresh = await makeAuthority(host(), now);
    learnKey(redactor, fresh.key);
    await secretStore.set(entry, packAuthority(fresh));
    known = fresh;
    return fresh;
  }

  async function get(now: number): Promise<Authority> {
    if (known === null) {
      const packed = await secretStore.get(entry);
      if (packed === null) return make(now);
      const kept = unpackAuthority(packed);
      learnKey(redactor, kept.key);
      known = kept;
    }
    const state = authorityState(known, now);
    // A clock may be wrong for an hour; nothing is thrown away for it.
    if (state === 'not-yet-valid') throw clockWrong(known, now);
    // Nobody trusts an expired one: making another costs the guests nothing that they still have.
    return state === 'expired' ? make(now) : known;
  }

  return {
    get: now => runExclusive(entry, () => get(now)),
    replace: now => runExclusive(entry, () => make(now)),
    known: () => known,
  };
}

function clockWrong(authority: Authority, now: number): GatehouseError {
  const made = authority.certificate.validFromDate.toISOString().slice(0, 10);
  const today = new Date(now).toISOString().slice(0, 10);
  return new GatehouseError(
    'clock-wrong',
    `The clock of this computer says ${today}, but its certificate authority is valid from ${made} on.`,
    { nextStep: 'Set the clock. If it is right now and was wrong then, make a new certificate authority.' },
  );
}

/** In the two spellings in which a key could reach a log: as it is kept, and as the lines of a PEM file. */
export function learnKey(redactor: Redactor, key: Secret<Buffer>): void {
  const text = key.reveal().toString('base64');
  redactor.learn(new Secret(text));
  for (const line of text.match(/.{1,64}/g) ?? []) redactor.learn(new Secret(line));
}
