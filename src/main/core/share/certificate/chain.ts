/**
 * Puts the certificates of a file into the order in which TLS sends them: the server's own, then each one's
 * issuer.
 */
import type { KeyObject, X509Certificate } from 'node:crypto';
import { keyFits } from './key-match.ts';

export interface Chain {
  readonly leaf: X509Certificate;
  /** From the leaf's issuer up, without a self-signed end: the guest has that or does not trust it. */
  readonly intermediates: readonly X509Certificate[];
  /** The self-signed end, where it was in the file. */
  readonly root: X509Certificate | null;
  /** In the file and of no use. */
  readonly strangers: readonly X509Certificate[];
  /** Whether the file had the order of `leaf, intermediates`. */
  readonly inOrder: boolean;
}

/**
 * Null when the key belongs to none of them. Of several that it fits, the one that lasts longest is meant.
 */
export function arrangeChain(certificates: readonly X509Certificate[], key: KeyObject): Chain | null {
  const fitting = certificates.filter(certificate => keyFits(certificate, key));
  const [leaf] = fitting.sort((a, b) => b.validToDate.getTime() - a.validToDate.getTime());
  if (leaf === undefined) return null;
  const path: X509Certificate[] = [leaf];
  let last = leaf;
  for (;;) {
    const next = issuerAmong(certificates, last);
    if (next === null || path.includes(next)) break;
    path.push(next);
    last = next;
  }
  const root = last !== leaf && isSelfSigned(last) ? last : null;
  const sent = root === null ? path : path.slice(0, -1);
  const found = certificates.filter(certificate => sent.includes(certificate));
  return {
    leaf,
    intermediates: sent.slice(1),
    root,
    strangers: certificates.filter(
      certificate => !path.some(one => one.fingerprint256 === certificate.fingerprint256),
    ),
    inOrder: found.every((certificate, index) => certificate === sent[index]),
  };
}

/** Where an authority was renewed with the same key, the one that lasts longest. */
export function issuerAmong(
  candidates: readonly X509Certificate[],
  certificate: X509Certificate,
): X509Certificate | null {
  const issuers = candidates.filter(candidate => candidate !== certificate && issued(candidate, certificate));
  issuers.sort((a, b) => b.validToDate.getTime() - a.validToDate.getTime());
  return issuers[0] ?? null;
}

export function isSelfSigned(certificate: X509Certificate): boolean {
  return issued(certificate, certificate);
}

function issued(issuer: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
  } catch {
    // A key of a kind that this Node does not know signed nothing that we can check.
    return false;
  }
}
