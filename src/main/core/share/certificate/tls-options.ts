/**
 * How the share listener speaks TLS. Attacks: a downgrade to an old version or cipher (POODLE, SWEET32,
 * ROBOT), renegotiation as a lever on the processor (CVE-2011-1473) or for splicing requests (CVE-2009-3555),
 * a stolen key that opens recorded sessions. Mozilla's "intermediate" rules without the ciphers that need a
 * DH parameter file: forward secrecy and authenticated encryption only.
 */
import { constants } from 'node:crypto';
import type { SecureContextOptions } from 'node:tls';
import type { ShareCertificate } from './certificate.ts';

const ciphers: readonly string[] = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
];

/**
 * The first one withstands a quantum computer that opens what is recorded today; a guest without it takes the
 * next.
 */
const groups: readonly string[] = ['X25519MLKEM768', 'X25519', 'prime256v1', 'secp384r1'];

/** No SHA-1 anywhere. */
const signatures: readonly string[] = [
  'ecdsa_secp256r1_sha256',
  'ecdsa_secp384r1_sha384',
  'ecdsa_secp521r1_sha512',
  'rsa_pss_rsae_sha256',
  'rsa_pss_rsae_sha384',
  'rsa_pss_rsae_sha512',
  'rsa_pss_pss_sha256',
  'rsa_pss_pss_sha384',
  'rsa_pss_pss_sha512',
  'rsa_pkcs1_sha256',
  'rsa_pkcs1_sha384',
  'rsa_pkcs1_sha512',
];

/**
 * For `https.createServer` and, in the same words, for each `setSecureContext` after it: what is left out
 * there is lost.
 */
export function tlsOptions(certificate: Pick<ShareCertificate, 'chain' | 'key'>): SecureContextOptions {
  return {
    cert: certificate.chain,
    key: certificate.key.reveal(),
    minVersion: 'TLSv1.2',
    maxVersion: 'TLSv1.3',
    ciphers: ciphers.join(':'),
    ecdhCurve: groups.join(':'),
    sigalgs: signatures.join(':'),
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION,
  };
}
