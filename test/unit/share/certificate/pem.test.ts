import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { readPem } from '../../../../src/main/core/share/certificate/pem.ts';

const block = (label: string, content = 'QUJD'): string =>
  `-----BEGIN ${label}-----\n${content}\n-----END ${label}-----\n`;
const key = block('PRIVATE KEY', 'S0VZ');
const certificate = block('CERTIFICATE');

test('certificates and keys in any order, with text between, of any system', () => {
  const text = `\uFEFFSubject: x\n${key}\nhello\n${certificate}Bag Attributes\n${block('X509 CERTIFICATE')}`;
  for (const spelled of [
    text,
    text.replaceAll('\n', '\r\n'),
    text.replaceAll('\n', '\r'),
    text.replaceAll('\n', '  \n'),
  ]) {
    const parts = readPem(spelled);
    expect(parts.certificates).toEqual([certificate, certificate]);
    expect(parts.keys.map(one => [one.text.reveal(), one.encrypted])).toEqual([[key, false]]);
    expect(parts.others).toEqual([]);
  }
});

test('which keys are locked, and what else there is', () => {
  const traditional = block('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nQUJD');
  const parts = readPem(
    [
      block('ENCRYPTED PRIVATE KEY'),
      traditional,
      block('EC PRIVATE KEY'),
      block('EC PARAMETERS'),
      block('CERTIFICATE REQUEST'),
    ].join(''),
  );
  expect(parts.keys.map(one => one.encrypted)).toEqual([true, true, false]);
  expect(parts.keys[1]?.text.reveal()).toBe(traditional);
  expect(parts.others).toEqual(['EC PARAMETERS', 'CERTIFICATE REQUEST']);
});

test('half a block is none, also before a whole one', () => {
  for (const text of [
    '',
    'x',
    '-----BEGIN CERTIFICATE-----\nQUJD\n',
    '-----END CERTIFICATE-----',
    '-----BEGIN CERTIFICATE-----',
  ]) {
    expect(readPem(text)).toEqual({ certificates: [], keys: [], others: [] });
    expect(readPem(`${text}\n${certificate}`).certificates).toEqual([certificate]);
  }
});

test('whatever is read, it ends, and a key prints as nothing', () => {
  const line = fc.constantFrom(
    '-----BEGIN CERTIFICATE-----',
    '-----END CERTIFICATE-----',
    '-----BEGIN PRIVATE KEY-----',
    'QUJD',
    '',
    '-----END PRIVATE KEY-----',
  );
  fc.assert(
    fc.property(fc.array(fc.oneof(line, fc.string()), { maxLength: 30 }), lines => {
      const parts = readPem(lines.join('\n'));
      expect(parts.certificates.every(one => one.startsWith('-----BEGIN CERTIFICATE-----\n'))).toBe(true);
    }),
  );
  const started = performance.now();
  readPem('-----BEGIN CERTIFICATE-----\n'.repeat(40_000));
  expect(performance.now() - started).toBeLessThan(2000);
  expect(JSON.stringify(readPem(key))).not.toContain('S0VZ');
});
