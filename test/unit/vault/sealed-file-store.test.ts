import { randomBytes, scryptSync } from 'node:crypto';
import { lstat, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { SecretStore } from '../../../src/main/core/ports.ts';
import { Secret } from '../../../src/main/core/secret.ts';
import type { DeriveKey } from '../../../src/main/core/vault/sealed-envelope.ts';
import { openSealedFile } from '../../../src/main/core/vault/sealed-file-store.ts';

let root = '';
let folder = '';
let file = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sealed-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(root, 'a b '));
  file = join(folder, 'secrets.sealed');
});

/** Quick instead of hard to guess; the real one has its own test. */
const derive: DeriveKey = (passphrase, salt = randomBytes(16)) => {
  const bytes = scryptSync(passphrase.reveal(), salt, 64, { N: 16 });
  return Promise.resolve({ salt, key: bytes.subarray(0, 32), check: bytes.subarray(32) });
};

const open = (passphrase = 'correct horse'): Promise<SecretStore> =>
  openSealedFile(file, () => Promise.resolve(new Secret(passphrase)), derive);
const current = async (): Promise<string> => join(folder, (await readdir(folder))[0] ?? '');

test('secrets are there the next time, in one private file that shows none of them', async () => {
  const asked: boolean[] = [];
  const ask = (isNew: boolean) => {
    asked.push(isNew);
    return Promise.resolve(new Secret('correct horse'));
  };
  const secretStore = await openSealedFile(file, ask, derive);
  expect(await secretStore.get('a')).toBeNull();
  await secretStore.set('a', new Secret('value of a'));
  await secretStore.set('b', new Secret('value of b'));
  await secretStore.delete('b');
  await secretStore.delete('b');
  const again = await openSealedFile(file, ask, derive);
  expect((await again.get('a'))?.reveal()).toBe('value of a');
  expect(await again.get('b')).toBeNull();
  expect(asked).toEqual([true, false]);
  expect(await readdir(folder)).toHaveLength(1);
  expect((await lstat(await current())).mode & 0o777).toBe(0o600);
  expect(await readFile(await current(), 'utf8')).not.toContain('value');
  expect(secretStore).toMatchObject({
    store: 'file',
    sentence: `Secrets are kept in ${file}, sealed with your passphrase.`,
  });
});

test('a wrong passphrase is refused at once and destroys nothing', async () => {
  await (await open()).set('a', new Secret('v'));
  await expect(open('battery staple')).rejects.toMatchObject({ code: 'passphrase-wrong' });
  expect((await (await open()).get('a'))?.reveal()).toBe('v');
});

test('a short passphrase is refused when it is chosen', async () => {
  await expect(open('1234567')).rejects.toMatchObject({ code: 'passphrase-short', exitCode: 2 });
  expect(await readdir(folder)).toEqual([]);
});

test('a file that was damaged is refused, in mid-run too, and not written over', async () => {
  const secretStore = await open();
  await secretStore.set('a', new Secret('v'));
  const path = await current();
  await writeFile(path, 'rubbish');
  await expect(secretStore.get('a')).rejects.toMatchObject({ code: 'secrets-damaged' });
  await expect(secretStore.set('b', new Secret('w'))).rejects.toMatchObject({ code: 'secrets-damaged' });
  await expect(open()).rejects.toMatchObject({ code: 'secrets-damaged' });
  expect(await readFile(path, 'utf8')).toBe('rubbish');
});

test('attack: an old file under a new number is not believed', async () => {
  const secretStore = await open();
  const old = await readFile(await current(), 'utf8');
  await secretStore.set('a', new Secret('v'));
  await writeFile(`${file}.99`, old);
  await expect(secretStore.get('a')).rejects.toMatchObject({ code: 'secrets-damaged' });
});

test('two who write at once lose nothing', async () => {
  const [one, two] = await Promise.all([open(), open()]);
  await Promise.all(
    Array.from({ length: 12 }, (_, index) =>
      (index % 2 === 0 ? one : two).set(`name-${index}`, new Secret(`${index}`)),
    ),
  );
  for (let index = 0; index < 12; index++) {
    expect((await one.get(`name-${index}`))?.reveal()).toBe(`${index}`);
  }
  expect(await readdir(folder)).toHaveLength(1);
});

test('a folder that went away is an error, and what was saved is not lost', async () => {
  const secretStore = await open();
  await secretStore.set('a', new Secret('v'));
  await rename(folder, `${folder}-away`);
  await expect(secretStore.set('b', new Secret('w'))).rejects.toMatchObject({ code: 'read-failed' });
  await rename(`${folder}-away`, folder);
  expect((await secretStore.get('a'))?.reveal()).toBe('v');
});

test('files of other names are left alone', async () => {
  for (const name of [
    'secrets.sealed',
    'secrets.sealed.0',
    'secrets.sealed.01',
    'secrets.sealed.x',
    'other.5',
  ]) {
    await writeFile(join(folder, name), '');
  }
  await (await open()).set('a', new Secret('v'));
  expect(await readdir(folder)).toHaveLength(6);
});
