import { mkdtemp, open, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import { ledgerStateText, emptyLedgerState } from '../../../../src/main/core/share/ledger/ledger-state.ts';
import { seal } from '../../../../src/main/core/share/ledger/ledger-envelope.ts';
import { deriveKeys } from '../../../../src/main/core/share/ledger/installation-key.ts';
import { openCounter, type LedgerCounter } from '../../../../src/main/core/share/ledger/ledger-counter.ts';
import { ledgerFile, loadLedger, memoryFile } from '../../../../src/main/core/share/ledger/ledger-file.ts';
import { memoryStore } from '../../../../src/main/core/vault/memory-store.ts';

const keys = deriveKeys(new Secret('installation'));
const now = Date.UTC(2026, 10, 22, 14, 0, 0);
let folder = '';
let file = '';
let counter: LedgerCounter;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ledger file ü '));
  file = join(folder, 'ledger');
  counter = await openCounter(memoryStore('A test.'), () => undefined);
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const ledgerState = ledgerStateText(emptyLedgerState(5));

test.each<[string, string, number | null, string]>([
  ['of this moment', seal(ledgerState, 7, keys), 7, 'ledger'],
  ['one writing ahead of the keychain', seal(ledgerState, 8, keys), 7, 'ledger'],
  ['one writing behind', seal(ledgerState, 6, keys), 7, 'ledger.old-20261122T140000Z'],
  ['whose number was lost', seal(ledgerState, 7, keys), null, 'ledger.old-20261122T140000Z'],
  ['cut', seal(ledgerState, 7, keys).slice(0, 100), 7, 'ledger.damaged-20261122T140000Z'],
  ['empty', '', 7, 'ledger.damaged-20261122T140000Z'],
  ['sealed, but no book', seal('{}', 7, keys), 7, 'ledger.damaged-20261122T140000Z'],
  ['of another', seal(ledgerState, 7, deriveKeys(new Secret('b'))), 7, 'ledger.foreign-20261122T140000Z'],
])('a ledger %s', async (_name, text, kept, name) => {
  await writeFile(file, text);
  const loaded = await loadLedger(file, [keys], kept, now);
  expect(await readdir(folder)).toEqual([name]);
  const good = name === 'ledger';
  expect(loaded.problem === null).toBe(good);
  expect(loaded.ledgerState.mark).toBe(good ? 5 : 0);
  expect(loaded.generation).toBeGreaterThanOrEqual(kept ?? 0);
});

test('one of a later version is left alone, and so is one that cannot be read', async () => {
  await writeFile(file, seal(ledgerState, 7, keys).replace('"version":1', '"version":9'));
  await expect(loadLedger(file, [keys], 7, now)).rejects.toMatchObject({ code: 'ledger-newer' });
  expect(await readdir(folder)).toEqual(['ledger']);
  await expect(loadLedger(folder, [keys], 0, now)).rejects.toMatchObject({ code: 'read-failed' });
});

test('what is saved at once is written twice at most, and every answer is true', async () => {
  let writings = 0;
  const counting: typeof rename = async (from, to) => {
    await rename(from, to);
    writings += 1;
  };
  const own = emptyLedgerState(1);
  const saved = ledgerFile(file, { ledgerState: own, generation: 0 }, keys, counter, {
    open,
    rename: counting,
  });
  const all = Array.from({ length: 30 }, async (_, index) => {
    own.mark = index + 1;
    await saved.save();
    expect((await loadLedger(file, [keys], 0, now)).ledgerState.mark).toBeGreaterThanOrEqual(index + 1);
  });
  await Promise.all(all);
  expect(writings).toBeLessThanOrEqual(2);
});

test('a writing that fails fails for those who waited for it, and the next one works', async () => {
  let full = true;
  const stuck: typeof rename = (from, to) =>
    full ? Promise.reject(Object.assign(new Error('full'), { code: 'ENOSPC' })) : rename(from, to);
  const own = emptyLedgerState(1);
  const saved = ledgerFile(file, { ledgerState: own, generation: 3 }, keys, counter, { open, rename: stuck });
  const results = await Promise.allSettled([saved.save(), saved.save()]);
  expect(results.map(result => result.status)).toEqual(['rejected', 'rejected']);
  full = false;
  await saved.save();
  expect((await loadLedger(file, [keys], 0, now)).generation).toBeGreaterThan(4);
});

test('resealed, it opens with the new key alone; where that fails the old one stays', async () => {
  const next = deriveKeys(new Secret('next'));
  const saved = ledgerFile(file, { ledgerState: emptyLedgerState(1), generation: 0 }, keys, counter);
  await saved.reseal(next);
  expect((await loadLedger(file, [next], 0, now)).sealedWith?.id).toBe(next.id);
  let full = true;
  const stuck: typeof rename = (from, to) => (full ? Promise.reject(new Error('full')) : rename(from, to));
  const other = ledgerFile(file, { ledgerState: emptyLedgerState(1), generation: 9 }, next, counter, {
    open,
    rename: stuck,
  });
  await expect(other.reseal(keys)).rejects.toMatchObject({ code: 'write-failed' });
  full = false;
  await other.save();
  expect((await loadLedger(file, [next], 0, now)).sealedWith?.id).toBe(next.id);
});

test('in memory nothing is written', async () => {
  await memoryFile.save();
  await memoryFile.reseal(keys);
  expect(await readdir(folder)).toEqual([]);
});
