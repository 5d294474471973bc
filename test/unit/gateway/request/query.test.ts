import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitTokens } from '../../../../src/main/core/gateway/request/query.ts';

test('tokens are decoded and taken out, the rest stays as it is', () => {
  expect(splitTokens('/a?b=%20&token=x%2by&c')).toEqual({ target: '/a?b=%20&c', tokens: ['x+y'] });
  expect(splitTokens('/a?b')).toEqual({ target: '/a?b', tokens: [] });
});

const pair = fc.oneof(
  fc.constantFrom(
    'token=a',
    'gatehouse-token=b',
    '%74oken=c',
    'a=token',
    '%',
    'x=%zz',
    'to%6Ben=d',
    '',
    '=',
    'Token=e',
  ),
  fc.webQueryParameters(),
);

test('whatever the query: no reader finds a token afterwards, and a second look changes nothing', () => {
  fc.assert(
    fc.property(fc.array(pair, { maxLength: 6 }), pairs => {
      const { target, tokens } = splitTokens(`/p?${pairs.join('&')}`);
      const left = new URLSearchParams(target.split('?')[1] ?? '');
      const clean = !left.has('token') && !left.has('gatehouse-token');
      const all = new URLSearchParams(pairs.join('&'));
      const found = all.getAll('token').length + all.getAll('gatehouse-token').length;
      return clean && tokens.length === found && splitTokens(target).target === target;
    }),
    { numRuns: 2000 },
  );
  expect(splitTokens('/p?token=a').tokens).toEqual(['a']);
});
