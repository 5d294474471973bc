import { mkdtemp, readdir, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { GatehouseError } from '../../../src/main/core/errors.ts';
import { lockHolder, takeLock, type LockKind } from '../../../src/main/core/home/process-lock.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'process-lock-'));
});
afterEach(() => rm(folder, { recursive: true }));

function kind(...alive: number[]): LockKind<number> {
  return {
    path: join(folder, 'a.lock'),
    read: text => (/^\s*\d+$/.test(text) ? Number(text) : null),
    isAlive: async holder => alive.includes(holder),
    busy: (holder, path) => new GatehouseError('home-busy', `${holder} has ${path}.`),
  };
}

test('it is held until it is given back', async () => {
  const lock = await takeLock(kind(1), 1);
  expect(await lockHolder(kind(1))).toBe(1);
  await expect(takeLock(kind(1, 2), 2)).rejects.toThrow(`1 has ${join(folder, 'a.lock.1')}.`);
  await lock.release();
  expect([await lockHolder(kind(1)), await readdir(folder)]).toEqual([null, []]);
});

test('a sign of life leaves what it says as it is; who has lost it gives none, and clears nothing away', async () => {
  const lock = await takeLock(kind(1), 1);
  const path = join(folder, 'a.lock.1');
  await utimes(path, 1, 1);
  expect([await lock.beat(), await lockHolder(kind(1))]).toEqual([true, 1]);
  expect((await stat(path)).mtimeMs).toBeGreaterThan(2000);
  await rm(path);
  expect([await lock.isOurs(), await lock.beat()]).toEqual([false, false]);
  await takeLock(kind(2), 2);
  expect(await lock.beat()).toBe(false);
  await lock.release();
  expect(await lockHolder(kind(2))).toBe(2);
});

test('a dead one gives way to the next number, and so does what cannot be read', async () => {
  await takeLock(kind(1), 1);
  await writeFile(join(folder, 'a.lock.2'), 'cut sho');
  await takeLock(kind(2), 2);
  expect(await readdir(folder)).toEqual(['a.lock.3']);
});

test("other files beside it are nobody's locks", async () => {
  for (const name of ['a.lock', 'a.lock.x', 'a.lock.01', 'a.lock.1.part', 'b.lock.1'])
    await writeFile(join(folder, name), '1');
  await takeLock(kind(1, 2), 2);
  expect(await lockHolder(kind(2))).toBe(2);
});

test('where it cannot be made, that is said', async () => {
  await rm(folder, { recursive: true });
  await expect(takeLock(kind(), 1)).rejects.toMatchObject({ code: 'write-failed' });
  await writeFile(folder, '');
});
