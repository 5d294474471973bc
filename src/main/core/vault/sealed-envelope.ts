/**
 * Attack: somebody gets a copy of the file (a backup, a stolen disk) and guesses passphrases, or changes it
 * and hopes that it is opened. So: scrypt makes each guess cost 128 MB and half a second, the seal
 * (`seal.ts`) detects any change of the content and of the head of the file with its number, and no head may
 * ask for less or for more work than we would.
 */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { GatehouseError } from '../errors.ts';
import { sealText, unsealText } from '../seal.ts';
import type { Secret } from '../secret.ts';

/** RFC 7914; N as OWASP asks for at least (2^17), r = 8, p = 1. */
const cost = { N: 2 ** 17, r: 8, p: 1 } as const;
const scryptMemory = 256 * 1024 * 1024;

const base64 = z.base64().max(1_000_000);
const envelope = z.strictObject({
  version: z.literal(1),
  /** Counts up with each writing, so that an old file cannot be passed off as a new one. */
  generation: z.int().min(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    N: z.literal(cost.N),
    r: z.literal(cost.r),
    p: z.literal(cost.p),
    salt: base64,
  }),
  /** Proves the passphrase, so that a wrong one and a damaged file can be told apart. */
  check: base64,
  cipher: z.literal('aes-256-gcm'),
  nonce: base64,
  tag: base64,
  sealed: base64,
});

type Envelope = z.infer<typeof envelope>;
type Head = Omit<Envelope, 'tag' | 'sealed'>;
/** Pairs, not an object: a name may be any text. */
const contents = z.array(z.tuple([z.string(), z.string()]));

/**
 * Derived from a passphrase and a salt. Kept as long as the secret store is open, so that scrypt runs once.
 */
export interface SealingKey {
  readonly salt: Buffer;
  readonly key: Buffer;
  readonly check: Buffer;
}

/** The salt is a new one when none is given. */
export type DeriveKey = (passphrase: Secret<string>, salt?: Buffer) => Promise<SealingKey>;

export async function deriveKey(
  passphrase: Secret<string>,
  salt: Buffer = randomBytes(16),
): Promise<SealingKey> {
  const bytes = await new Promise<Buffer>((resolve, reject) => {
    const options = { ...cost, maxmem: scryptMemory };
    scrypt(passphrase.reveal().normalize('NFC'), salt, 64, options, (error, derived) => {
      if (error === null) resolve(derived);
      else reject(error);
    });
  });
  return { salt, key: bytes.subarray(0, 32), check: bytes.subarray(32) };
}

/** Reads the salt, for which the key has to be derived. Refuses with `secrets-damaged`. */
export function saltOf(text: string, file: string): Buffer {
  return Buffer.from(parse(text, file).kdf.salt, 'base64');
}

export function seal(values: ReadonlyMap<string, string>, generation: number, key: SealingKey): string {
  const headWith = (nonce: Buffer): Head => ({
    version: 1,
    generation,
    kdf: { name: 'scrypt', ...cost, salt: key.salt.toString('base64') },
    check: key.check.toString('base64'),
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64'),
  });
  const box = sealText(JSON.stringify([...values]), key.key, nonce => authenticated(headWith(nonce)));
  const whole: Envelope = {
    ...headWith(box.nonce),
    tag: box.tag.toString('base64'),
    sealed: box.sealed.toString('base64'),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

/** Refuses with `passphrase-wrong` or `secrets-damaged`, and then tells nothing of what is in it. */
export function unseal(text: string, generation: number, key: SealingKey, file: string): Map<string, string> {
  const whole = parse(text, file);
  const check = Buffer.from(whole.check, 'base64');
  if (check.length !== key.check.length || !timingSafeEqual(check, key.check)) {
    throw new GatehouseError('passphrase-wrong', `The passphrase does not open ${file}.`, {
      nextStep: 'Try again with the passphrase that it was made with.',
    });
  }
  if (whole.generation !== generation) throw damaged(file);
  try {
    const { tag, sealed, ...head } = whole;
    const box = {
      nonce: Buffer.from(head.nonce, 'base64'),
      tag: Buffer.from(tag, 'base64'),
      sealed: Buffer.from(sealed, 'base64'),
    };
    return new Map(contents.parse(JSON.parse(unsealText(box, key.key, authenticated(head)))));
  } catch (error) {
    throw damaged(file, error);
  }
}

function authenticated(head: Head): Buffer {
  const { version, generation, kdf, check, cipher, nonce } = head;
  return Buffer.from(
    JSON.stringify([version, generation, kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt, check, cipher, nonce]),
  );
}

function parse(text: string, file: string): Envelope {
  try {
    return envelope.parse(JSON.parse(text));
  } catch (error) {
    throw damaged(file, error);
  }
}

function damaged(file: string, cause?: unknown): GatehouseError {
  return new GatehouseError('secrets-damaged', `${file} was changed or damaged; nothing in it is used.`, {
    nextStep:
      'Replace it with a backup, or move it away: Gatehouse then makes new tokens, and old links end.',
    cause,
  });
}
