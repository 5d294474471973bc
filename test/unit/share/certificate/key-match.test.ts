import { expect, test } from 'vitest';
import { keyFits, keyFromDer } from '../../../../src/main/core/share/certificate/key-match.ts';
import { makeCertificate } from '../../../support/certificates.ts';

test('a key fits its own certificate and no other, of the same kind or another', async () => {
  const one = await makeCertificate();
  const other = await makeCertificate();
  const rsa = await makeCertificate({ key: 2048 });
  expect(keyFits(one.certificate, one.key)).toBe(true);
  expect(keyFits(one.certificate, keyFromDer(one.key.export({ format: 'der', type: 'pkcs8' })))).toBe(true);
  expect(keyFits(one.certificate, other.key)).toBe(false);
  expect(keyFits(one.certificate, rsa.key)).toBe(false);
  expect(keyFits(rsa.certificate, rsa.key)).toBe(true);
  // A public key proves nothing.
  expect(keyFits(one.certificate, one.certificate.publicKey)).toBe(false);
});
