import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { hashSecret, matchesHash, mintSecret, Secret } from '../../src/main/core/secret.ts';

test('a secret shows itself to nobody by accident', () => {
  const secret = new Secret('hush-hush');
  const shown = [
    String(secret),
    ''.concat(String(secret)),
    JSON.stringify({ secret }),
    inspect(secret),
    inspect({ deep: [secret] }, { depth: 9, showHidden: true, getters: true }),
    JSON.stringify(Object.entries(secret)),
    JSON.stringify(Object.assign({}, secret)),
    JSON.stringify(structuredClone(secret)),
    ['failed with', secret].join(' '),
  ];
  expect(shown.join(' ')).not.toContain('hush');
  expect(shown.slice(0, 4)).toEqual(['***', '***', '{"secret":"***"}', '***']);
  expect(secret.reveal()).toBe('hush-hush');
});

test('a minted secret is 256 bits of the source it is given, in unreserved characters', () => {
  expect(mintSecret(size => Buffer.alloc(size, 0xff)).reveal()).toBe(`${'_'.repeat(42)}8`);
  const many = Array.from({ length: 200 }, () => mintSecret().reveal());
  expect(new Set(many).size).toBe(200);
  for (const secret of many) expect(secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
});

test.each([
  ['the same', 'token', true],
  ['another', 'tokem', false],
  ['a shorter one', 'toke', false],
  ['a longer one', 'token ', false],
  ['nothing', '', false],
  ['another case', 'Token', false],
  ['a look-alike', 't\u043Eken', false],
])('%s matches the hash: %s', (_name, candidate, matches) => {
  expect(matchesHash(candidate, hashSecret('token'))).toBe(matches);
});
