import { readdir, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { array, assert, asyncProperty, constantFrom } from 'fast-check';
import { expect, test } from 'vitest';
import type { AuditEvent } from '../../../../src/main/core/share/audit/audit-entry.ts';
import { AuditBench, auditKey, refused } from '../../../support/audit.ts';

const bench = new AuditBench();

const made = (link: string): AuditEvent => ({
  event: 'revoked',
  link,
  server: 'thesis',
  by: 'mira',
  sessions: 0,
});
const joined = (name: string, link = 'abc', session = '0123456789ab'): AuditEvent => ({
  event: 'joined',
  link,
  server: 'thesis',
  role: 'viewer',
  session,
  name,
  address: '10.0.0.1',
  browser: '',
});

async function bytesOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter(entry => entry.isFile());
  const sizes = await Promise.all(
    files.map(async file => (await stat(join(file.parentPath, file.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

test('attack: a flood that is far larger than the log leaves the owner every entry, and all of it verifies', async () => {
  let now = 1_800_000_000_000;
  const limits = { maxBytes: 4000, kept: 2, clock: () => now };
  const audit = bench.whole(limits);
  await audit.record(made('before'));
  for (let minute = 0; minute < 30; minute++) {
    for (let turn = 0; turn < 100; turn++) {
      void audit.record(joined(`Eve ${minute} ${turn}`));
      void audit.record(refused(`made up ${minute} ${turn}`));
    }
    now += 60_000;
    await audit.flush();
  }
  await audit.record(made('after'));
  await audit.close();
  const again = bench.whole(limits);
  const owners = (await again.read(10_000)).filter(line => line['event'] === 'revoked');
  expect(owners.map(line => line['link'])).toEqual(['before', 'after']);
  expect(await again.verify()).toMatchObject({ whole: true });
  // Three chains, each of three files.
  expect(await bytesOf(bench.folder)).toBeLessThanOrEqual(3 * 3 * 4000);
});

test('Ada who joins 40 times in a minute is one line, and a count', async () => {
  let now = 1_800_000_000_000;
  const audit = bench.whole({ clock: () => now });
  for (let turn = 0; turn < 41; turn++) await audit.record(joined('Ada', 'abc', `session ${turn}`));
  now += 60_000;
  await audit.flush();
  const lines = (await audit.read(100)).filter(line => line['event'] === 'joined');
  expect(lines).toMatchObject([{ name: 'Ada' }, { name: 'Ada', times: 40, log: 'guests' }]);
  expect(await audit.verify()).toMatchObject({ whole: true });
});

test('what was counted is written when the log is closed', async () => {
  const audit = bench.whole();
  for (let turn = 0; turn < 3; turn++) await audit.record(refused('guess'));
  await audit.close();
  expect((await bench.whole().read(100)).filter(line => line['event'] === 'refused')).toMatchObject([
    { times: 1 },
    { times: 2, log: 'strangers' },
  ]);
});

test('attack: the files and the counts of one chain in the place of another', async () => {
  const audit = bench.whole();
  await audit.record(made('abc'));
  for (let turn = 0; turn < 5; turn++) await audit.record(joined(`Eve ${turn}`));
  await audit.close();
  await rename(join(bench.folder, 'guests', 'audit.jsonl'), bench.file);
  await rename(join(bench.root, 'audit-guests.head'), join(bench.root, 'audit.head'));
  expect(await bench.whole().verify()).toMatchObject({ whole: false });
});

test('a fault in the log of the guests is found, and its file named', async () => {
  const audit = bench.whole();
  await audit.record(made('abc'));
  await audit.record(joined('Ada'));
  await audit.close();
  await rename(join(bench.folder, 'guests', 'audit.jsonl'), join(bench.root, 'taken'));
  expect(await bench.whole().verify()).toMatchObject({ whole: false, file: 'guests', reason: 'cut' });
});

test('a new key signs all three, and the old lines are still checked', async () => {
  const audit = bench.whole();
  for (const event of [made('a'), joined('Ada'), refused('a')]) await audit.record(event);
  await audit.rekey([auditKey('now'), auditKey('next')]);
  for (const event of [made('b'), joined('Grace'), refused('b')]) await audit.record(event);
  await audit.close();
  const again = bench.whole({ keys: [auditKey('now'), auditKey('next')] });
  expect(await again.verify()).toMatchObject({ whole: true });
});

type Step = 'owner' | 'joins' | 'is refused' | 'minute' | 'restart';

test('whatever guests and strangers do in between, every entry of the owner stays and verifies', async () => {
  const steps = array(constantFrom<Step>('owner', 'joins', 'is refused', 'minute', 'restart'), {
    maxLength: 25,
  });
  let run = 0;
  await assert(
    asyncProperty(steps, async walk => {
      let now = 1_800_000_000_000;
      run += 1;
      const folder = join(bench.folder, `run ${run}`);
      const options = await bench.fresh(folder, { maxBytes: 3000, kept: 1, clock: () => now });
      let audit = bench.whole(options);
      const expected: string[] = [];
      let turns = 0;
      for (const step of walk) {
        if (step === 'owner' && expected.length < 8) {
          expected.push(`link ${expected.length}`);
          void audit.record(made(expected.at(-1) ?? ''));
        } else if (step === 'minute') {
          now += 60_000;
          await audit.flush();
        } else if (step === 'restart') {
          await audit.close();
          audit = bench.whole(options);
        } else {
          for (let turn = 0; turn < 30; turn++, turns++) {
            void audit.record(step === 'joins' ? joined(`Eve ${turns}`) : refused(`made up ${turns}`));
          }
        }
      }
      await audit.close();
      const again = bench.whole(options);
      const owners = (await again.read(10_000)).filter(line => line['event'] === 'revoked');
      expect(owners.map(line => line['link'])).toEqual(expected);
      expect(await again.verify()).toMatchObject({ whole: true });
    }),
    { numRuns: 25 },
  );
}, 120_000);
