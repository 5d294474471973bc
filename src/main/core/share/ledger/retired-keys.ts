/**
 * The attack: an installation key that became known, and every link and every line of the audit log hanging
 * on it. A rotation seals the ledger with the new key, so the old one forges nothing any more; what the old
 * one had derived for links and for the audit log is kept inside, because a secret that is only known as a
 * hash cannot be hashed anew until somebody shows it.
 */
import { Secret } from '../../secret.ts';
import type { RetiredKey } from './ledger-state.ts';
import { linkHashing, type InstallationKeys, type PurposeKeys } from './installation-key.ts';
import type { HashOf } from './link.ts';

/**
 * What is kept when `old` makes way for `next`. A key that comes back (a rotation that was cut) is no retired
 * one.
 */
export function retire(
  retired: readonly RetiredKey[],
  old: PurposeKeys,
  next: PurposeKeys,
): readonly RetiredKey[] {
  const rest = retired.filter(key => key.id !== next.id && key.id !== old.id);
  if (old.id === next.id) return rest;
  const kept: RetiredKey = {
    id: old.id,
    links: old.links.reveal().toString('base64url'),
    audit: old.audit.reveal().toString('base64url'),
  };
  return [...rest, kept];
}

/** Hashes under the key in force and those before it. */
export function hashingOf(
  keys: InstallationKeys,
  retired: readonly RetiredKey[],
): { readonly hashOf: HashOf; readonly newest: string } {
  const before = retired.flatMap(key =>
    key.links === null ? [] : [{ id: key.id, links: bytes(key.links), audit: bytes(key.audit) }],
  );
  return { hashOf: linkHashing([keys, ...before]), newest: keys.id };
}

export interface AuditKey {
  readonly id: string;
  readonly key: Secret<Buffer>;
}

/** Keys of the audit log, oldest first; the last one signs. */
export function auditKeysOf(keys: InstallationKeys, retired: readonly RetiredKey[]): readonly AuditKey[] {
  const before = retired.map(key => ({ id: key.id, key: bytes(key.audit) }));
  return [...before, { id: keys.id, key: keys.audit }];
}

function bytes(text: string): Secret<Buffer> {
  return new Secret(Buffer.from(text, 'base64url'));
}
