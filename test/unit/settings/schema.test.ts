import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, expectTypeOf, test } from 'vitest';
import { isSettingKey, rowOf, settingKeys, type Settings } from '../../../src/main/core/settings/schema.ts';

test.each(settingKeys)('%s: its default fits its type, and its help is a sentence', key => {
  const row = rowOf(key);
  expect(row.type.safeParse(row.default)).toEqual({ success: true, data: row.default });
  expect(row.help).toMatch(/^[A-Z].{20,}\.$/);
  expect(row.wanted).toMatch(/^[a-z]/);
  expect(key).toMatch(/^[a-z]+\.[a-z][A-Za-z]+$/);
});

test('the words for a value follow from its type', () => {
  expect(rowOf('server.readySeconds').wanted).toBe('a whole number from 1 to 3600');
  expect(rowOf('jupyter.readySeconds').wanted).toBe('a whole number from 1 to 3600, or null');
  expect(rowOf('secrets.store').wanted).toBe('one of auto, keychain, file, memory');
  expect(rowOf('folders.trusted').wanted).toBe('a list of up to 200 absolute paths');
  expect(rowOf('folders.trusted').type.safeParse(Array(201).fill('/a')).success).toBe(false);
});

test('each setting is read somewhere', () => {
  const source = join(import.meta.dirname, '..', '..', '..', 'src');
  const texts = readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name) && !name.endsWith('schema.ts'))
    .map(name => readFileSync(join(source, name), 'utf8'))
    .join('\n');
  // `readySeconds` of one profile is asked for by the profile's name.
  const reads = (key: string): boolean =>
    texts.includes(`get('${key}')`) || (key.endsWith('.readySeconds') && texts.includes('.readySeconds`'));
  expect(settingKeys.filter(key => !reads(key))).toEqual([]);
});

test('values have the types of their rows', () => {
  expectTypeOf<Settings['secrets.store']>().toEqualTypeOf<'auto' | 'keychain' | 'file' | 'memory'>();
  expectTypeOf<Settings['jupyter.readySeconds']>().toEqualTypeOf<number | null>();
  expectTypeOf<Settings['gateway.extraHosts']>().toEqualTypeOf<string[]>();
  expect(isSettingKey('toString')).toBe(false);
  expect(isSettingKey('__proto__')).toBe(false);
});

test.each([
  ['gateway.extraHosts', ['lab.example.org', '192.0.2.1', '[2001:db8::1]', 'a'], true],
  ['gateway.extraHosts', ['*'], false],
  ['gateway.extraHosts', ['*.example.org'], false],
  ['gateway.extraHosts', ['example.org:80', 'localhost:9999', '[::1]:9999'], true],
  ['gateway.extraHosts', ['localhost:'], false],
  ['gateway.extraHosts', ['localhost:0'], false],
  ['gateway.extraHosts', ['localhost:*'], false],
  ['sharing.names', ['example.org:80'], false],
  ['gateway.extraHosts', ['http://example.org'], false],
  ['gateway.extraHosts', ['a b'], false],
  ['gateway.extraHosts', [''], false],
  ['gateway.trustedProxies', 1, false],
  ['gateway.trustedProxies', ['127.0.0.1/32', '2001:db8::/32', '::1/128', '0.0.0.0/0'], true],
  ['gateway.trustedProxies', ['10.0.0.1'], false],
  ['gateway.trustedProxies', ['10.0.0.1/33'], false],
  ['sharing.trustedProxies', ['2001:db8::/129'], false],
  ['sharing.trustedProxies', ['::::/8'], false],
  ['sharing.trustedNetworks', ['1.2.3/8'], false],
  ['environment.names', ['CUDA_HOME', 'ProgramFiles(x86)'], true],
  ['environment.names', ['GATEHOUSE_TOKEN'], false],
  ['environment.names', ['LD_PRELOAD'], false],
  ['environment.names', ['A=B'], false],
  ['server.readySeconds', 0, false],
  ['server.readySeconds', 3600, true],
  ['server.readySeconds', Number.NaN, false],
  ['jupyter.defaultFolder', '/home/ada/my work', true],
  ['jupyter.defaultFolder', 'C:\\Users\\Ada', true],
  ['jupyter.defaultFolder', 'work', false],
  ['jupyter.defaultFolder', '/a\0b', false],
  ['secrets.store', 'plain', false],
] as const)('%s = %j: %s', (key, value, allowed) => {
  expect(rowOf(key).type.safeParse(value).success).toBe(allowed);
});

test('attack: a long host name is judged at once', () => {
  expect(rowOf('gateway.extraHosts').type.safeParse(['a'.repeat(200_000) + '!']).success).toBe(false);
});

test('host names are kept in lower case', () => {
  expect(rowOf('gateway.extraHosts').type.parse(['LAB.Example'])).toEqual(['lab.example']);
});
