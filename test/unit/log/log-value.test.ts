import { expect, test } from 'vitest';
import { GatehouseError } from '../../../src/main/core/errors.ts';
import { tidy } from '../../../src/main/core/log/log-value.ts';
import { createRedactor } from '../../../src/main/core/log/redact.ts';

const redactor = createRedactor();

test.each<[unknown, unknown]>([
  ['a?token=b', 'a?token=***'],
  [1, 1],
  [null, null],
  [undefined, undefined],
  [
    [1, [2, [3, [4, [5]]]]],
    [1, [2, [3, [4, '[...]']]]],
  ],
  [new Map([['a', 1]]), [['a', 1]]],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [
    { tokens: 3, token: 'x', Cookie: ['x'] },
    { tokens: 3, token: '***', Cookie: '***' },
  ],
  [Object.create({ odd: true }), '***'],
])('%o', (value, wanted) => {
  expect(tidy(value, redactor)).toEqual(wanted);
});

test('an expected error is told without its stack, a fault with it', () => {
  expect(tidy(new GatehouseError('no-core', 'It failed.'), redactor)).toEqual({
    name: 'GatehouseError',
    message: 'It failed.',
    code: 'no-core',
  });
  expect(tidy(new TypeError('odd'), redactor)).toMatchObject({
    stack: expect.stringContaining('log-value.test'),
  });
});

test('attack: an object with code of its own does not run it into the log', () => {
  const sly = { toJSON: () => 'password', text: 'a' };
  expect(tidy(sly, redactor)).toEqual({ toJSON: '[function]', text: 'a' });
});
