/**
 * Opens the private key of a supplied certificate.
 *
 * Attacks: another user of this computer reads the key, or puts a key and certificate of their own in its
 * place; the passphrase ends in a log or an error. So the file is looked at after it was opened, and
 * OpenSSL's own words, which may tell of the content, stay out.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { Stats } from 'node:fs';
import { GatehouseError } from '../../errors.ts';
import type { Secret } from '../../secret.ts';
import type { CertificateFinding } from './certificate.ts';
import type { PemKey } from './pem.ts';
import { refuse, warn } from './supplied-checks.ts';

/** Who knows the passphrase of an encrypted key. */
export interface PassphraseSource {
  kept(): Promise<Secret<string> | null>;
  /** @param again after a wrong one. Null: nobody can be asked, or they gave up. */
  ask(again: boolean): Promise<Secret<string> | null>;
  /** This one opened the key. */
  worked(passphrase: Secret<string>): Promise<void>;
}

const maxQuestions = 3;

/** Every key of the file. Refuses with `key-damaged`, `key-locked` or `passphrase-wrong`. */
export async function openKeys(
  keys: readonly PemKey[],
  path: string,
  passphrases: PassphraseSource,
): Promise<readonly KeyObject[]> {
  const opened: KeyObject[] = [];
  for (const key of keys) {
    opened.push(key.encrypted ? await openEncrypted(key, path, passphrases) : openPlain(key, path));
  }
  return opened;
}

function openPlain(key: PemKey, path: string): KeyObject {
  const opened = tryOpen(key.text, null);
  if (opened !== null) return opened;
  throw new GatehouseError('key-damaged', `The private key in ${path} cannot be read.`, {
    nextStep: 'Copy the file again from where the certificate was made.',
  });
}

async function openEncrypted(key: PemKey, path: string, source: PassphraseSource): Promise<KeyObject> {
  let passphrase = await source.kept();
  for (let questions = 0; ; questions += 1) {
    const opened = passphrase === null ? null : tryOpen(key.text, passphrase);
    if (passphrase !== null && opened !== null) {
      await source.worked(passphrase);
      return opened;
    }
    const wrong = passphrase !== null;
    passphrase = questions < maxQuestions ? await source.ask(wrong) : null;
    if (passphrase === null) throw wrong ? wrongPassphrase(path) : missingPassphrase(path);
  }
}

function missingPassphrase(path: string): GatehouseError {
  return new GatehouseError('key-locked', `The private key in ${path} is locked with a passphrase.`, {
    nextStep: 'Enter the passphrase when you choose the certificate; it is then kept with the other secrets.',
  });
}

function wrongPassphrase(path: string): GatehouseError {
  return new GatehouseError('passphrase-wrong', `The passphrase does not open the private key in ${path}.`, {
    nextStep: 'Enter the passphrase with which the key was made, or use a key without one.',
  });
}

function tryOpen(text: Secret<string>, passphrase: Secret<string> | null): KeyObject | null {
  try {
    const key = text.reveal();
    return createPrivateKey(passphrase === null ? key : { key, passphrase: passphrase.reveal() });
  } catch {
    return null;
  }
}

/** @param uid ours; null where the system has no such rights (Windows) */
export function keyFileFindings(
  path: string,
  facts: Pick<Stats, 'mode' | 'uid'>,
  uid: number | null,
): readonly CertificateFinding[] {
  if (uid === null) return [];
  if (facts.uid !== uid && facts.uid !== 0) {
    const message = `The private key in ${path} belongs to another user, who can replace it.`;
    return [refuse('key-foreign', message, 'Use a copy of your own with mode 600.')];
  }
  const next = `Take the right from them: chmod 600 ${path}`;
  if ((facts.mode & 0o022) !== 0) {
    return [refuse('key-writable', `Other users can replace the private key in ${path}.`, next)];
  }
  if ((facts.mode & 0o004) !== 0) {
    return [refuse('key-readable', `Every user of this computer can read the private key in ${path}.`, next)];
  }
  if ((facts.mode & 0o040) === 0) return [];
  return [warn('key-group-readable', `The group of ${path} can read the private key.`, next)];
}
