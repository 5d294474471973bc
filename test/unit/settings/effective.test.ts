import { expect, test } from 'vitest';
import { accept, effective, type Values } from '../../../src/main/core/settings/effective.ts';

const key = 'core.graceMinutes';

test.each<[string, Values, Values, number, string]>([
  ['nobody chose', {}, {}, 10, 'default'],
  ['the user chose', { [key]: 5 }, {}, 5, 'user'],
  ['the user chose the default', { [key]: 10 }, {}, 10, 'user'],
  ['the policy beats the user', { [key]: 5 }, { [key]: 3 }, 3, 'policy'],
  ['the policy beats the default', {}, { [key]: 3 }, 3, 'policy'],
  ['a bad choice of the user', { [key]: 'x' }, {}, 10, 'default'],
  ['a bad choice of the user under a policy', { [key]: 'x' }, { [key]: 3 }, 3, 'policy'],
  ['a bad policy', { [key]: 5 }, { [key]: -1 }, 5, 'user'],
])('%s', (_name, user, policy, value, source) => {
  const { settings, infos } = effective(user, policy);
  expect(settings[key]).toBe(value);
  expect(infos.find(info => info.key === key)).toMatchObject({ value, source, default: 10 });
});

test('what could not be used is named', () => {
  const now = effective({ [key]: -1, 'my.own': 1, 'secrets.store': 'memory' }, { [key]: 'x', other: 1 });
  expect(now.unusable).toEqual([key]);
  expect(now.unknown).toEqual(['my.own']);
  expect(now.unusablePolicy).toEqual([key, 'other']);
  expect(now.settings['secrets.store']).toBe('memory');
});

test('attack: inherited names are not settings', () => {
  const user = Object.create({ [key]: 1 }, { constructor: { value: 2, enumerable: true } });
  const now = effective(user, {});
  expect(now.settings[key]).toBe(10);
  expect(now.unknown).toEqual(['constructor']);
});

test('null is a value where the row allows it', () => {
  expect(accept('jupyter.readySeconds', null)).toEqual({ value: null });
  expect(accept('server.readySeconds', null)).toBeUndefined();
});
