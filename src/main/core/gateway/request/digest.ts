/**
 * The attack: a table of secrets that is read, or a comparison whose time tells how much of a guess was
 * right. What a client shows is only ever compared by its SHA-256.
 *
 * A browser shows the same cookie with every request of a connection, and the hash would be a tenth of the
 * work for a small one. So each connection remembers the last value it showed, and its hash. That memory
 * decides nothing: whether the hash still opens anything is looked up each time. It belongs to one
 * connection alone, so comparing with it tells a client nothing that it has not sent itself.
 */
import { hash } from 'node:crypto';

export interface Digest {
  readonly bytes: Buffer;
  /** The same as text, for a table. */
  readonly key: string;
}

export type DigestOf = (value: string) => Digest;

export function digestOf(value: string): Digest {
  const bytes = hash('sha256', value, 'buffer');
  return { bytes, key: bytes.toString('base64') };
}

/** For one connection. */
export function rememberLast(): DigestOf {
  let last: string | null = null;
  let digest: Digest = digestOf('');
  return value => {
    if (value === last) return digest;
    digest = digestOf(value);
    last = value;
    return digest;
  };
}
