import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import {
  openSecretStore,
  type SecretStoreChoice,
  type SecretStoreOptions,
} from '../../../src/main/core/vault/secret-store.ts';

let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keeper-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

const open = (choice: SecretStoreChoice, change: Partial<SecretStoreOptions> = {}) =>
  openSecretStore(choice, {
    environment: {},
    platform: 'linux',
    home: folder,
    file: join(folder, 'secrets'),
    uid: process.getuid?.() ?? null,
    ...change,
  });

test('memory was chosen and is said', async () => {
  const secretStore = await open('memory');
  expect(secretStore.store).toBe('memory');
  expect(secretStore.sentence).toBe(
    'The keychain is not used: `--secrets memory` or the setting secrets.store says so. Secrets are kept in memory, for this run only.',
  );
});

test('auto without a keychain is memory, says why, and writes nothing', async () => {
  const secretStore = await open('auto');
  await secretStore.set('a', new Secret('v'));
  expect(secretStore.store).toBe('memory');
  expect(secretStore.sentence).toBe(
    'The keychain cannot be reached. Secrets are kept in memory, for this run only.',
  );
  expect(await readdir(folder)).toEqual([]);
});

test('a keychain that was chosen is never replaced by something else', async () => {
  await expect(open('keychain')).rejects.toMatchObject({
    code: 'keychain-gone',
    nextStep: expect.stringContaining('--secrets='),
  });
});

test('the passphrase of the file comes from a private file or from the person', async () => {
  const path = join(folder, 'passphrase');
  await writeFile(path, 'correct horse\n', { mode: 0o600 });
  const environment = { GATEHOUSE_PASSPHRASE_FILE: path };
  await (await open('file', { environment })).set('a', new Secret('v'));
  const asked: boolean[] = [];
  const askPassphrase = (isNew: boolean) => {
    asked.push(isNew);
    return Promise.resolve('correct horse');
  };
  expect((await (await open('file', { askPassphrase })).get('a'))?.reveal()).toBe('v');
  expect(asked).toEqual([false]);
});

test('without a passphrase the file is refused with what to do', async () => {
  await expect(open('file')).rejects.toMatchObject({
    code: 'passphrase-missing',
    exitCode: 2,
    nextStep: expect.stringContaining('GATEHOUSE_PASSPHRASE_FILE'),
  });
  const environment = { GATEHOUSE_PASSPHRASE_FILE: join(folder, 'none') };
  await expect(open('file', { environment })).rejects.toMatchObject({ code: 'secret-file' });
});
