import { expect, test } from 'vitest';
import { choose } from '../../src/main/core/choose-found.ts';
import { found } from '../support/fake-ports.ts';

test.each([
  ['the best one that works', [found('broken', { problem: 'it is' }), found('good')], undefined, 'good'],
  ['the one asked for', [found('a'), found('b')], 'b', 'b'],
])('%s is chosen', (_name, all, wanted, id) => expect(choose(all, wanted).id).toBe(id));

test.each([
  ['nothing is installed', [], undefined, 'none-found'],
  ['everything is broken', [found('a', { problem: 'no' })], undefined, 'none-found'],
  ['the one asked for is gone', [found('a')], 'b', 'not-found-here'],
  ['the one asked for is broken', [found('a', { problem: 'no libpython' })], 'a', 'cannot-start'],
])('when %s, that is said', (_name, all, wanted, code) => {
  expect(() => choose(all, wanted)).toThrow(
    expect.objectContaining({ code, nextStep: expect.stringMatching(/./) }),
  );
});
