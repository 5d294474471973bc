import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  clearSessionCookie,
  isOwnCookie,
  sessionCookieValues,
  setSessionCookie,
  withoutOwnCookies,
} from '../../../../src/main/core/gateway/request/cookies.ts';

test('the cookie is for this name only, out of reach of scripts', () => {
  expect(setSessionCookie('v')).toBe('gatehouse-session=v; HttpOnly; SameSite=Lax; Path=/');
  expect(clearSessionCookie()).toContain('Max-Age=0');
});

test.each([
  ['gatehouse-session=a', ['a']],
  ['x=1; gatehouse-session=a; y=2', ['a']],
  ['x=1;gatehouse-session=a', ['a']],
  ['gatehouse-session=a; gatehouse-session=b', ['a', 'b']],
  ['gatehouse-session=a=b', ['a=b']],
  ['xgatehouse-session=a', []],
  ['Gatehouse-Session=a', []],
  ['x=gatehouse-session=a', []],
  ['gatehouse-session', []],
  ['', []],
])('%s', (header, values) => {
  expect(sessionCookieValues(header)).toEqual(values);
});

test.each([
  ['_xsrf=1; a=2', '_xsrf=1; a=2'],
  ['gatehouse-session=a', null],
  ['_xsrf=1; gatehouse-session=a; b=2', '_xsrf=1; b=2'],
  ['__Host-gatehouse-session=a; b=2', 'b=2'],
  ['__Secure-Gatehouse-x=a;b=2', 'b=2'],
  ['GATEHOUSE-SESSION=a; b=2', 'b=2'],
  ['b=gatehouse-session', 'b=gatehouse-session'],
])('%s without ours', (header, wanted) => {
  expect(withoutOwnCookies(header)).toBe(wanted);
});

test('whatever the header: none of ours is left', () => {
  const part = fc.oneof(
    fc.constantFrom(
      'gatehouse-session=s3cret',
      ' gatehouse-session =s3cret',
      'a=b',
      '',
      'GateHouse-x=s3cret',
      '=',
    ),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 6 }), parts => {
      const left = withoutOwnCookies(parts.join(';')) ?? '';
      return left.split(';').every(one => !isOwnCookie((one.split('=', 1)[0] ?? '').trim()));
    }),
  );
  expect(isOwnCookie('gatehouse-session')).toBe(true);
});
