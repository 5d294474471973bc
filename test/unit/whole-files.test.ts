/*
 * The fault: a whole file is written from memory by a process that does not own the home. So each writer of
 * one is known here.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const source = join(import.meta.dirname, '..', '..', 'src', 'main');

/** Who writes without asking whether the home is ours, and why that loses nothing. */
const unasked: Readonly<Record<string, string>> = {
  'cli/core-process.ts': 'the control key, in the runtime folder',
  'core/files.ts': 'the operation itself',
  'core/home/process-lock.ts': 'its own lock, which it holds',
  'core/profiles/python/cache.ts': 'a cache: what is lost is found again',
};

test('whoever writes a whole file of what the home remembers asks first whether the home is ours', () => {
  const names = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(name =>
    name.endsWith('.ts'),
  );
  const writers = names.filter(name => readFileSync(join(source, name), 'utf8').includes('writeFileAtomic('));
  const asking = writers.filter(name => /mayWrite\??\.?\(\)/.test(readFileSync(join(source, name), 'utf8')));
  expect(asking.toSorted()).toEqual([
    'core/folders/trust-file.ts',
    'core/launcher/saved-servers.ts',
    'core/settings/store.ts',
    'core/share/audit/audit-store.ts',
    'core/share/ledger/ledger-file.ts',
  ]);
  expect(writers.filter(name => !asking.includes(name)).toSorted()).toEqual(Object.keys(unasked));
});
