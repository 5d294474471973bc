/**
 * What is right and wrong with a supplied certificate: one finding for each fault, each with a sentence and
 * what to do. Pure.
 */
import type { KeyObject, X509Certificate } from 'node:crypto';
import type { ErrorCode } from '../../../../shared/error-codes.ts';
import { alternativeNames, namesHost } from './alternative-names.ts';
import type { CertificateFinding } from './certificate.ts';
import type { Chain } from './chain.ts';
import type { SystemTrust } from './system-trust.ts';

export interface Judged {
  readonly path: string;
  readonly chain: Chain;
  readonly trust: SystemTrust;
  /** Hosts that links must work with, because the owner or the policy says so. */
  readonly wanted: readonly string[];
  /** What this computer is called and reached under otherwise. */
  readonly own: readonly string[];
  readonly now: number;
}

const dayMs = 86_400_000;

export function suppliedFindings(judged: Judged): readonly CertificateFinding[] {
  const { path, chain } = judged;
  const all = [chain.leaf, ...chain.intermediates];
  return [
    ...dateFindings(path, all, judged.now),
    ...keyFindings(path, chain.leaf.publicKey),
    ...all.flatMap(certificate => signatureFindings(path, certificate, certificate === chain.leaf)),
    ...purposeFindings(path, chain.leaf),
    ...nameFindings(judged),
    ...chainFindings(path, chain),
    ...trustFindings(judged),
  ];
}

export function refuse(code: ErrorCode, message: string, nextStep: string): CertificateFinding {
  return { weight: 'refuse', code, message, nextStep };
}

