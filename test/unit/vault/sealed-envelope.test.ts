import { beforeAll, expect, test } from 'vitest';
import { Secret } from '../../../src/main/core/secret.ts';
import {
  deriveKey,
  saltOf,
  seal,
  unseal,
  type SealingKey,
} from '../../../src/main/core/vault/sealed-envelope.ts';

const values = new Map([
  ['access-token:a', 'the secret itself'],
  ['__proto__', 'odd name'],
  ['ü', 'ö\n'],
]);
let key: SealingKey;
let other: SealingKey;
let text = '';

beforeAll(async () => {
  key = await deriveKey(new Secret('correct horse'));
  other = await deriveKey(new Secret('battery staple'), key.salt);
  text = seal(values, 7, key);
});

test('what was sealed comes back, and only with the passphrase', async () => {
  expect(unseal(text, 7, key, 'F')).toEqual(values);
  const again = await deriveKey(new Secret('correct horse'), saltOf(text, 'F'));
  expect(unseal(text, 7, again, 'F')).toEqual(values);
  expect(() => unseal(text, 7, other, 'F')).toThrowError(
    expect.objectContaining({ code: 'passphrase-wrong', message: 'The passphrase does not open F.' }),
  );
});

test('the text shows neither names nor values, and no two are alike', () => {
  expect(text).not.toMatch(/access-token|secret itself/);
  expect(Buffer.from(JSON.parse(text).sealed, 'base64').toString('latin1')).not.toMatch(/access|secret/);
  expect(JSON.parse(seal(values, 7, key)).sealed).not.toBe(JSON.parse(text).sealed);
});

test('a passphrase is the same however its letters are composed', async () => {
  const composed = await deriveKey(new Secret('caf\u00e9 123'), key.salt);
  const apart = await deriveKey(new Secret('cafe\u0301 123'), key.salt);
  expect(apart.key.equals(composed.key)).toBe(true);
});

test('a guess costs what it should: scrypt with N = 2^17, r = 8, p = 1', () => {
  expect(JSON.parse(text).kdf).toMatchObject({ name: 'scrypt', N: 131_072, r: 8, p: 1 });
});

const base64Fault = (value: string): string => `${value.startsWith('A') ? 'B' : 'A'}${value.slice(1)}`;

test.each<[string, (whole: Record<string, unknown> & { kdf: Record<string, unknown> }) => unknown]>([
  ['a bit of the content', whole => ({ ...whole, sealed: base64Fault(String(whole['sealed'])) })],
  ['a shorter content', whole => ({ ...whole, sealed: String(whole['sealed']).slice(4) })],
  ['an empty content', whole => ({ ...whole, sealed: '' })],
  ['the tag', whole => ({ ...whole, tag: base64Fault(String(whole['tag'])) })],
  ['a short tag', whole => ({ ...whole, tag: 'AAAA' })],
  ['an empty tag', whole => ({ ...whole, tag: '' })],
  ['the nonce', whole => ({ ...whole, nonce: base64Fault(String(whole['nonce'])) })],
  ['an empty nonce', whole => ({ ...whole, nonce: '' })],
  ['the generation in the head', whole => ({ ...whole, generation: 8 })],
  ['the salt', whole => ({ ...whole, kdf: { ...whole.kdf, salt: base64Fault(String(whole.kdf['salt'])) } })],
  ['less work', whole => ({ ...whole, kdf: { ...whole.kdf, N: 2 } })],
  ['more work than any computer does', whole => ({ ...whole, kdf: { ...whole.kdf, N: 2 ** 40 } })],
  ['another version', whole => ({ ...whole, version: 2 })],
  ['another cipher', whole => ({ ...whole, cipher: 'none' })],
  ['one more field', whole => ({ ...whole, more: 1 })],
  ['a missing field', ({ kdf: _kdf, ...rest }) => rest],
  ['not base64', whole => ({ ...whole, sealed: '!!!!' })],
  ['an array', whole => [whole]],
])('attack: %s was changed', (_name, change) => {
  const changed = JSON.stringify(change(JSON.parse(text)));
  for (const generation of [7, 8]) {
    expect(() => unseal(changed, generation, key, 'F')).toThrowError(
      expect.objectContaining({ code: 'secrets-damaged', nextStep: expect.stringContaining('backup') }),
    );
  }
});

test('attack: an older file is passed off as the newest', () => {
  expect(() => unseal(text, 8, key, 'F')).toThrowError(expect.objectContaining({ code: 'secrets-damaged' }));
});

test.each(['', 'x', '{}', 'null', text.slice(0, 50)])('%j is damaged, and says which file', broken => {
  expect(() => saltOf(broken, '/a/F')).toThrow('/a/F was changed or damaged');
});

test('a file that an earlier version sealed is still readable', async () => {
  const earlier =
    '{"version":1,"generation":7,"kdf":{"name":"scrypt","N":131072,"r":8,"p":1,"salt":"fe4/oWJqEfqK6217DOqU3g=="},"check":"xQUlXSp4lrp77uZdg5T0I2vNEztIS9zGNbii+E4t+R8=","cipher":"aes-256-gcm","nonce":"8sMZ3pBImBVUeI7a","tag":"uyo5Gct+Jo9guH6vFP9QlA==","sealed":"eo45YQoG2nblX4+bv9NqLBm9wGkZNe2Nky3P8ZPpNLP9dfB6Cy7nqLy5n7c="}';
  const key = await deriveKey(new Secret('correct horse'), saltOf(earlier, 'F'));
  expect(unseal(earlier, 7, key, 'F')).toEqual(new Map([['access-token:a', 'of an earlier version']]));
});
