import { execFileSync } from 'node:child_process';
import { assert, property, string } from 'fast-check';
import { expect, test } from 'vitest';
import { shellWord } from '../../src/main/core/shell-word.ts';

const read = (text: string): string =>
  execFileSync('sh', ['-c', `printf %s ${shellWord(text, 'linux')}`], { encoding: 'utf8' });

test.each([
  'a$(touch pwned)',
  'b`touch pwned`',
  'c"; touch pwned; "',
  "d'; touch pwned; '",
  'h\\',
  "it's",
  '!!',
  '~',
])('attack: a shell reads %s as one word, and runs nothing of it', name => expect(read(name)).toBe(name));

test('whatever a name holds, a shell reads it as it is', () => {
  const name = string({ unit: 'grapheme-ascii', maxLength: 30 });
  const isOneWord = property(name, text => {
    expect(read(text)).toBe(text);
  });
  assert(isOneWord, { numRuns: 50 });
});

test('Windows has names without double quotes', () => {
  expect(shellWord('C:\\my lab', 'win32')).toBe('"C:\\my lab"');
});
