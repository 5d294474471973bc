import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { mintSecret, Secret } from '../../../../src/main/core/secret.ts';
import { deriveKeys } from '../../../../src/main/core/share/ledger/installation-key.ts';
import { memoryStore } from '../../../../src/main/core/vault/memory-store.ts';
import { day, joined, keys, LedgerBench } from '../../../support/ledger.ts';

const bench = new LedgerBench();

test('attack: an old copy of the ledger is noticed, kept aside, and opens nothing', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make(day);
  const old = await readFile(bench.file);
  await ledger.revoke(link.id).saved;
  await ledger.close();
  await writeFile(bench.file, old);
  const again = await bench.opened();
  expect(bench.warnings).toEqual([expect.stringMatching(/old copy.*kept as share-ledger\.json\.old-\d{8}T/)]);
  expect(await joined(again, { link, secret })).toBe('unknown');
  expect((await readdir(bench.folder)).filter(name => name.includes('.old-'))).toHaveLength(1);
  // The new one goes on from the number that the keychain knows, so it is not itself taken for old.
  await bench.crashed(again);
  await bench.opened();
  expect(bench.warnings).toHaveLength(1);
});

test('a ledger that is gone is said, and so is a number that is no number', async () => {
  await (await bench.opened()).close();
  await rm(bench.file);
  await (await bench.opened()).close();
  expect(bench.warnings).toEqual([expect.stringContaining('is gone')]);
  await bench.secretStore.set('ledger-generation', new Secret('many'));
  await bench.opened();
  expect(bench.warnings[1]).toContain('its number in the keychain was lost');
});

test('attack: the ledger of another installation opens nothing', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make(day);
  await ledger.close();
  const again = await bench.opened({ keys: deriveKeys(new Secret('another')) });
  expect(bench.warnings).toEqual([expect.stringMatching(/does not have: it was kept as .*\.foreign-/)]);
  expect(await joined(again, { link, secret })).toBe('unknown');
});

test('two at once: the second is refused, and may come when the first has gone', async () => {
  const ledger = await bench.opened();
  await expect(bench.opened()).rejects.toMatchObject({ code: 'ledger-busy' });
  await ledger.close();
  await expect(bench.opened()).resolves.toBeDefined();
});

test('with secrets in memory nothing is written, and an old bench.file is left alone', async () => {
  await writeFile(bench.file, 'of another time');
  const ledger = await bench.opened({ secretStore: memoryStore('A test.') });
  const { link, secret } = await ledger.make(day);
  expect(await joined(ledger, { link, secret })).toHaveLength(43);
  await ledger.close();
  expect(await readdir(bench.folder)).toEqual(['share-ledger.json']);
  expect(await readFile(bench.file, 'utf8')).toBe('of another time');
});

test('a new installation key: links, guests and old lines of the audit log go on, and the old key opens nothing', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make(day);
  const cookie = await joined(ledger, { link, secret });
  const idle = await ledger.make(day);
  const next = deriveKeys(mintSecret());
  await ledger.rekey(next);
  expect(ledger.auditKeys().map(key => key.id)).toEqual([keys.id, next.id]);
  expect(await joined(ledger, idle)).toHaveLength(43);
  await ledger.close();

  const again = await bench.opened({ keys: next });
  expect(bench.warnings).toEqual([]);
  expect(again.find(cookie, 'thesis').open).toBe(true);
  expect(await joined(again, { link, secret })).toHaveLength(43);
  expect(again.auditKeys().map(key => key.id)).toEqual([keys.id, next.id]);
  await again.close();
  await bench.opened();
  expect(bench.warnings).toEqual([expect.stringContaining('does not have')]);
});

test('a rotation that was cut is taken back: the key in the keychain goes on, and what was made meanwhile works', async () => {
  const ledger = await bench.opened();
  const before = await ledger.make(day);
  const next = deriveKeys(mintSecret());
  await ledger.rekey(next);
  const meanwhile = await ledger.make(day);
  await bench.crashed(ledger);
  const again = await bench.opened({ otherKeys: [next] });
  expect(bench.warnings).toEqual([]);
  for (const { link, secret } of [before, meanwhile])
    expect(await joined(again, { link, secret })).toHaveLength(43);
  expect(again.auditKeys().map(key => key.id)).toEqual([next.id, keys.id]);
});

test('a rotation that cannot be written changes nothing', async () => {
  const ledger = await bench.opened();
  const { link, secret } = await ledger.make(day);
  await rm(bench.folder, { recursive: true });
  await expect(ledger.rekey(deriveKeys(mintSecret()))).rejects.toMatchObject({ code: 'write-failed' });
  expect(ledger.auditKeys().map(key => key.id)).toEqual([keys.id]);
  expect(ledger.look(link.id, secret.reveal())).toEqual({ open: true });
});
