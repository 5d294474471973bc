/*
 * Certificates of every kind, good and bad, as an administrator might supply them. The product's own writer
 * makes only good ones.
 */
import 'reflect-metadata';
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type Extension,
} from '@peculiar/x509';
import type { HostNames } from '../../src/main/core/share/network/host-names.ts';
import { hostNames } from '../../src/main/core/share/network/host-names.ts';

export const day = 86_400_000;
/** Noon of 1 June 2026. */
export const noon = Date.UTC(2026, 5, 1, 12);

export interface TestCertificate {
  readonly certificate: X509Certificate;
  readonly pem: string;
  readonly key: KeyObject;
  /** PKCS#8. */
  readonly keyPem: string;
}

export interface Wanted {
  readonly subject?: string;
  readonly issuer?: TestCertificate;
  readonly host?: HostNames;
  readonly ca?: boolean;
  readonly from?: number;
  readonly to?: number;
  readonly key?: 'P-256' | 'P-384' | 'P-521' | number;
  readonly hash?: 'SHA-1' | 'SHA-256';
  readonly usages?: readonly string[];
  /** Made again with the same key, as a renewal does. */
  readonly keyOf?: TestCertificate;
}

const serverAuth = '1.3.6.1.5.5.7.3.1';

export async function makeCertificate(wanted: Wanted = {}): Promise<TestCertificate> {
  const { subject = 'CN=lab.example.edu', ca = false, key = 'P-256', hash = 'SHA-256' } = wanted;
  const algorithm =
    typeof key === 'string'
      ? { name: 'ECDSA', namedCurve: key, hash }
      : {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: key,
          publicExponent: new Uint8Array([1, 0, 1]),
          hash,
        };
  const keys = wanted.keyOf === undefined ? await generate(algorithm) : await load(wanted.keyOf, algorithm);
  const { issuer } = wanted;
  const host = wanted.host ?? (ca ? hostNames([], []) : hostNames(['lab.example.edu'], ['192.0.2.7']));
  const extensions: Extension[] = [new BasicConstraintsExtension(ca, undefined, true)];
  if (!ca) extensions.push(new ExtendedKeyUsageExtension([...(wanted.usages ?? [serverAuth])]));
  if (host.names.length + host.addresses.length > 0) {
    extensions.push(
      new SubjectAlternativeNameExtension([
        ...host.names.map(value => ({ type: 'dns' as const, value })),
        ...host.addresses.map(value => ({ type: 'ip' as const, value })),
      ]),
    );
  }
  const signer =
    issuer === undefined ? keys : await load(issuer, { name: 'ECDSA', namedCurve: 'P-256', hash });
  const made = await X509CertificateGenerator.create({
    subject,
    issuer: issuer === undefined ? subject : issuer.certificate.subject.replaceAll('\n', ', '),
    notBefore: new Date(wanted.from ?? noon - day),
    notAfter: new Date(wanted.to ?? noon + 90 * day),
    publicKey: keys.publicKey,
    signingKey: signer.privateKey,
    signingAlgorithm: issuer === undefined ? algorithm : { name: 'ECDSA', hash },
    extensions,
  });
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
  const certificate = new X509Certificate(Buffer.from(made.rawData));
  const privateKey = createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
  const keyPem = privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  return { certificate, pem: certificate.toString(), key: privateKey, keyPem };
}

async function generate(algorithm: EcKeyGenParams | RsaHashedKeyGenParams): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}

async function load(
  from: TestCertificate,
  algorithm: EcKeyGenParams | RsaHashedKeyGenParams,
): Promise<CryptoKeyPair> {
  const pkcs8 = from.key.export({ format: 'der', type: 'pkcs8' });
  const spki = from.certificate.publicKey.export({ format: 'der', type: 'spki' });
  return {
    privateKey: await crypto.subtle.importKey('pkcs8', Uint8Array.from(pkcs8), algorithm, true, ['sign']),
    publicKey: await crypto.subtle.importKey('spki', Uint8Array.from(spki), algorithm, true, ['verify']),
  };
}

/** Root, intermediate and a server's certificate under it. */
export async function makeChain(
  leaf: Wanted = {},
): Promise<Record<'root' | 'middle' | 'leaf', TestCertificate>> {
  const root = await makeCertificate({ subject: 'CN=Example Root', ca: true, to: noon + 3650 * day });
  const middle = await makeCertificate({
    subject: 'CN=Example Middle',
    ca: true,
    issuer: root,
    to: noon + 900 * day,
  });
  return { root, middle, leaf: await makeCertificate({ issuer: middle, ...leaf }) };
}
