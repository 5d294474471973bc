import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitTokens } from '../../../../src/main/core/gateway/request/query.ts';
import {
  credentialLocationsOf,
  splitPathToken,
  splitSubprotocols,
  usualCredentialLocations,
} from '../../../../src/main/core/gateway/request/credential-locations.ts';

const bus = credentialLocationsOf({
  headers: ['MWI-Auth_Token'],
  parameters: ['access_token', 'tkn'],
  pathPrefix: '/core/',
  subprotocol: true,
});

test.each([
  ['/core/abc', '/core', 'abc'],
  ['/core/abc?x=1', '/core?x=1', 'abc'],
  ['/core/abc/more/', '/core/more/', 'abc'],
  ['/core/', '/core/', null],
  ['/core', '/core', null],
  ['/core/?token', '/core/?token', null],
  ['/corex/abc', '/corex/abc', null],
  ['/a/core/abc', '/a/core/abc', null],
])('the token in the path %s', (target, left, token) => {
  expect(splitPathToken(target, bus)).toEqual(token === null ? null : { target: left, token });
  expect(splitPathToken(target, usualCredentialLocations)).toBeNull();
});

test.each([
  ['/p?tkn=a&b', '/p?b', ['a']],
  ['/p?%74kn=a', '/p', ['a']],
  ['/p?access%5Ftoken=a', '/p', ['a']],
  ['/core/abc?token=d&tkn=e&x', '/core?x', ['abc', 'd', 'e']],
  ['/p?Tkn=a', '/p?Tkn=a', []],
])('%s is emptied', (target, left, tokens) => {
  expect(splitTokens(target, bus)).toEqual({ target: left, tokens });
});

test('what only one server calls a token is not taken from others', () => {
  expect(splitTokens('/p?tkn=a&access_token=b').tokens).toEqual([]);
});

test('header names are compared in one spelling', () => {
  expect([...bus.headers]).toEqual(['mwi-auth-token']);
});

test.each([
  ['gatehouse.abc', { offered: '', tokens: ['abc'], wantsAnswer: false }],
  ['gatehouse, gatehouse.abc', { offered: '', tokens: ['abc'], wantsAnswer: true }],
  [',v1 , gatehouse.abc,v2', { offered: 'v1, v2', tokens: ['abc'], wantsAnswer: false }],
  ['gatehouse.a, gatehouse.b', { offered: '', tokens: ['a', 'b'], wantsAnswer: false }],
  ['gatehouse', null],
  ['xgatehouse.abc', null],
  ['', null],
])('subprotocols %s', (value, wanted) => {
  expect(splitSubprotocols(value, bus)).toEqual(wanted);
  expect(splitSubprotocols(value, usualCredentialLocations)).toBeNull();
});

test('nothing of a token is ever left in the target', () => {
  const token = fc.stringMatching(/^[\w-]{8,40}$/);
  fc.assert(
    fc.property(token, fc.constantFrom('tkn', 'access_token', 'token', 'gatehouse-token'), (value, name) => {
      const { target } = splitTokens(`/core/${value}/rest?a=1&${name}=${value}&b`, bus);
      expect(target).toBe('/core/rest?a=1&b');
    }),
  );
});
