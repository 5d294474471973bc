/*
 * The attack: another account makes the folder for sockets in /tmp before Gatehouse does, and the user cannot
 * remove it.
 */
import { execFile } from 'node:child_process';
import { chmod, chown, lstat, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { preparePaths, systemPaths, type Paths } from '../../../src/main/core/paths.ts';
import { withPrivateRuntime } from '../../../src/main/core/home/runtime-folder.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { makeHome, root } from '../../support/core.ts';

const isRoot = process.getuid?.() === 0;
const stranger = 65_534;
let folder = '';
let usual: Paths;
const made = new Set<string>();

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'runtime-'));
  usual = systemPaths({ GATEHOUSE_HOME: longHome(folder) }, 'linux', '/', 0);
  made.add(usual.runtime);
});
afterEach(async () => {
  for (const each of [folder, ...made]) await rm(each, { recursive: true, force: true });
  made.clear();
});

function longHome(place: string): string {
  return join(place, 'a name so long that no socket fits under it '.repeat(2));
}

/** As a process of the user would find it. */
function find(): string {
  const { runtime } = withPrivateRuntime(usual);
  made.add(runtime);
  return runtime;
}

const squats: Readonly<Record<string, (path: string) => Promise<unknown>>> = {
  'a folder': async path => {
    await mkdir(path, { mode: 0o700 });
    await chown(path, stranger, stranger);
  },
  'a folder that is open to all': async path => {
    await mkdir(path);
    await chown(path, stranger, stranger);
    await chmod(path, 0o777);
  },
  'a link to a folder of the user': async path => {
    await mkdir(join(folder, 'private'), { mode: 0o700 });
    await symlink(join(folder, 'private'), path);
  },
  'a link to nothing': path => symlink(join(folder, 'nothing'), path),
  'a file': path => writeFile(path, ''),
};

test.runIf(isRoot).each(Object.entries(squats))(
  '%s of a stranger: another one is taken',
  async (_name, squat) => {
    await squat(usual.runtime);
    const taken = find();
    expect(taken).not.toBe(usual.runtime);
    expect(Buffer.byteLength(taken)).toBeLessThanOrEqual(63);
    const facts = await lstat(taken);
    expect([facts.isDirectory(), facts.uid, facts.mode & 0o777]).toEqual([true, 0, 0o700]);
    await preparePaths(withPrivateRuntime(usual));
    expect(find()).toBe(taken);
    // The stranger leaves: whoever looks now still finds the one that is used.
    await rm(usual.runtime, { recursive: true });
    expect(find()).toBe(taken);
    // It is emptied at a restart of the computer, and the stranger has seen its name.
    await rm(taken, { recursive: true });
    await squats['a file']?.(usual.runtime);
    await squats['a folder']?.(taken);
    const next = find();
    expect([usual.runtime, taken]).not.toContain(next);
    expect(find()).toBe(next);
  },
);

test.runIf(isRoot)('without a stranger it is the usual one, and no seed is kept', async () => {
  expect(find()).toBe(usual.runtime);
  await expect(readFile(join(usual.state, 'runtime-seed'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test.runIf(isRoot)(
  'processes that look at the same time agree where a stranger has the usual one',
  async () => {
    const module = join(root, 'src', 'main', 'core', 'home', 'runtime-folder.ts');
    const script = `import { withPrivateRuntime } from ${JSON.stringify(module)};
    console.log(withPrivateRuntime(${JSON.stringify(usual)}).runtime);`;
    await squats['a folder']?.(usual.runtime);
    const look = async (): Promise<string> =>
      (
        await promisify(execFile)(process.execPath, ['--input-type=module-typescript', '-e', script])
      ).stdout.trim();
    const found = await Promise.all(Array.from({ length: 6 }, look));
    for (const each of found) made.add(each);
    expect([...new Set(found)]).toHaveLength(1);
    expect(found[0]).not.toBe(usual.runtime);
  },
);

test.runIf(isRoot)('a real core starts, and the commands of the same home find it', async () => {
  await using home = await makeHome({ GATEHOUSE_HOME: longHome(folder) });
  await squats['a folder']?.(usual.runtime);
  const upstream = join(root, 'test', 'bench', 'upstream.ts');
  const args = ['--secrets', 'memory', '--', process.execPath, upstream, '{port}'];
  const started = await home.json<ServerInfo>('start', ...args);
  made.add(find());
  const listed = await home.json<readonly ServerInfo[]>('list');
  expect(listed.map(({ id, state }) => [id, state])).toEqual([[started.id, 'ready']]);
  expect((await lstat(join(find(), 'control.sock'))).isSocket()).toBe(true);
});
