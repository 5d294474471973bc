import { createPrivateKey, type KeyObject, type X509Certificate } from 'node:crypto';

/** Whether the private key belongs to the certificate. Throws nothing. */
export function keyFits(certificate: X509Certificate, key: KeyObject): boolean {
  try {
    return certificate.checkPrivateKey(key);
  } catch {
    return false;
  }
}

export function keyFromDer(pkcs8: Buffer): KeyObject {
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' });
}
