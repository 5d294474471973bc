import { expect, test } from 'vitest';
import { readCredentials, type Shown } from '../../../../src/main/core/gateway/request/credential.ts';

function read(values: Partial<Shown>, query: string[] = [], kind: 'own' | 'loopback' = 'own'): string[] {
  const shown = { cookie: null, authorization: null, token: null, ...values };
  const { credentials, ambiguous } = readCredentials(shown, kind, query);
  return [...(ambiguous ? ['ambiguous'] : []), ...credentials.map(one => `${one.kind} ${one.value}`)];
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

test.each([
  ['Bearer abc', 'authorization abc'],
  ['bearer abc', 'authorization abc'],
  ['token abc', 'authorization abc'],
  ['Token  abc', 'authorization abc'],
  [`Basic ${base64('abc:')}`, 'basic abc'],
  [`Basic ${base64('abc')}`, 'basic abc'],
  [`Basic ${base64('abc:password')}`, 'other '],
  [`Basic ${base64(':abc')}`, 'other '],
  ['Bearer', 'other '],
  ['Bearer a b', 'other '],
  ['Bearer a, Bearer b', 'other '],
  ['Digest username="x"', 'other '],
  ['Negotiate YII', 'other '],
  ['abc', 'other '],
  ['', 'other '],
])('Authorization: %s', (value, wanted) => {
  expect(read({ authorization: value })).toEqual([wanted]);
});

test('all at once, in their order', () => {
  const values = { cookie: 'gatehouse-session=c', authorization: 'Bearer b', token: 'h' };
  expect(read(values, ['q'])).toEqual(['cookie c', 'authorization b', 'header h', 'query q']);
  const basic = { ...values, authorization: `Basic ${base64('b:')}` };
  expect(read(basic, ['q'])).toEqual(['cookie c', 'header h', 'basic b', 'query q']);
});

test('each cookie of our name is tried, within a bound: anybody on this origin can plant one', () => {
  const cookie = 'gatehouse-session=planted; gatehouse-session=real; a=b';
  expect(read({ cookie })).toEqual(['cookie planted', 'cookie real']);
  expect(read({ cookie: 'gatehouse-session=x; '.repeat(500) })).toHaveLength(32);
});

test('two parameters are ambiguous', () => {
  expect(read({}, ['a', 'a'])[0]).toBe('ambiguous');
});

test('a cookie counts on the own name only; a value too long to be a token is none', () => {
  expect(read({ cookie: 'gatehouse-session=c' }, [], 'loopback')).toEqual([]);
  expect(read({ token: 'x'.repeat(513) })).toEqual(['header ']);
  expect(read({})).toEqual([]);
});
