import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { errorInfo, GatehouseError } from '../../src/main/core/errors.ts';
import { errorCodes, isErrorCode, type ErrorCode } from '../../src/shared/error-codes.ts';

test.each<[ErrorCode, number]>([
  ['no-core', 1],
  ['usage', 2],
  ['no-such-server', 3],
  ['home-in-use', 4],
])('the code %s ends the command line with %i', (code, exitCode) => {
  expect(new GatehouseError(code, 'It happened.').exitCode).toBe(exitCode);
});

test('a failed start ends the command line as its cause would', () => {
  expect(new GatehouseError('start-failed', 'It failed.', { kind: 'not-found' }).exitCode).toBe(3);
});

test('each code is kebab-case and has a sentence of its own', () => {
  const meanings = Object.values(errorCodes).map(([, meaning]) => meaning);
  expect(new Set(meanings).size).toBe(meanings.length);
  for (const [code, [, meaning]] of Object.entries(errorCodes)) {
    expect(code).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  }
  expect([isErrorCode('no-core'), isErrorCode('ENOENT'), isErrorCode('toString')]).toEqual([
    true,
    false,
    false,
  ]);
});

test('what crosses a process edge is code, sentence, next step and kind, never the cause', () => {
  const cause = new Error('the original');
  const error = new GatehouseError('no-core', 'It happened.', { nextStep: 'Do this.', cause });
  expect(errorInfo(error)).toEqual({
    code: 'no-core',
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

test('each code is produced somewhere', () => {
  const source = join(import.meta.dirname, '..', '..', 'src');
  const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.ts') && !name.endsWith('error-codes.ts'))
    .map(name => readFileSync(join(source, name), 'utf8'))
    .join('\n');
  expect(Object.keys(errorCodes).filter(code => !texts.includes(`'${code}'`))).toEqual([]);
});
