import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Grants } from '../../../../src/main/shell/guards/permission-grants.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'grants-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

test('an answer is kept, for its server only, and goes with it', async () => {
  const file = path.join(folder, 'state', 'permissions.json');
  new Grants(file).set('lab', 'media', true);
  const read = new Grants(file);
  expect(read.get('lab', 'media')).toBe(true);
  expect(read.get('lab', 'notifications')).toBeNull();
  expect(read.get('lab-2', 'media')).toBeNull();
  read.forget('lab');
  expect(new Grants(file).get('lab', 'media')).toBeNull();
  expect((await stat(file)).mode & 0o077).toBe(0);
});

test.each(['', 'not JSON', 'null', '[1]', '{"lab media":"yes"}'])(
  'a file that holds %j is no answer',
  async text => {
    const file = path.join(folder, 'permissions.json');
    await writeFile(file, text);
    expect(new Grants(file).get('lab', 'media')).toBeNull();
    expect(await readFile(file, 'utf8')).toBe(text);
  },
);
