import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  makeRunContext,
  nameRun,
  prepareRunRoot,
  removeRunContext,
} from '../../../src/main/core/server/run-context.ts';

let root = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh-place-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

const who = (): { serverId: string; folder: string; user: string } => ({
  serverId: 'lab',
  folder: root,
  user: 'me',
});

test('a private folder, a free port and a fresh secret for each run', async () => {
  const runRoot = join(root, 'deep', 'run');
  await prepareRunRoot(runRoot);
  const [one, two] = [nameRun(runRoot), nameRun(runRoot)];
  const [first, second] = [await makeRunContext(one, who()), await makeRunContext(two, who())];
  expect(statSync(runRoot).mode & 0o777).toBe(0o700);
  expect(statSync(first.directory).mode & 0o777).toBe(0o700);
  expect(first.secret.reveal()).toMatch(/^[\w-]{43}$/u);
  expect(first.secret.reveal()).not.toBe(second.secret.reveal());
  expect(first.port).not.toBe(second.port);
  expect(first.canUseSockets).toBe(process.platform !== 'win32');
  expect(JSON.stringify(first)).not.toContain(first.secret.reveal());
  expect(await removeRunContext(first.directory)).toBe(true);
  expect(existsSync(first.directory)).toBe(false);
});

test('where the path is too long for a socket, a port is used', async () => {
  const runRoot = join(root, 'long'.repeat(20));
  await prepareRunRoot(runRoot);
  expect((await makeRunContext(nameRun(runRoot), who())).canUseSockets).toBe(false);
});

test.each<[string, (path: string) => void]>([
  ['others may enter', path => mkdirSync(path, { mode: 0o755 })],
  ['is a link', path => symlinkSync(root, path)],
  ['is a file', path => writeFileSync(path, '')],
])('a run root that %s is refused', async (_name, make) => {
  const path = join(root, 'run');
  make(path);
  if (existsSync(path) && _name === 'others may enter') chmodSync(path, 0o755);
  await expect(prepareRunRoot(path)).rejects.toMatchObject({
    code: 'run-folder-failed',
    nextStep: expect.stringContaining('0700'),
  });
});

test('a working folder that is not there is said in plain words', async () => {
  await prepareRunRoot(join(root, 'run'));
  const folder = join(root, 'gone');
  await expect(makeRunContext(nameRun(join(root, 'run')), { ...who(), folder })).rejects.toMatchObject({
    code: 'no-such-folder',
    message: `The working folder "${folder}" does not exist or cannot be opened.`,
  });
});

test('a working folder may be a link to one', async () => {
  await prepareRunRoot(join(root, 'run'));
  const folder = join(root, 'link');
  symlinkSync(root, folder);
  expect((await makeRunContext(nameRun(join(root, 'run')), { ...who(), folder })).folder).toBe(folder);
});
