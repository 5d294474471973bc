/** Reads a certificate that the owner or the administrator supplies as PEM files, and judges it. */
import { X509Certificate, type KeyObject } from 'node:crypto';
import type { Stats } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { GatehouseError } from '../../errors.ts';
import { readTextIfPresent, systemCode } from '../../files.ts';
import { Secret } from '../../secret.ts';
import { alternativeNames } from './alternative-names.ts';
import type { CertificateFinding, ShareCertificate } from './certificate.ts';
import { arrangeChain, type Chain } from './chain.ts';
import { keyFileFindings, openKeys, type PassphraseSource } from './key-file.ts';
import { readPem, type PemParts } from './pem.ts';
import { refuse, suppliedFindings } from './supplied-checks.ts';
import { tlsOptions } from './tls-options.ts';
import { trustOf, type Roots, type SystemTrust } from './system-trust.ts';

export interface SuppliedFiles {
  /** Certificate, intermediates, and the key where `key` is null; in any order. */
  readonly certificate: string;
  readonly key: string | null;
}

export interface SuppliedOptions {
  readonly files: SuppliedFiles;
  readonly passphrases: PassphraseSource;
  /** Hosts that links must work with, because the owner or the policy says so. */
  readonly wanted: readonly string[];
  /** This computer's own names and addresses. */
  readonly own: readonly string[];
  readonly roots: () => Roots;
  /** Ours; null on Windows. */
  readonly uid: number | null;
}

export interface Supplied {
  /** Null when there is a finding that refuses it. */
  readonly certificate: ShareCertificate | null;
  readonly findings: readonly CertificateFinding[];
}

/** A chain with its key has a few thousand bytes. */
const maxBytes = 1_048_576;

/**
 * Everything that is to be said of the files at this time. Refuses, with a GatehouseError, only what cannot
 * be read at all: `certificate-missing`, `certificate-unreadable`, `certificate-format`,
 * `certificate-damaged`, `key-missing`, `key-damaged`, `key-does-not-fit`, `key-locked`,
 * `passphrase-wrong`, `read-failed`.
 */
export async function readSupplied(options: SuppliedOptions, now: number): Promise<Supplied> {
  const { files, roots, wanted, own } = options;
  const { certificates, keys, rights } = await readParts(options);
  const found = matching(certificates, keys);
  if (found === null) throw doesNotFit(files);
  const trust = trustOf(found.chain, roots());
  const judged = suppliedFindings({ path: files.certificate, chain: found.chain, trust, wanted, own, now });
  const findings = [...rights, ...judged];
  if (findings.some(finding => finding.weight === 'refuse')) return { certificate: null, findings };
  const certificate = describe(found, trust, findings);
  const unusable = tlsFindings(files.certificate, certificate);
  return { certificate: unusable.length > 0 ? null : certificate, findings: [...findings, ...unusable] };
}

/**
 * OpenSSL has rules of its own, and they change; what it does not take must not come to light when the
 * listener needs it.
 */
function tlsFindings(path: string, certificate: ShareCertificate): readonly CertificateFinding[] {
  try {
    createSecureContext(tlsOptions(certificate));
    return [];
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^error:[^:]*:/, '').slice(0, 100) : '';
    const message = `TLS cannot be spoken with the certificate in ${path}: ${why}.`;
    return [refuse('certificate-unusable', message, 'Have one made for a key of ECDSA P-256.')];
  }
}

interface Parts {
  readonly certificates: readonly X509Certificate[];
  readonly keys: readonly KeyObject[];
  /** What is to be said of the rights on the key's file. */
  readonly rights: readonly CertificateFinding[];
}

async function readParts({ files, passphrases, uid }: SuppliedOptions): Promise<Parts> {
  const keyPath = files.key ?? files.certificate;
  const rights: CertificateFinding[] = [];
  const judge = (path: string, facts: Stats): void => {
    if (path === keyPath) rights.push(...keyFileFindings(path, facts, uid));
  };
  const certificateParts = await readParted(files.certificate, judge);
  const keyParts = keyPath === files.certificate ? certificateParts : await readParted(keyPath, judge);
  const certificates = parseCertificates(certificateParts, files.certificate);
  // A key that others can read is not even opened: nobody is asked for the passphrase of what is refused
  // anyway.
  const refused = rights.find(finding => finding.weight === 'refuse');
  if (refused !== undefined) throw asError([refused]);
  if (keyParts.keys.length === 0) throw noKey(files);
  return { certificates, keys: await openKeys(keyParts.keys, keyPath, passphrases), rights };
}

