/**
 * Attack: whoever reads the disk reads the secrets; so they are sealed (sealed-envelope.ts). Fault: two
 * processes write at once and one update is lost; so each writing is a new file `<file>.<number>` that only
 * one of them can create, and the other begins again. There is no lock that a crash could leave behind.
 */
import { link, open, readdir, rm } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { GatehouseError } from '../errors.ts';
import { fileError, partOf, readTextIfPresent, sweepParts, syncFolder, systemCode } from '../files.ts';
import type { SecretStore } from '../ports.ts';
import { Secret } from '../secret.ts';
import { createKeyedMutex } from '../keyed-mutex.ts';
import { deriveKey, type DeriveKey, saltOf, seal, unseal, type SealingKey } from './sealed-envelope.ts';

/** @param isNew true when the passphrase is being chosen; then a person should be asked twice */
export type AskPassphrase = (isNew: boolean) => Promise<Secret<string>>;

const shortestPassphrase = 8;
const maxFileBytes = 4_000_000;
const maxTries = 100;

interface Stored {
  readonly number: number;
  readonly text: string;
}

/**
 * Opens the sealed file, or makes one. Refuses with `passphrase-wrong`, `passphrase-short`,
 * `secrets-damaged`, `read-failed` or `write-failed`.
 *
 * @param derive for tests, which cannot wait half a second for each key
 */
export async function openSealedFile(
  file: string,
  ask: AskPassphrase,
  derive: DeriveKey = deriveKey,
): Promise<SecretStore> {
  await sweepParts(file);
  const first = await newest(file);
  const passphrase = await ask(first === null);
  if (first === null && passphrase.reveal().length < shortestPassphrase) {
    throw new GatehouseError(
      'passphrase-short',
      `A passphrase needs at least ${shortestPassphrase} characters.`,
      {
        nextStep: 'Choose a longer one; four or five words are good.',
        kind: 'usage',
      },
    );
  }
  let key = await derive(passphrase, first === null ? undefined : saltOf(first.text, pathOf(file, first)));

  /**
   * The newest values. Another process that made the file at the same moment chose another salt: derive
   * again, once.
   */
  async function read(): Promise<{ readonly number: number; readonly values: Map<string, string> }> {
    const stored = await newest(file);
    if (stored === null) return { number: 0, values: new Map() };
    const path = pathOf(file, stored);
    const salt = saltOf(stored.text, path);
    if (!salt.equals(key.salt)) key = await derive(passphrase, salt);
    return { number: stored.number, values: unseal(stored.text, stored.number, key, path) };
  }

  async function update(change: (values: Map<string, string>) => void): Promise<void> {
    for (let attempt = 0; attempt < maxTries; attempt++) {
      const { number, values } = await read();
      change(values);
      if (await publish(file, number + 1, values, key)) return;
    }
    throw new GatehouseError('write-failed', `Other processes keep writing ${file}.`, {
      nextStep: 'Try again.',
    });
  }

  const runExclusive = createKeyedMutex();
  const secretStore = sealedKeeper(file, read, change => runExclusive('write', () => update(change)));
  if (first === null) await runExclusive('write', () => update(() => undefined));
  else await read();
  return secretStore;
}

function sealedKeeper(
  file: string,
  read: () => Promise<{ readonly values: ReadonlyMap<string, string> }>,
  update: (change: (values: Map<string, string>) => void) => Promise<void>,
): SecretStore {
  return {
    store: 'file',
    sentence: `Secrets are kept in ${file}, sealed with your passphrase.`,
    async get(name) {
      const value = (await read()).values.get(name);
      return value === undefined ? null : new Secret(value);
    },
    set: (name, value) => update(values => void values.set(name, value.reveal())),
    delete: name => update(values => void values.delete(name)),
  };
}

function pathOf(file: string, stored: { readonly number: number }): string {
  return `${file}.${stored.number}`;
}

async function numbersOf(file: string): Promise<number[]> {
  const start = `${basename(file)}.`;
  const names = await readdir(dirname(file)).catch((error: unknown) => {
    throw fileError('read-failed', 'Cannot look into', dirname(file), error);
  });
  return names
    .filter(name => name.startsWith(start) && /^[1-9]\d{0,14}$/.test(name.slice(start.length)))
    .map(name => Number(name.slice(start.length)))
    .sort((a, b) => b - a);
}

async function newest(file: string): Promise<Stored | null> {
  for (let attempt = 0; attempt < maxTries; attempt++) {
    const number = (await numbersOf(file))[0];
    if (number === undefined) return null;
    const text = await readTextIfPresent(`${file}.${number}`, maxFileBytes);
    // Gone since we looked: a newer one is there.
    if (text !== null) return { number, text };
  }
  throw new GatehouseError('read-failed', `${file} changes faster than it can be read.`, {
    nextStep: 'Try again.',
  });
}

/**
 * Writes what is to be the given number; false when another process was faster. `link` creates a name or
 * fails, and whoever finds a higher number after that was working from old values.
 */
async function publish(
  file: string,
  number: number,
  values: ReadonlyMap<string, string>,
  key: SealingKey,
): Promise<boolean> {
  const path = `${file}.${number}`;
  const temporary = partOf(file);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(seal(values, number, key));
      await handle.sync();
    } finally {
      await handle.close();
    }
    await link(temporary, path);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw fileError('write-failed', 'Cannot save', path, error);
  } finally {
    await rm(temporary, { force: true }).catch(() => undefined);
  }
  const numbers = await numbersOf(file);
  if (numbers.some(other => other > number)) {
    await rm(path, { force: true });
    return false;
  }
  await syncFolder(dirname(file));
  for (const old of numbers.filter(other => other < number)) {
    await rm(`${file}.${old}`, { force: true }).catch(() => undefined);
  }
  return true;
}
