/** Whom a guest's browser believes, as far as this computer can tell. */
import { X509Certificate } from 'node:crypto';
import { getCACertificates, rootCertificates } from 'node:tls';
import { isSelfSigned, issuerAmong, type Chain } from './chain.ts';

/** Authorities in PEM. */
export interface Roots {
  /** Those that every browser knows. */
  readonly everybody: readonly string[];
  /** Those that somebody has added to this computer. */
  readonly computer: readonly string[];
}

/** The computer's own are hundreds, and are read only where the others do not suffice. */
export function systemRoots(): Roots {
  return {
    everybody: rootCertificates,
    get computer() {
      return getCACertificates('system');
    },
  };
}

/**
 * - `everybody`: the chain ends at an authority that browsers know.
 * - `computer`: at one that was installed here; the guests of the same organisation have it too, perhaps.
 * - `root-supplied`: at one that is only in the file.
 * - `self-signed`: the certificate vouches for itself.
 * - `open`: its end's issuer is not known here; mostly an intermediate is missing.
 */
export type SystemTrust = 'everybody' | 'computer' | 'root-supplied' | 'self-signed' | 'open';

export function trustOf(chain: Chain, roots: Roots): SystemTrust {
  const last = chain.root ?? chain.intermediates.at(-1) ?? chain.leaf;
  if (endsAt(roots.everybody, last)) return 'everybody';
  if (endsAt(roots.computer, last)) return 'computer';
  if (chain.root !== null) return 'root-supplied';
  return isSelfSigned(chain.leaf) ? 'self-signed' : 'open';
}

/** One after the other, up to the first that fits: each costs half a millisecond to read. */
function endsAt(roots: readonly string[], last: X509Certificate): boolean {
  return roots.some(pem => {
    const root = parse(pem);
    if (root === null) return false;
    return root.fingerprint256 === last.fingerprint256 || issuerAmong([root], last) !== null;
  });
}

/** A system's store may hold what this Node cannot read. */
function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem);
  } catch {
    return null;
  }
}
