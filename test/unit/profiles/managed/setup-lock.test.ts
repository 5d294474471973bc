import { spawn } from 'node:child_process';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeSetupLock } from '../../../../src/main/core/profiles/managed/setup-lock.ts';
import { startOf } from '../../../../src/main/core/server/process/processes.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
let path = '';
beforeEach(async () => {
  scratch = await scratchFolder();
  path = join(scratch.folder, 'x.lock');
});
afterEach(() => scratch.remove());

test('one at a time, and the next when it is free', async () => {
  const first = await takeSetupLock(path);
  await expect(takeSetupLock(path)).rejects.toMatchObject({ code: 'setup-busy' });
  await first.note(process.pid);
  await expect(takeSetupLock(path)).rejects.toMatchObject({ code: 'setup-busy' });
  await first.release();
  await (await takeSetupLock(path)).release();
  expect(await readdir(scratch.folder)).toEqual([]);
});

test('of many that find a stale lock at once, one gets it, each time', async () => {
  for (let round = 1; round <= 40; round += 1) {
    await writeFile(
      `${path}.${round}`,
      JSON.stringify({ holder: { pid: 4_000_000, start: '1' }, child: null }),
    );
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => takeSetupLock(path)));
    expect(results.filter(result => result.status === 'fulfilled')).toHaveLength(1);
    expect(await readdir(scratch.folder)).toEqual([`x.lock.${round + 1}`]);
    await rm(`${path}.${round + 1}`);
  }
});

test('what was noted for a lock that somebody else has by now is not written over theirs', async () => {
  const first = await takeSetupLock(path);
  await rm(`${path}.1`);
  const theirs = JSON.stringify({ holder: { pid: 4_000_000, start: '1' }, child: null });
  await writeFile(`${path}.1`, theirs);
  await first.note(process.pid);
  await first.release();
  expect(await readFile(`${path}.1`, 'utf8')).toBe(theirs);
});

test.each<[string, string]>([
  ['nonsense', 'nonsense'],
  ['nobody', JSON.stringify({ holder: { pid: 4_000_000, start: '1' }, child: null })],
  [
    'a number that somebody else has now',
    JSON.stringify({ holder: { pid: process.pid, start: '1' }, child: null }),
  ],
])('a lock of %s is taken over', async (_name, content) => {
  await writeFile(`${path}.1`, content);
  const lock = await takeSetupLock(path);
  expect(await readFile(`${path}.2`, 'utf8')).toContain(String(process.pid));
  await lock.release();
});

test('an installer that outlived its core is ended', async () => {
  const left = spawn('/bin/sleep', ['60'], { detached: true, stdio: 'ignore' });
  const ended = new Promise(done => left.once('exit', (_code, signal) => done(signal)));
  const child = { pid: left.pid, start: await startOf(left.pid ?? 0) };
  await writeFile(`${path}.1`, JSON.stringify({ holder: { pid: 4_000_000, start: '1' }, child }));
  await (await takeSetupLock(path)).release();
  expect(await ended).toBe('SIGKILL');
});
