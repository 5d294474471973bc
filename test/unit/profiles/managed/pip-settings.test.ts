import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { configFiles, onlyPipKnowsIndex } from '../../../../src/main/core/profiles/managed/pip-settings.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

test.each<[Record<string, string>, boolean]>([
  [{ PIP_INDEX_URL: 'https://h/simple' }, true],
  [{ PIP_INDEX_URL: 'https://h/simple', UV_DEFAULT_INDEX: 'https://h/simple' }, false],
  [{ PIP_EXTRA_INDEX_URL: 'https://h' }, true],
  [{ PIP_INDEX_URL: '' }, false],
  [{ PIP_CERT: '/x' }, false],
])('%j', async (environment, wanted) => {
  const scratch = await scratchFolder();
  const named = { ...environment, PIP_CONFIG_FILE: join(scratch.folder, 'none') };
  expect(await onlyPipKnowsIndex(named, scratch.folder, 'linux')).toBe(wanted);
  await scratch.remove();
});

test('a settings file of pip counts when it names an index', async () => {
  const scratch = await scratchFolder();
  await mkdir(join(scratch.folder, '.config/pip'), { recursive: true });
  const file = join(scratch.folder, '.config/pip/pip.conf');
  const look = () => onlyPipKnowsIndex({}, scratch.folder, 'linux');
  await writeFile(file, '[global]\ntimeout = 60\n# index-url = https://h\n');
  expect(await look()).toBe(false);
  await writeFile(file, '[global]\nindex-url = https://h/simple\n');
  expect(await look()).toBe(true);
  await scratch.remove();
});

test('each system keeps the file elsewhere', () => {
  expect(configFiles({ APPDATA: 'C:\\Users\\Z\\AppData\\Roaming' }, 'C:\\Users\\Z', 'win32')).toEqual([
    'C:\\Users\\Z\\AppData\\Roaming\\pip\\pip.ini',
    'C:\\Users\\Z\\pip\\pip.ini',
  ]);
  expect(configFiles({ PIP_CONFIG_FILE: '/x' }, '/Users/z', 'darwin')).toEqual([
    '/x',
    '/Users/z/Library/Application Support/pip/pip.conf',
    '/Users/z/.config/pip/pip.conf',
    '/Users/z/.pip/pip.conf',
    '/etc/pip.conf',
  ]);
});
