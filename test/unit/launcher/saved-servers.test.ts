import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSavedServers, type SavedServer } from '../../../src/main/core/launcher/saved-servers.ts';
import { silentLog } from '../../support/fake-ports.ts';

const server = (id: string): SavedServer => ({
  id,
  name: 'Zoë',
  title: 'JupyterLab 4.6.6',
  origin: 'PATH',
  folder: '/home/zoë/my work',
  port: 4000,
  request: { profile: 'jupyter', folder: '/home/zoë/my work' },
});

let folder: string;
let warnings: string[];
const log = { ...silentLog, warn: (message: string) => void warnings.push(message) };
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'saved-'));
  warnings = [];
});
afterEach(() => rm(folder, { recursive: true }));

test('what is put is there the next time, in a private file', async () => {
  const servers = await openSavedServers(folder, log);
  await Promise.all([
    servers.put(server('a')),
    servers.put(server('b')),
    servers.put({ ...server('a'), port: 5000 }),
  ]);
  await servers.remove('b');
  expect((await openSavedServers(folder, log)).all()).toEqual([{ ...server('a'), port: 5000 }]);
  expect((await stat(join(folder, 'servers.json'))).mode & 0o077).toBe(0);
  expect(warnings).toEqual([]);
});

test.each(['', '{', 'null', '{"a":1}'])(
  'a file that reads %j is an empty list and a warning, and is kept aside',
  async text => {
    await writeFile(join(folder, 'servers.json'), text);
    expect((await openSavedServers(folder, log)).all()).toEqual([]);
    expect(warnings).toHaveLength(1);
    const [aside = ''] = await readdir(folder);
    expect(aside).toMatch(/^servers\.json\.broken-/);
    expect(await readFile(join(folder, aside), 'utf8')).toBe(text);
  },
);

test('one entry that cannot be read does not cost the others', async () => {
  await writeFile(join(folder, 'servers.json'), JSON.stringify([server('a'), { id: '../x' }, server('c')]));
  expect((await openSavedServers(folder, log)).all().map(({ id }) => id)).toEqual(['a', 'c']);
  expect(warnings).toHaveLength(1);
});
