import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { overridesMethod, readPath } from '../../../../../src/main/core/profiles/jupyter/roles/asked-path.ts';

test.each([
  ['/', []],
  ['/lab', ['lab']],
  ['/lab/', ['lab']],
  ['/api/contents/a%20b/Zo%C3%AB.ipynb', ['api', 'contents', 'a%20b', 'Zo%C3%AB.ipynb']],
  ['/files/100%25.txt', ['files', '100%25.txt']],
  ['/files/...', ['files', '...']],
  ['/files/.hidden', ['files', '.hidden']],
  ['/lab/api/settings/@jupyterlab/x:y', ['lab', 'api', 'settings', '@jupyterlab', 'x:y']],
])('%s has one reading', (path, pieces) => {
  expect(readPath(path)).toEqual(pieces);
});

test.each([
  '',
  'lab',
  '//',
  '//lab',
  '/lab//',
  '/a//b',
  '/.',
  '/..',
  '/a/../b',
  '/a/./b',
  '/a/%2e',
  '/a/%2E%2e/b',
  '/a/%252e%252e/b',
  '/a%2fb',
  '/a%5Cb',
  '/a\\b',
  '/a%00',
  '/a%0a',
  '/a%7f',
  '/a%2500',
  '/a%',
  '/a%zz',
  '/a%ff',
  '/%c0%ae',
  '/a b',
  '/ä',
  '/a?b',
  '/a#b',
  '/a\u0000',
  `/${'a'.repeat(5000)}`,
  '/%25252525252525252e',
])('%j has not', path => {
  expect(readPath(path)).toBeNull();
});

test('a path with one reading keeps it however often it is decoded', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('a', '/', '.', '%', '2', 'e', 'f', '5', 'c', '%25', '%2e', '%2f', '\\'), {
        maxLength: 14,
      }),
      parts => {
        let text = `/${parts.join('')}`;
        if (readPath(text) === null) return;
        for (let round = 0; round < 6; round++) {
          expect(text).not.toMatch(/\/\/|\\|\/\.\.?(?:\/|$)/);
          expect(text.split('/').length).toBe(`/${parts.join('')}`.split('/').length);
          try {
            text = decodeURIComponent(text);
          } catch {
            return;
          }
        }
      },
    ),
    { numRuns: 5000 },
  );
});

test('a method in the query', () => {
  for (const query of [
    '_method=PUT',
    'a&_Method',
    '%5Fmethod=x',
    '%255fmethod',
    '+_method=x',
    'X-HTTP-Method-Override=x',
  ])
    expect([query, overridesMethod(query)]).toEqual([query, true]);
  for (const query of ['', 'method=x', 'a=_method', 'content=1&type=notebook', 'a=%'])
    expect([query, overridesMethod(query)]).toEqual([query, false]);
});
