/**
 * The attacks: somebody who reads the disk learns who shares what with whom; somebody who writes to it makes
 * a link of their own, revives a revoked one, or puts last week's file back. So the ledger is sealed
 * (`seal.ts`) under a key that only the keychain has, and its head (form, key, number of the writing) is
 * authenticated with it.
 */
import { z } from 'zod';
import { sealText, unsealText } from '../../seal.ts';
import type { InstallationKeys } from './installation-key.ts';

const form = 'gatehouse-ledger';
const version = 1;

const envelope = z.strictObject({
  form: z.literal(form),
  version: z.literal(version),
  /** Names the installation key. */
  key: z.string().max(40),
  /** Counts the writings. */
  generation: z.int().min(1),
  nonce: z.base64url().length(16),
  tag: z.base64url().length(22),
  sealed: z.base64url(),
});

type Head = Pick<z.infer<typeof envelope>, 'form' | 'version' | 'key' | 'generation' | 'nonce'>;

function authenticated(head: Head): Buffer {
  return Buffer.from(JSON.stringify([head.form, head.version, head.key, head.generation, head.nonce]));
}

export function seal(text: string, generation: number, keys: InstallationKeys): string {
  const headWith = (nonce: Buffer): Head => ({
    form,
    version,
    key: keys.id,
    generation,
    nonce: nonce.toString('base64url'),
  });
  const box = sealText(text, keys.ledger.reveal(), nonce => authenticated(headWith(nonce)));
  const whole: z.infer<typeof envelope> = {
    ...headWith(box.nonce),
    tag: box.tag.toString('base64url'),
    sealed: box.sealed.toString('base64url'),
  };
  return `${JSON.stringify(whole)}\n`;
}

export type Unsealed =
  | {
      readonly open: true;
      readonly text: string;
      readonly generation: number;
      readonly keys: InstallationKeys;
    }
  /** `newer`: a later version of Gatehouse wrote it; `foreign`: sealed with a key that is not ours. */
  | { readonly open: false; readonly reason: 'newer' | 'foreign' | 'damaged' };

/** @param keys those that may have sealed it; the name in the head chooses */
export function unseal(text: string, keys: readonly InstallationKeys[]): Unsealed {
  const parsed = parse(text);
  if (typeof parsed === 'string') return { open: false, reason: parsed };
  const ours = keys.find(candidate => candidate.id === parsed.key);
  if (ours === undefined) return { open: false, reason: 'foreign' };
  try {
    const box = {
      nonce: Buffer.from(parsed.nonce, 'base64url'),
      tag: Buffer.from(parsed.tag, 'base64url'),
      sealed: Buffer.from(parsed.sealed, 'base64url'),
    };
    const plain = unsealText(box, ours.ledger.reveal(), authenticated(parsed));
    return { open: true, text: plain, generation: parsed.generation, keys: ours };
  } catch {
    return { open: false, reason: 'damaged' };
  }
}

function parse(text: string): z.infer<typeof envelope> | 'newer' | 'damaged' {
  try {
    const value: unknown = JSON.parse(text);
    const parsed = envelope.safeParse(value);
    if (parsed.success) return parsed.data;
    const later = z.object({ form: z.literal(form), version: z.int().gt(version) }).safeParse(value);
    return later.success ? 'newer' : 'damaged';
  } catch {
    return 'damaged';
  }
}
