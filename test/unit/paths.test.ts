import { chmod, lstat, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { preparePaths, systemPaths, type Paths } from '../../src/main/core/paths.ts';

const uid = process.getuid?.() ?? null;
let folder = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'paths-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('Linux without any variable uses the places of the XDG specification', () => {
  expect(systemPaths({}, 'linux', '/home/ada', 1000, () => false)).toEqual({
    home: '/home/ada',
    custom: false,
    config: '/home/ada/.config/gatehouse',
    data: '/home/ada/.local/share/gatehouse',
    state: '/home/ada/.local/state/gatehouse',
    logs: '/home/ada/.local/state/gatehouse/logs',
    cache: '/home/ada/.cache/gatehouse',
    runtime: '/tmp/gatehouse-1000-cf2d5242',
    uid: 1000,
  });
});

test.each([
  ['an absolute XDG folder is used', { XDG_CONFIG_HOME: '/etc/ada' }, 'config', '/etc/ada/gatehouse'],
  ['a relative one is ignored', { XDG_CONFIG_HOME: 'etc' }, 'config', '/home/ada/.config/gatehouse'],
  ['an empty one is ignored', { XDG_DATA_HOME: '' }, 'data', '/home/ada/.local/share/gatehouse'],
  ['XDG_RUNTIME_DIR', { XDG_RUNTIME_DIR: '/run/user/1000' }, 'runtime', '/run/user/1000/gatehouse'],
  ['GATEHOUSE_HOME', { GATEHOUSE_HOME: '/srv/Ärger mit Ö/' }, 'home', '/srv/Ärger mit Ö'],
  ['its config', { GATEHOUSE_HOME: '/srv/a b' }, 'config', '/srv/a b/config'],
  ['its runtime', { GATEHOUSE_HOME: '/srv/a b', XDG_RUNTIME_DIR: '/run' }, 'runtime', '/srv/a b/run'],
  [
    'XDG_RUNTIME_DIR of root under su',
    { XDG_RUNTIME_DIR: '/run/user/0' },
    'runtime',
    '/run/user/1000/gatehouse',
  ],
  ['XDG_RUNTIME_DIR not set by cron', {}, 'runtime', '/run/user/1000/gatehouse'],
  ['XDG_RUNTIME_DIR elsewhere', { XDG_RUNTIME_DIR: '/srv/run' }, 'runtime', '/srv/run/gatehouse'],
  ['an empty GATEHOUSE_HOME is none', { GATEHOUSE_HOME: '' }, 'home', '/home/ada'],
] as const)('%s', (_name, environment, key, wanted) => {
  const isThere = (folder: string): boolean => folder === '/run/user/1000';
  expect(systemPaths(environment, 'linux', '/home/ada', 1000, isThere)[key]).toBe(wanted);
});

test('macOS and Windows use their own places', () => {
  const mac = systemPaths({}, 'darwin', '/Users/ada', 501);
  expect(mac.config).toBe('/Users/ada/Library/Application Support/Gatehouse');
  expect(mac.logs).toBe('/Users/ada/Library/Logs/Gatehouse');
  const windows = systemPaths({ APPDATA: 'D:\\Roaming' }, 'win32', 'C:\\Users\\Ada', 0);
  expect(windows.config).toBe('D:\\Roaming\\Gatehouse');
  expect(windows.state).toBe('C:\\Users\\Ada\\AppData\\Local\\Gatehouse\\state');
  expect(windows.uid).toBeNull();
});

test.each([
  ['linux', 67],
  ['darwin', 63],
] as const)('on %s the runtime folder leaves room for a socket name', (platform, limit) => {
  for (const length of [10, limit - 5, limit - 4, limit - 3, 200]) {
    const home = `/${'ü'.repeat(length)}`.slice(0, length);
    const paths = systemPaths({ GATEHOUSE_HOME: home }, platform, '/home/ada', 1000);
    expect(Buffer.byteLength(paths.runtime)).toBeLessThanOrEqual(limit);
  }
  const long = `/${'x'.repeat(100)}`;
  const deep = systemPaths({ GATEHOUSE_HOME: long, TMPDIR: '/var/tmp' }, platform, '/home/ada', 7);
  expect(deep.runtime).toMatch(/^\/tmp\/gatehouse-7-[0-9a-f]{8}$/);
  expect(systemPaths({ GATEHOUSE_HOME: `${long}/` }, platform, '/', 7).runtime).toBe(deep.runtime);
});

test.each(['work', './work', '~/work'])('GATEHOUSE_HOME=%s is refused as wrong usage', given => {
  expect(() => systemPaths({ GATEHOUSE_HOME: given }, 'linux', '/home/ada', 1000)).toThrowError(
    expect.objectContaining({ code: 'home-relative', exitCode: 2 }),
  );
});

test('no home at all is said', () => {
  expect(() => systemPaths({}, 'linux', '', 1000)).toThrowError(
    expect.objectContaining({ code: 'home-unknown' }),
  );
});

const under = (home: string): Paths => systemPaths({ GATEHOUSE_HOME: home }, 'linux', '/', uid);
const refusal = (code: string) => expect.objectContaining({ code, nextStep: expect.stringMatching(/\w/) });

test('every folder is made private, also with a space and an umlaut in the path', async () => {
  const paths = under(join(folder, 'Ö x'));
  await preparePaths(paths);
  await preparePaths(paths);
  for (const path of [paths.config, paths.data, paths.state, paths.logs, paths.cache, paths.runtime]) {
    expect((await lstat(path)).mode & 0o777).toBe(0o700);
  }
});

test('a settings folder that was open to others is closed', async () => {
  const paths = under(folder);
  await mkdir(paths.config);
  await chmod(paths.config, 0o755);
  await preparePaths(paths);
  expect((await lstat(paths.config)).mode & 0o777).toBe(0o700);
});

test('attack: a link where the runtime folder belongs', async () => {
  await mkdir(join(folder, 'elsewhere'), { mode: 0o700 });
  await symlink(join(folder, 'elsewhere'), join(folder, 'run'));
  await expect(preparePaths(under(folder))).rejects.toEqual(refusal('runtime-unsafe'));
});

test('attack: a runtime folder that others may write to', async () => {
  await mkdir(join(folder, 'run'));
  await chmod(join(folder, 'run'), 0o777);
  await expect(preparePaths(under(folder))).rejects.toEqual(refusal('runtime-unsafe'));
});

test('attack: a home in which others may replace folders', async () => {
  await chmod(folder, 0o777);
  await expect(preparePaths(under(folder))).rejects.toEqual(refusal('runtime-unsafe'));
});

test.skipIf(uid === null)('attack: somebody else made the folders before us', async () => {
  const home = under(folder);
  await preparePaths(home);
  const other = (uid ?? 0) + 1;
  await expect(preparePaths({ ...home, uid: other })).rejects.toEqual(refusal('home-foreign'));
  const own = await mkdtemp(join(folder, 'own-'));
  const mine = under(own);
  await preparePaths(mine);
  await expect(preparePaths({ ...mine, runtime: '/proc/1/task' })).rejects.toEqual(refusal('runtime-unsafe'));
});

test('a home that cannot be written names the folder and what to do', async () => {
  await writeFile(join(folder, 'file'), '');
  await expect(preparePaths(under(join(folder, 'file')))).rejects.toThrowError(
    expect.objectContaining({
      code: 'home-unwritable',
      message: expect.stringContaining(join(folder, 'file')),
      nextStep: expect.stringContaining('GATEHOUSE_HOME'),
    }),
  );
});
