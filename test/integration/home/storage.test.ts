import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  open,
  readFile,
  readdir,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { preparePaths, systemPaths } from '../../../src/main/core/paths.ts';
import { createLog } from '../../../src/main/core/log/file-log.ts';
import { createRedactor } from '../../../src/main/core/log/redact.ts';
import { Secret } from '../../../src/main/core/secret.ts';
import { openSettings } from '../../../src/main/core/settings/store.ts';
import { openSealedFile } from '../../../src/main/core/vault/sealed-file-store.ts';

const ask = () => Promise.resolve(new Secret('correct horse'));
const source = (path: string): string =>
  JSON.stringify(new URL(`../../../src/main/core/${path}`, import.meta.url).href);
let root = '';

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'gatehouse storage '));
  await chmod(root, 0o755);
});
afterAll(async () => {
  await rm(root, { recursive: true, force: true });
});

/** A process that writes `count` secrets of its own and then says so. */
function writer(file: string, name: string, count: number): ChildProcess {
  const code = `
    import { openSealedFile } from ${source('vault/sealed-file-store.ts')};
    import { Secret } from ${source('secret.ts')};
    const [file, name, count] = process.argv.slice(1);
    const keeper = await openSealedFile(file, async () => new Secret('correct horse'));
    for (let index = 0; index < Number(count); index++) {
      await keeper.set(name + index, new Secret(String(index)));
      process.stdout.write(index + '\\n');
    }`;
  const args = ['--input-type=module', '--eval', code, file, name, String(count)];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

test('two processes that write the sealed file at once lose nothing', async () => {
  const file = join(root, 'two');
  const writers = ['a', 'b'].map(name => writer(file, name, 20));
  const codes = await Promise.all(writers.map(async child => (await once(child, 'exit'))[0]));
  expect(codes).toEqual([0, 0]);
  const secretStore = await openSealedFile(file, ask);
  for (const name of ['a', 'b']) {
    for (let index = 0; index < 20; index++) {
      expect((await secretStore.get(name + index))?.reveal()).toBe(String(index));
    }
  }
});

test('a process that is killed while it writes leaves a file that opens, with all it had confirmed', async () => {
  const file = join(root, 'killed');
  for (let round = 0; round < 3; round++) {
    const child = writer(file, `r${round}-`, 1_000_000);
    let seen = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      seen += chunk.toString();
      if (seen.split('\n').length > 10 + round) child.kill('SIGKILL');
    });
    await once(child, 'close');
    const last = Number(seen.trimEnd().split('\n').pop());
    const secretStore = await openSealedFile(file, ask);
    expect((await secretStore.get(`r${round}-${last}`))?.reveal()).toBe(String(last));
    await secretStore.set('after', new Secret(String(round)));
  }
});

test('the secrets in a sealed file are not to be found on the disk', async () => {
  const folder = join(root, 'searched');
  await mkdir(folder);
  const secretStore = await openSealedFile(join(folder, 'secrets'), ask);
  await secretStore.set('access-token:jupyter', new Secret('needle-in-the-haystack'));
  const contents = await Promise.all(
    (await readdir(folder)).map(name => readFile(join(folder, name), 'latin1')),
  );
  expect(contents.join('')).toMatch(/scrypt/);
  expect(contents.join('')).not.toMatch(/needle|jupyter|correct horse/);
});

