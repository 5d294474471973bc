import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockLedger, type LockOwner } from '../../../../src/main/core/share/ledger/ledger-lock.ts';

let folder = '';
let file = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lock ü '));
  file = join(folder, 'ledger');
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** Processes that live, with their start times. */
function owner(pid: number, alive: Record<number, string>, host = 'here'): LockOwner {
  return { pid, host, processes: { startOf: async asked => alive[asked] ?? null } };
}
const held = (pid: number, started: string, host = 'here'): Promise<void> =>
  writeFile(`${file}.lock.1`, JSON.stringify({ pid, started, host }));

test('it is private, and given back', async () => {
  const unlock = await lockLedger(file, owner(1, { 1: 'then' }));
  expect((await stat(`${file}.lock.1`)).mode & 0o777).toBe(0o600);
  await expect(lockLedger(file, owner(2, { 1: 'then', 2: 'now' }))).rejects.toMatchObject({
    code: 'ledger-busy',
    message: 'The share links are in use by process 1 on here.',
  });
  await unlock();
  expect(await readdir(folder)).toEqual([]);
});

test.each([
  ['a process that is gone', 9, 'then', 'here'],
  ['a process whose number another one has now', 3, 'then', 'here'],
])('the lock of %s is cleared', async (_name, pid, started, host) => {
  await held(pid, started, host);
  await lockLedger(file, owner(2, { 2: 'now', 3: 'later' }));
  expect(JSON.parse(await readFile(`${file}.lock.2`, 'utf8'))).toMatchObject({ pid: 2 });
  expect(await readdir(folder)).toEqual(['ledger.lock.2']);
});

test('a lock that was cut short is nobody’s', async () => {
  await writeFile(`${file}.lock.1`, '{"pid":');
  await lockLedger(file, owner(2, { 2: 'now' }));
  expect(await readdir(folder)).toEqual(['ledger.lock.2']);
});

test('of another computer nothing can be known: its lock counts, and the way out is named', async () => {
  await held(9, 'then', 'there');
  await expect(lockLedger(file, owner(2, { 2: 'now' }))).rejects.toMatchObject({
    message: expect.stringContaining('process 9 on there'),
    nextStep: expect.stringContaining(`remove ${file}.lock.1`),
  });
});

test('of many that come at once upon a dead lock, one gets it', async () => {
  await held(99, 'then');
  const alive = Object.fromEntries(Array.from({ length: 12 }, (_, pid) => [pid + 1, 'now']));
  const tries = Object.keys(alive).map(pid => lockLedger(file, owner(Number(pid), alive)));
  const results = await Promise.allSettled(tries);
  expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1);
  expect(await readdir(folder)).toEqual(['ledger.lock.2']);
});

test('where it cannot be written, that is said', async () => {
  await rm(folder, { recursive: true });
  await expect(lockLedger(file, owner(1, { 1: 'x' }))).rejects.toMatchObject({ code: 'write-failed' });
  await expect(lockLedger(file, owner(1, {}))).rejects.toMatchObject({ code: 'no-start-time' });
});
