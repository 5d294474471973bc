import { expect, test } from 'vitest';
import { pathWith, searchFolders } from '../../src/main/core/search-path.ts';

test.each([
  ['a relative folder', '/usr/bin:bin:/bin', ['/usr/bin', '/bin']],
  ['the current folder', '.:/bin', ['/bin']],
  ['an empty entry, which is the current folder too', ':/bin::', ['/bin']],
  ['nothing but empty', '', []],
])('attack: %s is not searched', (_what, PATH, folders) =>
  expect(searchFolders({ PATH }, 'linux')).toEqual(folders),
);

test('Windows separates by semicolons and may spell it Path', () => {
  expect(searchFolders({ Path: 'C:\\Windows;tools;D:\\bin' }, 'win32')).toEqual(['C:\\Windows', 'D:\\bin']);
});

test('without PATH nothing is searched', () => {
  expect(searchFolders({}, 'linux')).toEqual([]);
});

test('folders of an environment come before those of the user', () => {
  expect(pathWith(['/env/bin'], { PATH: '/usr/bin' }, 'linux')).toBe('/env/bin:/usr/bin');
  expect(pathWith(['/env/bin'], {}, 'linux')).toBe('/env/bin:/usr/local/bin:/usr/bin:/bin');
  expect(pathWith(['C:\\env'], { Path: 'C:\\Windows' }, 'win32')).toBe('C:\\env;C:\\Windows');
  expect(pathWith(['C:\\env'], {}, 'win32')).toBe('C:\\env');
});
