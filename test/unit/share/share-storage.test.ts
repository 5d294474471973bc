import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { onceOpened } from '../../../src/main/core/share/once-opened.ts';
import { hasLedger } from '../../../src/main/core/share/share-storage.ts';
import { memoryStore } from '../../../src/main/core/vault/memory-store.ts';
import { day } from '../../support/ledger.ts';
import { openTestStorage } from '../../support/sharing.ts';

let folder = '';
afterEach(() => rm(folder, { recursive: true, force: true }));

test('links survive a restart, and so does the audit log', async () => {
  const secretStore = { ...memoryStore('A test.'), store: 'keychain' as const };
  const first = await openTestStorage({ secretStore });
  folder = first.folder;
  expect(await hasLedger(folder)).toBe(true);
  const { link } = await first.storage.ledger.make(day);
  await first.storage.audit.record({
    event: 'revoked',
    link: link.id,
    server: 'thesis',
    by: 'mira',
    sessions: 0,
  });
  await first.storage.close();
  const again = await openTestStorage({ secretStore, data: folder, state: folder });
  expect(again.storage.ledger.links()).toMatchObject([{ id: link.id }]);
  expect(await again.storage.audit.verify()).toMatchObject({ whole: true, lines: 2 });
  await again.storage.close();
  await rm(again.folder, { recursive: true });
});

test('a ledger that nobody can vouch for is kept aside, which is in the audit log', async () => {
  const secretStore = { ...memoryStore('A test.'), store: 'keychain' as const };
  const first = await openTestStorage({ secretStore });
  folder = first.folder;
  await first.storage.close();
  await writeFile(join(folder, 'share-ledger.json'), 'nonsense');
  const again = await openTestStorage({ secretStore, data: folder, state: folder });
  expect(again.storage.ledger.links()).toEqual([]);
  expect((await again.storage.audit.read(10)).at(-1)).toMatchObject({ event: 'ledger-set-aside' });
  expect(
    (await readdir(folder)).filter(name => name.startsWith('share-ledger.json.')).length,
  ).toBeGreaterThan(0);
  await again.storage.close();
  await rm(again.folder, { recursive: true });
});

test('a home that another computer owns is not opened', async () => {
  const mayWrite = async (): Promise<void> => {
    throw new Error('Not ours.');
  };
  await expect(openTestStorage({ mayWrite })).rejects.toThrow('Not ours.');
});

test('a broken certificate file does not keep the ledger closed', async () => {
  const opened = await openTestStorage({ supplied: () => ({ certificate: '/nowhere/a.pem', key: null }) });
  folder = opened.folder;
  await expect(opened.storage.certificate()).rejects.toThrow('a.pem');
  expect(opened.storage.ledger.links()).toEqual([]);
  await opened.storage.close();
});

test('what opens once is opened for all callers, and again after a failure', async () => {
  let opens = 0;
  const once = onceOpened(async () => {
    opens++;
    if (opens === 1) throw new Error('Not yet.');
    return opens;
  });
  expect(await once.known()).toBeNull();
  await expect(once.get()).rejects.toThrow('Not yet.');
  expect(await Promise.all([once.get(), once.get()])).toEqual([2, 2]);
  expect(await once.known()).toBe(2);
});
