import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { errorInfo } from '../../../src/main/core/errors.ts';
import { checkSuppliedToken, readSuppliedToken } from '../../../src/main/core/vault/supplied-token.ts';

const uid = process.getuid?.() ?? null;
const unreserved = 'ABCxyz0189-._~';

function refused(value: string): unknown {
  try {
    checkSuppliedToken(value);
  } catch (error) {
    return error;
  }
  throw new Error('it was taken');
}

test.each([
  [unreserved + unreserved, false],
  ['a'.repeat(16), false],
  ['a'.repeat(512), false],
  ['a'.repeat(15), true],
  ['a', true],
])('%j is taken', (value, weak) => {
  const checked = checkSuppliedToken(value);
  expect(checked.token.reveal()).toBe(value);
  expect(checked.weak).toBe(weak);
  expect(checked.warning === null).toBe(!weak);
  expect(inspect(checked, { depth: 9 }) + JSON.stringify(checked)).not.toContain(`'${value}'`);
});

test.each([
  ['', 'is empty'],
  ['a'.repeat(513), 'more than 512'],
  ['sesame open', 'position 7'],
  ['sesame\n', 'position 7'],
  ['&sesame', 'position 1'],
  ['sesäme', 'position 4'],
  ['sesame\u0000', 'position 7'],
  ['sesame%20', 'position 7'],
  ['sesame+/=', 'position 7'],
  ['sesame\u{1F511}', 'position 7'],
])('%j is refused as wrong usage: %s', (value, why) => {
  expect(refused(value)).toMatchObject({ code: 'token-unusable', exitCode: 2 });
  expect(errorInfo(refused(value)).message).toContain(why);
});

test('no refusal prints any part of the token', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }), tail => {
      const value = `walrus${tail}sesame\u0007`;
      const error = refused(value);
      const told = JSON.stringify(errorInfo(error)) + inspect(error).replace(/ {4}at .*/gs, '');
      expect(told).not.toContain('sesame');
      expect(told).not.toContain('walrus');
    }),
  );
});

test('the token comes from the environment or from a private file, not from both', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'token-'));
  try {
    const file = join(folder, 'token');
    await writeFile(file, `${'f'.repeat(20)}\n`, { mode: 0o600 });
    const value = 'e'.repeat(20);
    expect(await readSuppliedToken({}, uid)).toBeNull();
    expect((await readSuppliedToken({ GATEHOUSE_TOKEN: value }, uid))?.token.reveal()).toBe(value);
    const read = await readSuppliedToken({ GATEHOUSE_TOKEN_FILE: file }, uid);
    expect(read?.token.reveal()).toBe('f'.repeat(20));
    const both = readSuppliedToken({ GATEHOUSE_TOKEN: value, GATEHOUSE_TOKEN_FILE: file }, uid);
    await expect(both).rejects.toMatchObject({ code: 'token-twice', exitCode: 2 });
    await expect(readSuppliedToken({ GATEHOUSE_TOKEN: '' }, uid)).rejects.toThrow('is empty');
    await writeFile(file, 'bad token', { mode: 0o600 });
    await expect(readSuppliedToken({ GATEHOUSE_TOKEN_FILE: file }, uid)).rejects.toThrow(
      'GATEHOUSE_TOKEN_FILE',
    );
  } finally {
    await rm(folder, { recursive: true });
  }
});
