import {
  chmod,
  lstat,
  mkdtemp,
  open,
  readFile,
  readdir,
  rename,
  rm,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  partOf,
  readSecretFile,
  readTextIfPresent,
  sweepParts,
  systemCode,
  writeFileAtomic,
} from '../../src/main/core/files.ts';

const uid = process.getuid?.() ?? null;
let folder = '';
const failure = (code: string): Error => Object.assign(new Error(`${code}: it failed`), { code });

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

test('a file is replaced as a whole and is private from then on', async () => {
  const path = join(folder, 'a b.json');
  await writeFile(path, 'old', { mode: 0o644 });
  await writeFileAtomic(path, 'new');
  expect(await readFile(path, 'utf8')).toBe('new');
  expect((await lstat(path)).mode & 0o777).toBe(0o600);
  expect(await readdir(folder)).toEqual(['a b.json']);
});

test('attack: a link in place of the file is replaced, not followed', async () => {
  await writeFile(join(folder, 'precious'), 'kept');
  await symlink(join(folder, 'precious'), join(folder, 'target'));
  await writeFileAtomic(join(folder, 'target'), 'new');
  expect(await readFile(join(folder, 'precious'), 'utf8')).toBe('kept');
  expect((await lstat(join(folder, 'target'))).isSymbolicLink()).toBe(false);
});

test.each(['ENOSPC', 'EDQUOT', 'EROFS', 'EIO'])(
  '%s while writing leaves the old file and no litter',
  async code => {
    const path = join(folder, 'kept');
    await writeFileAtomic(path, 'old');
    const full: typeof open = async (...args) => {
      const handle = await open(...args);
      handle.writeFile = async () => {
        await handle.write('hal');
        throw failure(code);
      };
      return handle;
    };
    await expect(writeFileAtomic(path, 'new', { open: full, rename })).rejects.toEqual(
      expect.objectContaining({
        code: 'write-failed',
        message: `Cannot save ${path} (${code}).`,
        nextStep: expect.stringMatching(/disk/i),
      }),
    );
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['kept']);
  },
);

test('a failed rename leaves the old file and no litter', async () => {
  const path = join(folder, 'kept');
  await writeFileAtomic(path, 'old');
  const stuck: typeof rename = () => Promise.reject(failure('EPERM'));
  await expect(writeFileAtomic(path, 'new', { open, rename: stuck })).rejects.toThrow(path);
  expect(await readdir(folder)).toEqual(['kept']);
});

test('writers at the same time leave one whole content', async () => {
  const path = join(folder, 'raced');
  const contents = Array.from({ length: 20 }, (_, index) => String(index).repeat(5000));
  await Promise.all(contents.map(content => writeFileAtomic(path, content)));
  expect(contents).toContain(await readFile(path, 'utf8'));
  expect(await readdir(folder)).toEqual(['raced']);
});

test('a missing file is null, a folder or a too large one an error', async () => {
  expect(await readTextIfPresent(join(folder, 'none'), 10)).toBeNull();
  await expect(readTextIfPresent(folder, 10)).rejects.toThrow('is not a file');
  await writeFile(join(folder, 'ten'), '0123456789');
  expect(await readTextIfPresent(join(folder, 'ten'), 10)).toBe('0123456789');
  await expect(readTextIfPresent(join(folder, 'ten'), 9)).rejects.toThrow('larger than 9 bytes');
  await expect(readTextIfPresent('/dev/zero', 9)).rejects.toThrow('is not a file');
});

test('a secret file gives its content without the line end, when it is private', async () => {
  const path = join(folder, 'token');
  await writeFile(path, 'abc def \r\n', { mode: 0o600 });
  expect(await readSecretFile(path, uid)).toBe('abc def ');
  await symlink(path, join(folder, 'link'));
  expect(await readSecretFile(join(folder, 'link'), uid)).toBe('abc def ');
});

test.skipIf(uid === null).each([0o640, 0o604, 0o620])('a secret file of mode %o is refused', async mode => {
  const path = join(folder, 'token');
  await writeFile(path, 'hush-hush', { mode: 0o600 });
  await chmod(path, mode);
  const error: unknown = await readSecretFile(path, uid).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({ code: 'secret-file', nextStep: expect.stringContaining('chmod 600') });
  expect(JSON.stringify(error)).not.toContain('hush');
});

test('a secret file that is not there is named', async () => {
  await expect(readSecretFile(join(folder, 'none'), uid)).rejects.toThrow(join(folder, 'none'));
});

test('system codes are read without trusting the thrown value', () => {
  expect(systemCode(failure('ENOENT'))).toBe('ENOENT');
  expect([undefined, null, 'ENOENT', { code: 'ENOENT' }, new Error('x')].map(systemCode)).toEqual([
    '',
    '',
    '',
    '',
    '',
  ]);
});

test('what a killed writer left is swept once it is old; nothing else is', async () => {
  const path = join(folder, 'a.json');
  const old = [partOf(path), partOf(path), join(folder, 'b.json.aaaaaaaaaaaa.part'), `${path}.part`, path];
  for (const name of [...old, `${path}.ffffffffffff.part`]) await writeFile(name, '');
  for (const name of old) await utimes(name, 0, 0);
  await sweepParts(path);
  expect((await readdir(folder)).sort()).toEqual([
    'a.json',
    'a.json.ffffffffffff.part',
    'a.json.part',
    'b.json.aaaaaaaaaaaa.part',
  ]);
  await sweepParts(join(folder, 'none', 'at all'));
});
