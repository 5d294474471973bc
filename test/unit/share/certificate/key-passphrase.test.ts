import { expect, test } from 'vitest';
import { createRedactor } from '../../../../src/main/core/log/redact.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import {
  keptPassphrase,
  passphraseEntry,
} from '../../../../src/main/core/share/certificate/key-passphrase.ts';
import { memoryStore } from '../../../../src/main/core/vault/memory-store.ts';

const path = '/etc/tls/key.pem';

test('what opened the key is kept for that file, and known to the redactor from the first moment', async () => {
  const secretStore = memoryStore('Chosen.');
  const redactor = createRedactor();
  const questions: boolean[] = [];
  const ask = async (again: boolean): Promise<Secret<string>> => {
    questions.push(again);
    return new Secret('correct horse');
  };
  const source = keptPassphrase({ secretStore, redactor, path, ask });
  expect(await source.kept()).toBeNull();
  const said = await source.ask(true);
  expect(questions).toEqual([true]);
  expect(redactor.redact('It was correct horse.')).toBe('It was ***.');
  expect(await source.kept()).toBeNull();
  await source.worked(said ?? new Secret(''));
  const later = keptPassphrase({ secretStore, redactor: createRedactor(), path, ask });
  expect((await later.kept())?.reveal()).toBe('correct horse');
  expect(await keptPassphrase({ secretStore, redactor, path: '/other.pem', ask }).kept()).toBeNull();
});

test('the same one is not written again, and the entry does not show the path', async () => {
  const secretStore = memoryStore('Chosen.');
  let writes = 0;
  const counting = {
    ...secretStore,
    set: (name: string, value: Secret<string>) => (writes++, secretStore.set(name, value)),
  };
  const ask = async (): Promise<null> => null;
  const source = keptPassphrase({ secretStore: counting, redactor: createRedactor(), path, ask });
  await source.worked(new Secret('one'));
  await source.worked(new Secret('one'));
  await source.worked(new Secret('two'));
  expect(writes).toBe(2);
  expect(await source.ask(false)).toBeNull();
  expect(passphraseEntry(path)).toMatch(/^share-key-passphrase:[0-9a-f]{16}$/);
});
