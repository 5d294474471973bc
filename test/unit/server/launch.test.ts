import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hasEnded, launch } from '../../../src/main/core/server/launch.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gh o'größe "));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function output(argv: readonly string[], environment: Record<string, string> = {}): Promise<string> {
  const child = await launch({ argv, environment, folder });
  const [words] = await Promise.all([text(child.stdout), once(child, 'close')]);
  return words;
}

test('arguments arrive as they are: no shell reads them', async () => {
  const nasty = ['$(id)', '`id`', 'a b', "it's", '; rm -rf /', '*', '', 'ünï'];
  expect(await output([process.execPath, '-p', 'JSON.stringify(process.argv.slice(1))', ...nasty])).toBe(
    `${JSON.stringify(nasty)}\n`,
  );
});

test('the environment is what is given, and the folder may have any name', async () => {
  expect(await output(['/usr/bin/env'], { ONE: '1' })).toBe('ONE=1\n');
  expect(await output(['/bin/pwd'])).toBe(`${folder}\n`);
});

test.each([
  [0o077, 0o600],
  [0o002, 0o664],
  [0, 0o666],
])(
  'with a mask of %i what it writes has that, and what we write afterwards is as before',
  async (umask, mode) => {
    const before = process.umask();
    const child = await launch({ argv: ['/bin/sh', '-c', ': > made'], environment: {}, folder, umask });
    await once(child, 'close');
    expect(statSync(join(folder, 'made')).mode & 0o777).toBe(mode);
    expect(process.umask()).toBe(before);
  },
);

test('it leads a session and a group of its own', async () => {
  const child = await launch({
    argv: ['/bin/sh', '-c', 'cat /proc/self/stat'],
    environment: { PATH: '/bin:/usr/bin' },
    folder,
  });
  const fields = (await text(child.stdout)).replace(/^.*\) /u, '').split(' ');
  expect([fields[2], fields[3]]).toEqual([String(child.pid), String(child.pid)]);
  if (!hasEnded(child)) await once(child, 'exit');
  expect(hasEnded(child)).toBe(true);
});

test.each<[string, () => string, string]>([
  ['does not exist', () => '/nowhere/lab', 'does not exist'],
  ['may not be run', () => plainFile(''), 'may not run it'],
  ['is a folder', () => (mkdirSync(join(folder, 'd')), join(folder, 'd')), 'may not run it'],
])('a program that %s is an error with a next step', async (_name, program, words) => {
  const argv = [program()];
  await expect(launch({ argv, environment: {}, folder })).rejects.toMatchObject({
    code: 'not-started',
    message: expect.stringContaining(words),
    nextStep: expect.stringContaining('Check'),
  });
});

test('no command at all', async () => {
  await expect(launch({ argv: [], environment: {}, folder })).rejects.toMatchObject({ code: 'not-started' });
});

function plainFile(content: string): string {
  const path = join(folder, 'plain');
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}
