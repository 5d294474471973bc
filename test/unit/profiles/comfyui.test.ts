import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { kind } from '../../../src/main/core/profiles/comfyui.ts';
import { fakeEnvironment, scratchFolder } from '../../support/fake-environment.ts';
import { foundIn, installProgram, planIn, profileIn } from '../../support/profile-plan.ts';

let scratch: Awaited<ReturnType<typeof scratchFolder>>;
beforeEach(async () => {
  scratch = await scratchFolder();
});
afterEach(() => scratch.remove());

async function unpack(location: string, leftOut = ''): Promise<void> {
  await mkdir(location, { recursive: true });
  for (const name of ['main.py', 'nodes.py']) if (name !== leftOut) await writeFile(join(location, name), '');
  if (leftOut !== 'comfy') await mkdir(join(location, 'comfy'));
  await writeFile(join(location, 'comfyui_version.py'), '# Made by a script.\n__version__ = "0.3.68"\n');
}

test.each(['ComfyUI', 'comfy/ComfyUI', 'Documents/ComfyUI'])(
  'it is found in ~/%s, and run by the Python of its virtual environment in its folder',
  async context => {
    const location = join(scratch.folder, 'home', context);
    await unpack(location);
    await fakeEnvironment(join(location, '.venv'));
    expect(await foundIn(kind, scratch.folder)).toMatchObject([
      { version: '0.3.68', location, problem: null },
    ]);
    const made = await planIn(kind, scratch.folder);
    expect(made.argv).toEqual([
      join(location, '.venv/bin/python'),
      join(location, 'main.py'),
      '--listen',
      '127.0.0.1',
      '--port',
      '4567',
      '--disable-auto-launch',
    ]);
    expect(made.folder).toBe(location);
    expect(made.upstream).toMatchObject({ address: { kind: 'port', port: 4567 }, headers: [] });
    expect(made.caveat?.()).toMatch(/other accounts on this computer/);
  },
);

test('without an environment of its own it is run by the Python on PATH; without any it says so', async () => {
  await unpack(join(scratch.folder, 'home', 'ComfyUI'));
  expect((await foundIn(kind, scratch.folder))[0]?.problem).toMatch(/neither a Python/);
  await installProgram(scratch.folder, 'python3', 'Python 3.12.1');
  expect((await planIn(kind, scratch.folder)).argv[0]).toBe(join(scratch.folder, 'python3'));
});

test.each(['main.py', 'nodes.py', 'comfy'])('a folder without %s is not one', async leftOut => {
  await unpack(join(scratch.folder, 'home', 'ComfyUI'), leftOut);
  expect(await foundIn(kind, scratch.folder)).toEqual([]);
});

test('attack: an opened folder that looks like one is listed and never the default', async () => {
  const cloned = join(scratch.folder, 'cloned');
  await unpack(cloned);
  await fakeEnvironment(join(cloned, 'venv'));
  expect(await foundIn(kind, scratch.folder, cloned)).toMatchObject([{ location: cloned, fromFolder: true }]);
  await unpack(join(cloned, 'ComfyUI'));
  const both = await foundIn(kind, scratch.folder, cloned);
  expect(both.map(({ fromFolder }) => fromFolder)).toEqual([true, true]);
  await expect(planIn(kind, scratch.folder)).rejects.toMatchObject({ code: 'not-installed' });
});

test('the same folder by another name is listed once, and trusted by the place where it is', async () => {
  const location = join(scratch.folder, 'home', 'ComfyUI');
  await unpack(location);
  await fakeEnvironment(join(location, 'venv'));
  const link = join(scratch.folder, 'link');
  await symlink(location, link);
  const found = await foundIn(kind, scratch.folder, link);
  expect(found.map(({ location: where, fromFolder }) => [where, fromFolder])).toEqual([
    [location, undefined],
  ]);
});

test('full alone, with the reason', () => {
  const { sharing } = profileIn(kind, scratch.folder);
  expect(sharing.rules.roles).toEqual(['full']);
  for (const { reason } of sharing.notOffered) expect(reason).toMatch(/runs code/);
});
