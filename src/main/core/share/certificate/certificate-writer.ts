/**
 * Makes and signs certificates. Only this file and `encode-constraints.ts` import @peculiar, and they are
 * loaded when a certificate has to be made, every few weeks: the library costs 24 MiB and a quarter of a
 * second.
 */
import 'reflect-metadata';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { Secret } from '../../secret.ts';
import { encodeConstraints } from './encode-constraints.ts';
import type { Constraints } from './name-constraints.ts';
import type { HostNames } from '../network/host-names.ts';

/** A certificate with its key, both in DER. */
export interface Written {
  readonly certificate: Buffer;
  /** PKCS#8. */
  readonly key: Secret<Buffer>;
}

export interface Period {
  /** Milliseconds since the epoch; certificates know whole seconds. */
  readonly from: number;
  readonly to: number;
}

const keyKind = { name: 'ECDSA', namedCurve: 'P-256' };
const signing = { name: 'ECDSA', hash: 'SHA-256' };

/**
 * Hex of 126 bits of the system's random source: positive, not zero, well below the 20 bytes of RFC 5280,
 * 4.1.2.2.
 */
function randomSerial(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/**
 * A self-signed authority: signs leaves only (path length 0), for TLS servers only, within the constraints
 * only.
 */
export async function writeAuthority(options: {
  readonly name: string;
  readonly constraints: Constraints;
  readonly period: Period;
}): Promise<Written> {
  const keys = await crypto.subtle.generateKey(keyKind, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: [{ O: ['Gatehouse'] }, { CN: [options.name] }],
    serialNumber: randomSerial(),
    notBefore: new Date(options.period.from),
    notAfter: new Date(options.period.to),
    keys,
    signingAlgorithm: signing,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      // Binds every purpose but this one, so that a stolen key signs no program and no mail either.
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new Extension('2.5.29.30', true, encodeConstraints(options.constraints)),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return written(certificate, keys.privateKey);
}

/** A certificate for a TLS server, with a key of its own, signed by the authority. */
export async function writeLeaf(options: {
  readonly authority: Written;
  /** At most 64 characters (RFC 5280, A.1). */
  readonly commonName: string;
  readonly host: HostNames;
  readonly period: Period;
}): Promise<Written> {
  const issuer = new X509Certificate(Uint8Array.from(options.authority.certificate));
  const pkcs8 = Uint8Array.from(options.authority.key.reveal());
  const signingKey = await crypto.subtle.importKey('pkcs8', pkcs8, keyKind, false, ['sign']);
  pkcs8.fill(0);
  const keys = await crypto.subtle.generateKey(keyKind, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    subject: [{ CN: [options.commonName] }],
    issuer: issuer.subjectName,
    serialNumber: randomSerial(),
    notBefore: new Date(options.period.from),
    notAfter: new Date(options.period.to),
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: signing,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        ...options.host.names.map(value => ({ type: 'dns' as const, value })),
        ...options.host.addresses.map(value => ({ type: 'ip' as const, value })),
      ]),
      // noRevAvail (RFC 9608): nobody has to look for a revocation of what lives for days.
      new Extension('2.5.29.56', false, new Uint8Array([5, 0])),
      await AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return written(certificate, keys.privateKey);
}

async function written(certificate: X509Certificate, key: CryptoKey): Promise<Written> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key);
  return { certificate: Buffer.from(certificate.rawData), key: new Secret(Buffer.from(pkcs8)) };
}
