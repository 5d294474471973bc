/**
 * AES-256-GCM (NIST SP 800-38D) in one place. The attacks: a nonce that is used twice under one key, which
 * gives the key stream away; a head that is changed while the content stays; a tag that is cut short. So the
 * nonce is minted here for each writing, the head is authenticated with the content, and a tag has 16 bytes.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

export interface Sealed {
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly sealed: Buffer;
}

/** @param head the plain head of the file, authenticated with the content; the nonce is part of it */
export function sealText(text: string, key: Buffer, head: (nonce: Buffer) => Buffer): Sealed {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(head(nonce));
  const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return { nonce, tag: cipher.getAuthTag(), sealed };
}

/** Throws where the content, its tag, its nonce or its head was changed. */
export function unsealText({ nonce, tag, sealed }: Sealed, key: Buffer, head: Buffer): string {
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: 16 });
  decipher.setAAD(head).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8');
}
