import { constants } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import { tlsOptions } from '../../../../src/main/core/share/certificate/tls-options.ts';
import { makeCertificate } from '../../../support/certificates.ts';

test('only 1.2 and 1.3, forward secrecy and authenticated encryption; no renegotiation, no compression', async () => {
  const { pem, keyPem } = await makeCertificate();
  const options = tlsOptions({ chain: pem, key: new Secret(keyPem) });
  expect(options).toMatchObject({ minVersion: 'TLSv1.2', maxVersion: 'TLSv1.3', honorCipherOrder: true });
  for (const cipher of String(options.ciphers).split(':')) {
    expect(cipher).toMatch(/^(TLS_|ECDHE-).*(GCM|CHACHA20)/);
  }
  expect(options.sigalgs).not.toMatch(/sha1|md5|dsa_sha/i);
  const wanted = constants.SSL_OP_NO_RENEGOTIATION | constants.SSL_OP_NO_COMPRESSION;
  expect(Number(options.secureOptions) & wanted).toBe(wanted);
  expect(() => createSecureContext(options)).not.toThrow();
});