async function readParted(path: string, judge: (path: string, facts: Stats) => void): Promise<PemParts> {
  const text = await readTextIfPresent(path, maxBytes, facts => judge(path, facts)).catch(
    (error: unknown) => {
      throw explainRead(path, error);
    },
  );
  if (text === null) {
    throw new GatehouseError('certificate-missing', `There is no file ${path}.`, {
      nextStep: 'Check the path.',
    });
  }
  const parts = readPem(text);
  if (parts.certificates.length + parts.keys.length > 0) return parts;
  const holds = parts.others.length > 0 ? ` It holds: ${parts.others.slice(0, 3).join(', ')}.` : '';
  throw new GatehouseError(
    'certificate-format',
    `${path} holds no certificate and no key in PEM form.${holds}`,
    {
      nextStep:
        'Convert it: "openssl x509 -inform der" for .cer and .der files, "openssl pkcs12" for .pfx and .p12 files.',
    },
  );
}

/** Mostly certbot's folder, which only root may enter: the advice for our own files would lead nowhere. */
export function explainRead(path: string, error: unknown): unknown {
  if (!(error instanceof GatehouseError) || !['EACCES', 'EPERM'].includes(systemCode(error.cause)))
    return error;
  return new GatehouseError('certificate-unreadable', `You have no right to read ${path}.`, {
    nextStep: 'Have a copy put where you may read it after each renewal; certbot calls that a deploy hook.',
    cause: error,
  });
}

function parseCertificates(parts: PemParts, path: string): readonly X509Certificate[] {
  if (parts.certificates.length === 0) {
    throw new GatehouseError('certificate-missing', `${path} holds a key, but no certificate.`, {
      nextStep: 'Name the file that begins with "-----BEGIN CERTIFICATE-----".',
    });
  }
  try {
    const parsed = parts.certificates.map(pem => new X509Certificate(pem));
    return parsed.filter(
      (one, index) => parsed.findIndex(other => other.fingerprint256 === one.fingerprint256) === index,
    );
  } catch (error) {
    throw new GatehouseError('certificate-damaged', `A certificate in ${path} cannot be read.`, {
      nextStep: 'Copy the file again from where the certificate was made.',
      cause: error,
    });
  }
}

interface Matched {
  readonly chain: Chain;
  readonly key: KeyObject;
}

/** The first key with the certificate that it belongs to. */
function matching(certificates: readonly X509Certificate[], keys: readonly KeyObject[]): Matched | null {
  for (const key of keys) {
    const chain = arrangeChain(certificates, key);
    if (chain !== null) return { chain, key };
  }
  return null;
}

function describe(
  { chain, key }: Matched,
  trust: SystemTrust,
  findings: readonly CertificateFinding[],
): ShareCertificate {
  const { leaf } = chain;
  return {
    kind: 'supplied',
    chain: [leaf, ...chain.intermediates].map(certificate => certificate.toString()).join(''),
    key: new Secret(key.export({ format: 'pem', type: 'pkcs8' }).toString()),
    fingerprint: leaf.fingerprint256,
    validFrom: leaf.validFromDate.toISOString(),
    validTo: leaf.validToDate.toISOString(),
    host: alternativeNames(leaf),
    authority: null,
    trustedByAll: trust === 'everybody',
    findings,
  };
}

/** The refusals of a certificate as one error; the first one's code. */
export function asError(findings: readonly CertificateFinding[]): GatehouseError {
  const refusals = findings.filter(finding => finding.weight === 'refuse');
  const [first] = refusals;
  const message = refusals.map(finding => finding.message).join(' ');
  return new GatehouseError(first?.code ?? 'certificate-refused', message, {
    nextStep: [...new Set(refusals.map(finding => finding.nextStep))].join(' '),
    kind: 'refused',
  });
}

function noKey({ certificate, key }: SuppliedFiles): GatehouseError {
  return new GatehouseError('key-missing', `${key ?? certificate} holds no private key.`, {
    nextStep:
      key === null
        ? 'Name the file with the key too; certbot calls it privkey.pem.'
        : 'Name the file with "PRIVATE KEY" in its first line.',
  });
}

function doesNotFit({ certificate, key }: SuppliedFiles): GatehouseError {
  const which =
    key === null
      ? `The key and the certificate in ${certificate}`
      : `The key in ${key} and the certificate in ${certificate}`;
  return new GatehouseError('key-does-not-fit', `${which} do not belong together.`, {
    nextStep: 'Use the key with which the certificate was asked for; after a renewal both files are new.',
  });
}
