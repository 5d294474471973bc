import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { safeNext } from '../../../../src/main/core/gateway/owner/next-path.ts';

test.each([
  ['/lab', '/lab'],
  ['/lab/tree/a.ipynb?x=1#y', '/lab/tree/a.ipynb?x=1#y'],
  ['/lab?token=secret', '/lab'],
  ['/?token=secret', '/'],
  ['/_gatehouse/logout', '/'],
  ['/_gatehouse-notes', '/_gatehouse-notes'],
  [`/${'x'.repeat(3000)}`, '/'],
])('%s', (value, wanted) => {
  expect(safeNext(value)).toBe(wanted);
});

test('nothing is the first page', () => {
  expect(safeNext(null)).toBe('/');
});

test('whatever is asked for: on this origin, and nowhere else by any reading', () => {
  const own = 'http://thesis.localhost:8888';
  const piece = fc.constantFrom(
    '/',
    '\\',
    '//',
    '..',
    '.',
    '%2f',
    '%5c',
    '%09',
    'evil.io',
    '@',
    ':',
    '?',
    '#',
    'lab',
    '\t',
    '\n',
    ' ',
    'é',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), pieces => {
      const next = safeNext(pieces.join(''));
      // Even for somebody who forgets to write the origin first.
      return next.startsWith('/') && new URL(next, own).origin === own && new URL(own + next).origin === own;
    }),
    { numRuns: 5000 },
  );
  expect(safeNext('//evil.io')).toBe('/');
});
