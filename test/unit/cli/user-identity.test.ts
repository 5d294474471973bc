import { expect, test } from 'vitest';
import { homeFolder, loginName } from '../../../src/main/cli/user-identity.ts';

const noEntry = (): never => {
  throw new Error('ENOENT: no such file or directory, uv_os_get_passwd');
};

test.each([
  ['the user database', {}, () => 'ada', 'ada'],
  ['$USER', { USER: 'grace', LOGNAME: 'other' }, noEntry, 'grace'],
  ['$LOGNAME', { USER: '', LOGNAME: 'grace' }, noEntry, 'grace'],
  ['the number', { USER: '' }, noEntry, '4321'],
  ['the number, for an entry without a name', {}, () => ' ', '4321'],
])('the login name comes from %s', (_source, environment, lookUp, name) => {
  expect(loginName(environment, 4321, lookUp)).toBe(name);
});

test('a system without uids and names has an unknown user', () => {
  expect(loginName({}, null, noEntry)).toBe('unknown');
});

test('an account without a home folder is told to set HOME', () => {
  expect(() => homeFolder(noEntry)).toThrow(expect.objectContaining({ code: 'no-home-folder' }));
  expect(() => homeFolder(() => '')).toThrow(/no home folder/);
  expect(homeFolder(() => '/home/ada')).toBe('/home/ada');
});
