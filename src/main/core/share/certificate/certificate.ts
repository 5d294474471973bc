/** The words in which certificates are spoken of between the rooms of sharing. */
import type { ErrorCode } from '../../../../shared/error-codes.ts';
import type { Secret } from '../../secret.ts';
import type { AuthorityExport } from './authority.ts';
import type { HostNames } from '../network/host-names.ts';

/** Something about a certificate that the owner should know: what and where, and what to do. No secret. */
export type CertificateFinding = {
  readonly message: string;
  readonly nextStep: string;
} & (
  | /** It is not used. */
    { readonly weight: 'refuse'; readonly code: ErrorCode }
    /** It is used, and guests may have trouble. The code is kebab-case and stable. */
  | { readonly weight: 'warn'; readonly code: string }
);

/** What the share listener shows to a guest. */
export interface ShareCertificate {
  readonly kind: 'local' | 'supplied';
  /** Leaf first, then the intermediates, PEM. */
  readonly chain: string;
  /** PKCS#8, PEM, not encrypted; it exists in memory only. */
  readonly key: Secret<string>;
  /** Of the leaf, SHA-256, `AB:CD:...`. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly validFrom: string;
  readonly validTo: string;
  /** What the leaf names. */
  readonly host: HostNames;
  /** The local authority, which a guest may install; null for a supplied certificate. */
  readonly authority: AuthorityExport | null;
  /** Whether browsers trust it without anything being installed. */
  readonly trustedByAll: boolean;
  readonly findings: readonly CertificateFinding[];
}

export interface CertificateChange {
  readonly certificate: ShareCertificate;
  /** One sentence for the log and the audit. */
  readonly reason: string;
}

/** Where certificates come from: the local authority, or files. */
export interface CertificateSource {
  /**
   * Looks whether another certificate than `current` has to be shown from now on; null when not.
   * Refuses with a GatehouseError that says what is wrong with the one that would have come.
   */
  refresh(current: ShareCertificate | null, now: number): Promise<CertificateChange | null>;
  /** What is to be said of the one in use at this time: it may have run out meanwhile. */
  findings(current: ShareCertificate, now: number): readonly CertificateFinding[];
}
