import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { thisComputer } from '../../../src/main/core/home/computer.ts';
import {
  borrowHome,
  clearHome,
  findOwner,
  takeHome,
  type HomeFolders,
  type HomeHold,
} from '../../../src/main/core/home/home-lock.ts';

let folder: string;
let folders: HomeFolders;
let held: { release(): Promise<void> }[] = [];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'home-lock '));
  folders = { state: join(folder, 'state'), data: join(folder, 'data') };
  for (const each of Object.values(folders)) await mkdir(each, { mode: 0o700 });
});
afterEach(async () => {
  for (const each of held) await each.release();
  held = [];
  await rm(folder, { recursive: true, force: true });
});

const core = { version: '1.0.0', runtime: '/run/x', place: 'in the background' };
async function taken(): Promise<HomeHold> {
  const hold = await takeHome(folders, core);
  held.push(hold);
  return hold;
}

/** What a core of another computer or container would have left. */
async function foreign(computer: Record<string, string>, pid = 7): Promise<string> {
  const path = join(folders.state, 'home.lock.1');
  const here = await thisComputer();
  const record = { ...core, pid, started: 'then', computer: { ...here, ...computer } };
  await writeFile(path, `\n${JSON.stringify(record)}`);
  return path;
}

test('it lies in what it protects, is private, and is given back', async () => {
  const hold = await taken();
  await hold.mayWrite();
  for (const each of Object.values(folders)) {
    expect(await readdir(each)).toEqual(['home.lock.1']);
    expect((await stat(join(each, 'home.lock.1'))).mode & 0o777).toBe(0o600);
  }
  expect(await findOwner(folders)).toMatchObject({ pid: process.pid, where: 'alive', runtime: '/run/x' });
  await expect(takeHome(folders, core)).rejects.toMatchObject({ code: 'core-running' });
  // Another folder for state, the same for data: still one home.
  const state = join(folder, 'other');
  await mkdir(state);
  await expect(takeHome({ ...folders, state }, core)).rejects.toMatchObject({ code: 'core-running' });
  expect(await readdir(state)).toEqual([]);
  await hold.release();
  expect(await findOwner(folders)).toBeNull();
  expect(await readdir(folders.data)).toEqual([]);
});

test('another computer is never taken for dead, however long it was silent, and is named', async () => {
  const path = await foreign({ name: 'node1', machine: 'm', boot: 'b' });
  await utimes(path, 1, 1);
  await expect(takeHome(folders, core)).rejects.toMatchObject({
    code: 'home-in-use',
    message: expect.stringContaining('on node1 (process 7, in the background'),
    nextStep: expect.stringContaining('gatehouse takeover'),
  });
  expect(await findOwner(folders)).toMatchObject({ where: 'elsewhere' });
  await clearHome(folders);
  await (await taken()).mayWrite();
});

test('a container of this computer that cannot be seen is taken for dead after a minute of silence', async () => {
  // From outside all containers everything is seen: the question does not arise.
  const { boot, pids } = await thisComputer();
  if (boot === '' || pids === 'pid:[4026531836]') {
    await foreign({ pids: 'pid:[1]' });
    await taken();
    return;
  }
  const path = await foreign({ pids: 'pid:[1]', name: 'a1b2c3' });
  await expect(takeHome(folders, core)).rejects.toMatchObject({ code: 'home-in-use' });
  await utimes(path, 1, 1);
  await taken();
});

test('the life before of this computer, a process that has ended, and half a lock lock nobody out', async () => {
  await foreign({ boot: 'before' });
  await writeFile(join(folders.data, 'home.lock.4'), '{"pid":');
  await writeFile(join(folders.state, 'home.lock.2'), '');
  await foreign({}, 999_999_999);
  await (await taken()).mayWrite();
  expect(await readdir(folders.data)).toEqual(['home.lock.5']);
});

test('who has lost it is refused each write, and takes nothing away from the next one', async () => {
  const hold = await taken();
  await clearHome(folders);
  await foreign({ name: 'node2', machine: 'm', boot: 'b' });
  await expect(hold.mayWrite()).rejects.toMatchObject({
    code: 'home-lost',
    message: expect.stringContaining('on node2'),
  });
  await hold.lost;
  await hold.release();
  expect(await readFile(join(folders.state, 'home.lock.1'), 'utf8')).toContain('node2');
});

test('a command that changes something owns the home from its first write to its end, and is waited for', async () => {
  const command = borrowHome(folders, '1.0.0');
  held.push(command);
  expect(await findOwner(folders)).toBeNull();
  await command.mayWrite();
  expect(await findOwner(folders)).toMatchObject({ runtime: null });
  const next = taken();
  await command.release();
  await (await next).mayWrite();
  const late = borrowHome(folders, '1.0.0');
  await expect(late.mayWrite()).rejects.toMatchObject({ code: 'core-running' });
  await late.release();
});
