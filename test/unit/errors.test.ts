import { expect, test } from 'vitest';
import { errorInfo, GatehouseError, type ErrorKind } from '../../src/main/core/errors.ts';

test.each<[ErrorKind, number]>([
  ['failed', 1],
  ['usage', 2],
  ['not-found', 3],
  ['refused', 4],
])('an error of kind %s ends the command line with %i', (kind, exitCode) => {
  expect(new GatehouseError('a-code', 'It happened.', { kind }).exitCode).toBe(exitCode);
});

test('what crosses a process edge is code, sentence, next step and kind, never the cause', () => {
  const cause = new Error('the original');
  const error = new GatehouseError('a-code', 'It happened.', { nextStep: 'Do this.', cause });
  expect(errorInfo(error)).toEqual({
    code: 'a-code',
    message: 'It happened.',
    nextStep: 'Do this.',
    kind: 'failed',
  });
  expect(error.cause).toBe(cause);
});

test.each([
  [new TypeError('odd'), 'odd'],
  ['text', 'text'],
  [null, 'null'],
  [undefined, 'undefined'],
])('anything else that was thrown (%s) is a fault of ours', (thrown, message) => {
  expect(errorInfo(thrown)).toMatchObject({ code: 'internal', message, kind: 'failed' });
});
