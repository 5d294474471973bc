/**
 * Certificates from this installation's own authority. Both are kept, so that a guest meets the same ones
 * after a restart.
 */
import { createPrivateKey } from 'node:crypto';
import type { Redactor, SecretStore } from '../../ports.ts';
import { Secret } from '../../secret.ts';
import { authorityState, exportAuthority, type Authority } from './authority.ts';
import { learnKey, type AuthorityStore } from './authority-store.ts';
import type {
  CertificateChange,
  CertificateFinding,
  CertificateSource,
  ShareCertificate,
} from './certificate.ts';
import { uncoveredNames } from './name-constraints.ts';
import { issueLeaf, leafDue, packLeaf, unpackLeaf, type Leaf, type LeafDue } from './leaf.ts';
import type { HostNames } from '../network/host-names.ts';

const leafEntry = 'share-certificate';

/**
 * Windows' store takes 2,560 bytes; a certificate with more names than that is made anew at the next start.
 */
const maxKept = 2500;

export interface LocalOptions {
  readonly authorities: AuthorityStore;
  readonly secretStore: SecretStore;
  readonly redactor: Redactor;
  /** Asked again at each look: names and addresses change. */
  readonly host: () => HostNames;
}

/** One for the installation: all listeners show the same certificate. */
export function localSource({ authorities, secretStore, redactor, host }: LocalOptions): CertificateSource {
  let leaf: Leaf | null = null;

  async function keptLeaf(): Promise<Leaf | null> {
    const packed = await secretStore.get(leafEntry);
    const kept = packed === null ? null : unpackLeaf(packed);
    if (kept !== null) learnKey(redactor, kept.key);
    return kept;
  }

  async function freshLeaf(issuer: Authority, now: number): Promise<Leaf> {
    const fresh = await issueLeaf(issuer, host(), now);
    learnKey(redactor, fresh.key);
    const packed = packLeaf(fresh);
    const fits = packed.reveal().length <= maxKept;
    // A keychain that is locked just now must not leave the guests with a certificate that runs out.
    await (fits ? secretStore.set(leafEntry, packed) : secretStore.delete(leafEntry)).catch(() => undefined);
    return fresh;
  }

  return {
    async refresh(current, now): Promise<CertificateChange | null> {
      const issuer = await authorities.get(now);
      leaf ??= await keptLeaf();
      const due = leaf === null ? 'none' : leafDue(leaf, issuer, host(), now);
      if (due !== null) leaf = await freshLeaf(issuer, now);
      if (leaf === null || current?.fingerprint === leaf.certificate.fingerprint256) return null;
      const findings = localFindings(issuer, host(), now);
      return { certificate: describe(leaf, issuer, findings), reason: reasons[due ?? 'kept'] };
    },
    findings(_current, now) {
      const issuer = authorities.known();
      return issuer === null ? [] : localFindings(issuer, host(), now);
    },
  };
}

const reasons: Readonly<Record<LeafDue | 'none' | 'kept', string>> = {
  none: 'A certificate was made for this computer.',
  kept: 'The certificate of the last run is used again.',
  'names-changed': 'This computer has a new name or address; a new certificate was made.',
  'ends-soon': 'The certificate was about to run out; a new one was made.',
  'not-yet-valid': 'The clock was set back before the start of the certificate; a new one was made.',
  'other-authority': 'The certificate authority is a new one; guests have to install it.',
};

function describe(leaf: Leaf, issuer: Authority, findings: readonly CertificateFinding[]): ShareCertificate {
  const key = createPrivateKey({ key: leaf.key.reveal(), format: 'der', type: 'pkcs8' });
  return {
    kind: 'local',
    chain: leaf.certificate.toString(),
    key: new Secret(key.export({ format: 'pem', type: 'pkcs8' }).toString()),
    fingerprint: leaf.certificate.fingerprint256,
    validFrom: leaf.certificate.validFromDate.toISOString(),
    validTo: leaf.certificate.validToDate.toISOString(),
    host: leaf.host,
    authority: exportAuthority(issuer),
    trustedByAll: false,
    findings,
  };
}

function localFindings(authority: Authority, host: HostNames, now: number): readonly CertificateFinding[] {
  const findings: CertificateFinding[] = [];
  if (authorityState(authority, now) === 'ending') {
    const day = authority.certificate.validToDate.toISOString().slice(0, 10);
    findings.push({
      weight: 'warn',
      code: 'authority-ends',
      message: `The certificate authority of this computer ends on ${day}.`,
      nextStep: 'Make a new one before that day, and ask the guests to install it.',
    });
  }
  const left = uncoveredNames(authority.constraints, host);
  if (left.length > 0) {
    findings.push({
      weight: 'warn',
      code: 'names-not-covered',
      message: `The local certificate authority may not speak for ${left.join(', ')}.`,
      nextStep:
        'Give guests a link with another name or address of this computer; or, if it was renamed or got a new public address, make a new authority.',
    });
  }
  return findings;
}
