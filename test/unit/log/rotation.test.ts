import { expect, test } from 'vitest';
import { agedName, rotationOf } from '../../../src/main/core/log/rotation.ts';

test('the oldest goes first and the log itself moves last', () => {
  expect(rotationOf('a.log', 3)).toEqual({
    remove: 'a.log.3',
    moves: [
      { from: 'a.log.2', to: 'a.log.3' },
      { from: 'a.log.1', to: 'a.log.2' },
      { from: 'a.log', to: 'a.log.1' },
    ],
  });
});

test('with none to keep, the log itself goes', () => {
  expect(rotationOf('a.log', 0)).toEqual({ remove: 'a.log', moves: [] });
});

test('age 0 is the log itself', () => {
  expect([0, 1, 2].map(age => agedName('a.log', age))).toEqual(['a.log', 'a.log.1', 'a.log.2']);
});