/** Mounts a disk of 64 KiB; false where that is not allowed. */
async function mountSmallDisk(folder: string): Promise<boolean> {
  const child = spawn('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'small', folder], { stdio: 'ignore' });
  return once(child, 'exit').then(
    ([code]) => code === 0,
    () => false,
  );
}

test('on a full disk nothing that was saved is lost, each refusal says so, and afterwards it goes on', async context => {
  const disk = await mkdtemp(join(root, 'disk-'));
  if (!(await mountSmallDisk(disk))) context.skip('no right to mount a small disk here');
  try {
    const settings = await openSettings({ file: join(disk, 'settings.json') });
    await settings.set('core.graceMinutes', 5);
    const secretStore = await openSealedFile(join(disk, 'secrets'), ask);
    await secretStore.set('a', new Secret('kept'));
    const said: string[] = [];
    const log = createLog({
      file: join(disk, 'log'),
      redactor: createRedactor(),
      maxBytes: 1e6,
      kept: 1,
      echo: line => said.push(line),
    });
    await fill(join(disk, 'filler'));

    const full = { code: 'write-failed', nextStep: expect.stringContaining('disk is full') };
    await expect(settings.set('core.graceMinutes', 6)).rejects.toMatchObject(full);
    await expect(secretStore.set('a', new Secret('x'.repeat(9000)))).rejects.toMatchObject(full);
    for (let index = 0; index < 5; index++) log.info('y'.repeat(3000));
    expect(said.filter(line => line.includes('the disk is full'))).toHaveLength(1);
    expect(settings.get('core.graceMinutes')).toBe(5);
    expect((await openSettings({ file: join(disk, 'settings.json') })).get('core.graceMinutes')).toBe(5);
    expect((await secretStore.get('a'))?.reveal()).toBe('kept');
    expect((await readdir(disk)).filter(name => name.includes('.part'))).toEqual([]);

    await rm(join(disk, 'filler'));
    await settings.set('core.graceMinutes', 6);
    await secretStore.set('a', new Secret('new'));
    log.info('again');
    log.close();
    expect(await readFile(join(disk, 'log'), 'utf8')).toMatch(/lines were lost here.*\n.*again/);
    expect((await (await openSealedFile(join(disk, 'secrets'), ask)).get('a'))?.reveal()).toBe('new');
  } finally {
    await once(spawn('umount', [disk], { stdio: 'ignore' }), 'exit');
  }
});

async function fill(path: string): Promise<void> {
  const handle = await open(path, 'w');
  try {
    for (let size = 4096; size >= 1;) {
      const written = await handle.write(Buffer.alloc(size)).then(
        result => result.bytesWritten,
        () => 0,
      );
      if (written === 0) size = Math.floor(size / 2);
    }
  } finally {
    await handle.close();
  }
}

/** Does the work as a user who is nobody in particular, where the tests run as root. */
async function asNobody(work: (uid: number) => Promise<void>): Promise<void> {
  const uid = process.getuid?.() ?? 0;
  if (uid !== 0) return work(uid);
  process.seteuid?.(65_534);
  try {
    return await work(65_534);
  } finally {
    process.seteuid?.(0);
  }
}

test('a home that may not be written to is named, with what to do', async () => {
  const home = await mkdtemp(join(root, 'no right '));
  await chmod(home, 0o555);
  await asNobody(async uid => {
    const paths = systemPaths({ GATEHOUSE_HOME: join(home, 'x') }, 'linux', '/', uid);
    await expect(preparePaths(paths)).rejects.toMatchObject({
      code: 'home-unwritable',
      message: expect.stringContaining(join(home, 'x')),
      nextStep: expect.stringContaining('GATEHOUSE_HOME'),
    });
  });
});

test.skipIf(process.getuid?.() !== 0)(
  'attack: another user was first to make the folder for sockets in /tmp',
  async () => {
    const home = join(root, 'a name so long that no socket fits under it '.repeat(2));
    const paths = systemPaths({ GATEHOUSE_HOME: home }, 'linux', '/', 0);
    expect(paths.runtime).toMatch(/^\/tmp\/gatehouse-0-[0-9a-f]{8}$/);
    const refused = { code: 'runtime-unsafe', exitCode: 4, message: expect.stringContaining(paths.runtime) };
    try {
      await mkdir(paths.runtime, { mode: 0o700 });
      await chown(paths.runtime, 65_534, 65_534);
      await expect(preparePaths(paths)).rejects.toMatchObject(refused);
      await rm(paths.runtime, { recursive: true });

      await symlink(root, paths.runtime);
      await expect(preparePaths(paths)).rejects.toMatchObject(refused);
      await rm(paths.runtime);

      await writeFile(paths.runtime, '');
      await expect(preparePaths(paths)).rejects.toMatchObject(refused);
      await rm(paths.runtime);

      await preparePaths(paths);
    } finally {
      await rm(paths.runtime, { recursive: true, force: true });
    }
  },
);

test.skipIf(process.getuid?.() !== 0)(
  'attack: a folder for settings that belongs to another user',
  async () => {
    const home = await mkdtemp(join(root, 'shared-'));
    await mkdir(join(home, 'config'));
    await chown(join(home, 'config'), 65_534, 65_534);
    const paths = systemPaths({ GATEHOUSE_HOME: home }, 'linux', '/', 0);
    await expect(preparePaths(paths)).rejects.toMatchObject({
      code: 'home-foreign',
      message: expect.stringContaining('uid 65534'),
    });
  },
);
