/**
 * The attack: whoever reads the disk learns the links, makes one of his own, or rewrites what the audit log
 * says. One key of the installation, in the keychain, stands against all three; it is never used itself, only
 * what HKDF (RFC 5869) makes of it for each purpose, so that what one purpose gives away helps with no other.
 */
import { createHmac, hash, hkdfSync } from 'node:crypto';
import type { Redactor, SecretStore } from '../../ports.ts';
import { mintSecret, Secret } from '../../secret.ts';
import type { HashOf, Link } from './link.ts';

export interface PurposeKeys {
  /** Names the key; opens nothing. */
  readonly id: string;
  readonly links: Secret<Buffer>;
  readonly audit: Secret<Buffer>;
}

export interface InstallationKeys extends PurposeKeys {
  readonly ledger: Secret<Buffer>;
}

export function deriveKeys(key: Secret<string>): InstallationKeys {
  const derive = (purpose: string): Buffer =>
    Buffer.from(hkdfSync('sha256', key.reveal(), 'gatehouse installation key', purpose, 32));
  return {
    id: derive('name 1').toString('base64url').slice(0, 16),
    links: new Secret(derive('share links 1')),
    ledger: new Secret(derive('share ledger 1')),
    audit: new Secret(derive('audit log 1')),
  };
}

/** Hashes secrets of links under any of the keys; the first is the one for new links. */
export function linkHashing(keys: readonly PurposeKeys[]): HashOf {
  const byId = new Map(keys.map(key => [key.id, key.links.reveal()]));
  const first = keys[0]?.links.reveal();
  return (id, linkId, secret) => {
    const key = byId.get(id ?? '') ?? first;
    if (key === undefined) throw new Error('link hashing without a key');
    // Hashed once before: the work does not grow with what is sent, and the id cannot run into the secret.
    const digest = hash('sha256', secret, 'buffer');
    return createHmac('sha256', key).update(`${linkId}\n`).update(digest).digest();
  };
}

/** What is kept of a new link's secret. */
export function keptHash(keys: PurposeKeys, linkId: string, secret: Secret<string>): Link['hash'] {
  const value = linkHashing([keys])(keys.id, linkId, secret.reveal()).toString('base64url');
  return { key: keys.id, value };
}

const name = 'installation-key';
const nextName = 'installation-key:next';

export interface KeptKeys {
  readonly current: InstallationKeys;
  /** Of a rotation that was cut; the ledger may be sealed with it. */
  readonly other: InstallationKeys | null;
}

/**
 * Reads the installation key, or mints it at the first use. Refuses as the keeper does; then nothing may be
 * shared.
 */
export async function openInstallationKey(
  secretStore: SecretStore,
  redactor: Pick<Redactor, 'learn'>,
  mint: () => Secret<string> = mintSecret,
): Promise<KeptKeys> {
  const known = await secretStore.get(name);
  const next = await secretStore.get(nextName);
  const current = known ?? mint();
  redactor.learn(current);
  if (known === null) await secretStore.set(name, current);
  if (next !== null) redactor.learn(next);
  return { current: deriveKeys(current), other: next === null ? null : deriveKeys(next) };
}

/** After the ledger was opened and is sealed with the current key, the other one is not needed any more. */
export async function forgetOtherKey(secretStore: SecretStore): Promise<void> {
  await secretStore.delete(nextName);
}

/**
 * A new installation key. `reseal` moves what was sealed with the old one; a cut at any moment leaves either
 * key in the keeper with which the ledger opens.
 *
 * @param own a key to move to, for `secret migrate`; a new one when absent
 */
export async function rotateInstallationKey(
  secretStore: SecretStore,
  redactor: Pick<Redactor, 'learn'>,
  reseal: (keys: InstallationKeys) => Promise<void>,
  own: Secret<string> = mintSecret(),
): Promise<InstallationKeys> {
  redactor.learn(own);
  const keys = deriveKeys(own);
  await secretStore.set(nextName, own);
  await reseal(keys);
  await secretStore.set(name, own);
  await secretStore.delete(nextName);
  return keys;
}