export function warn(code: string, message: string, nextStep: string): CertificateFinding {
  return { weight: 'warn', code, message, nextStep };
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

/** Subject without line ends, for a sentence. */
const titled = (certificate: X509Certificate): string =>
  `"${(certificate.subject ?? '').replaceAll('\n', ', ').slice(0, 120)}"`;

/** Also for the one in use, day after day. */
export function dateFindings(
  path: string,
  certificates: readonly X509Certificate[],
  now: number,
): readonly CertificateFinding[] {
  return certificates.flatMap(certificate => {
    const from = certificate.validFromDate;
    const to = certificate.validToDate;
    const which = `${titled(certificate)} in ${path}`;
    const renew = 'Have it renewed, and put the new files in the place of the old ones.';
    if (now >= to.getTime()) {
      return [refuse('certificate-expired', `The certificate ${which} ran out on ${day(to)}.`, renew)];
    }
    if (now < from.getTime()) {
      const message = `The certificate ${which} is valid only from ${day(from)} on.`;
      return [refuse('certificate-not-yet-valid', message, 'Check the clock of this computer, or wait.')];
    }
    const notice = Math.min(14 * dayMs, (to.getTime() - from.getTime()) / 4);
    if (now < to.getTime() - notice) return [];
    return [warn('certificate-ends-soon', `The certificate ${which} runs out on ${day(to)}.`, renew)];
  });
}

function keyFindings(path: string, key: KeyObject): readonly CertificateFinding[] {
  const next = 'Have a certificate made for a key of ECDSA P-256 or RSA with 2,048 bits or more.';
  const details = key.asymmetricKeyDetails ?? {};
  const kind: string = key.asymmetricKeyType ?? 'unknown';
  switch (kind) {
    case 'rsa':
    case 'rsa-pss': {
      const bits = details.modulusLength ?? 0;
      if (bits >= 2048) return [];
      return [
        refuse('key-weak', `The RSA key of ${path} has ${bits} bits; fewer than 2,048 can be broken.`, next),
      ];
    }
    case 'ec': {
      const curve = details.namedCurve ?? 'unknown';
      if (['prime256v1', 'secp384r1'].includes(curve)) return [];
      if (curve === 'secp521r1') {
        return [
          warn('key-unusual', `The key of ${path} is on the curve P-521, which Chrome does not take.`, next),
        ];
      }
      return [
        refuse('key-weak', `The key of ${path} is on the curve ${curve}, which browsers do not take.`, next),
      ];
    }
    default: {
      return [
        refuse('key-unusual', `The key of ${path} is of the kind ${kind}, which browsers do not take.`, next),
      ];
    }
  }
}

function signatureFindings(
  path: string,
  certificate: X509Certificate,
  isLeaf: boolean,
): readonly CertificateFinding[] {
  const findings: CertificateFinding[] = [];
  const algorithm = certificate.signatureAlgorithm ?? '';
  if (/sha1|md[245]/i.test(algorithm)) {
    const message = `The certificate ${titled(certificate)} in ${path} is signed with ${algorithm}, which can be forged.`;
    findings.push(refuse('signature-weak', message, 'Have it made anew with SHA-256 or better.'));
  }
  if (!isLeaf && !certificate.ca) {
    const message = `${titled(certificate)} in ${path} signed another certificate without being an authority.`;
    findings.push(refuse('issuer-no-authority', message, 'Get the chain from whoever made the certificate.'));
  }
  return findings;
}

function purposeFindings(path: string, leaf: X509Certificate): readonly CertificateFinding[] {
  const findings: CertificateFinding[] = [];
  const usages: readonly string[] = leaf.keyUsage ?? [];
  if (usages.length > 0 && !usages.some(usage => usage === '1.3.6.1.5.5.7.3.1' || usage === '2.5.29.37.0')) {
    const message = `The certificate in ${path} was not made for a server.`;
    findings.push(
      refuse('purpose-wrong', message, 'Have one made with the extended key usage "serverAuth".'),
    );
  }
  const days = Math.round((leaf.validToDate.getTime() - leaf.validFromDate.getTime()) / dayMs);
  if (days > 825) {
    const message = `The certificate in ${path} is valid for ${days} days; Apple's systems take none over 825.`;
    findings.push(warn('certificate-long', message, 'Have one made for a year or less.'));
  }
  return findings;
}

function nameFindings({ path, chain, wanted, own }: Judged): readonly CertificateFinding[] {
  const named = alternativeNames(chain.leaf);
  const list = [...named.names, ...named.addresses];
  const next = 'Have one made that names the hosts of the links.';
  if (list.length === 0) {
    const message = `The certificate in ${path} names no host in its SAN, and browsers look nowhere else.`;
    return [refuse('names-none', message, next)];
  }
  const missing = wanted.filter(name => !namesHost(named, name));
  const has = `It names ${list.slice(0, 8).join(', ')}${list.length > 8 ? ' and more' : ''}.`;
  if (missing.length > 0) {
    const message = `The certificate in ${path} does not name ${missing.join(', ')}. ${has}`;
    return [(missing.length === wanted.length ? refuse : warn)('names-missing', message, next)];
  }
  if (wanted.length > 0 || own.some(name => namesHost(named, name))) return [];
  const message = `The certificate in ${path} names none of this computer's own names. ${has}`;
  return [warn('names-foreign', message, 'Make sure that such a name leads guests to this computer.')];
}

function chainFindings(path: string, chain: Chain): readonly CertificateFinding[] {
  const findings: CertificateFinding[] = [];
  if (!chain.inOrder) {
    const message = `The certificates in ${path} are not in order; they are sent in the right one.`;
    findings.push(warn('chain-order', message, 'Nothing has to be done.'));
  }
  if (chain.strangers.length > 0) {
    const titles = chain.strangers.slice(0, 3).map(titled).join(' and ');
    const message = `${titles} in ${path} did not sign this certificate and ${chain.strangers.length > 1 ? 'are' : 'is'} not sent.`;
    findings.push(
      warn('chain-strangers', message, 'Take them out of the file, or check that it is the right one.'),
    );
  }
  return findings;
}

function trustFindings({ path, chain, trust }: Judged): readonly CertificateFinding[] {
  const last = chain.intermediates.at(-1) ?? chain.leaf;
  const issuer = `"${(last.issuer ?? '').replaceAll('\n', ', ').slice(0, 120)}"`;
  switch (trust) {
    case 'everybody':
      return [];
    case 'computer':
    case 'root-supplied': {
      const message = `Browsers trust the certificate in ${path} only where the authority ${issuer} is installed.`;
      return [
        warn(
          'authority-private',
          message,
          'Guests of your organisation mostly have it; give it to the others.',
        ),
      ];
    }
    case 'self-signed': {
      const message = `The certificate in ${path} is signed by itself; every guest is warned of it.`;
      const next = "Use this computer's own certificate authority instead, or have one made by an authority.";
      return [warn('self-signed', message, next)];
    }
    case 'open': {
      const message = `The issuer ${issuer} is neither in ${path} nor known to this computer: the chain is not complete.`;
      return [
        warn(
          'chain-incomplete',
          message,
          'Use the file with the whole chain; certbot calls it fullchain.pem.',
        ),
      ];
    }
    default:
      return trust satisfies never;
  }
}
