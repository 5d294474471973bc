import { expect, test } from 'vitest';
import {
  authorityState,
  exportAuthority,
  makeAuthority,
  packAuthority,
  unpackAuthority,
} from '../../../../src/main/core/share/certificate/authority.ts';
import { keyFits, keyFromDer } from '../../../../src/main/core/share/certificate/key-match.ts';
import { hostNames } from '../../../../src/main/core/share/network/host-names.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import { day, noon } from '../../../support/certificates.ts';

const host = hostNames(['lab-pc7.physics.example.edu', 'localhost'], ['192.168.1.20', '203.0.113.9']);

test('a new authority is one, of this computer, for five years from a day ago', async () => {
  const authority = await makeAuthority(host, noon);
  const { certificate } = authority;
  expect(certificate.ca).toBe(true);
  expect(certificate.subject).toMatch(/^O=Gatehouse\nCN=Gatehouse on lab-pc7 \([0-9A-F]{4}\)$/);
  expect(certificate.validFromDate.getTime()).toBe(noon - day);
  expect(certificate.validToDate.getTime()).toBe(noon + 1825 * day);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(certificate.publicKey.asymmetricKeyDetails).toEqual({ namedCurve: 'prime256v1' });
});

test('two have nothing in common: key, serial number, name', async () => {
  const [a, b] = await Promise.all([makeAuthority(host, noon), makeAuthority(host, noon)]);
  expect(a.certificate.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  expect(a.certificate.serialNumber).not.toBe(b.certificate.serialNumber);
  expect(a.certificate.fingerprint256).not.toBe(b.certificate.fingerprint256);
  expect(keyFits(a.certificate, keyFromDer(b.key.reveal()))).toBe(false);
});

test('it survives being kept, in a value that every keychain takes, also with the longest names', async () => {
  const names = Array.from({ length: 30 }, (_none, i) => `${'long'.repeat(5)}${i}.example.edu`);
  const longest = Array.from(
    { length: 12 },
    (_none, i) => `${`${'l'.repeat(60)}.`.repeat(3)}${i}.example.edu`,
  );
  for (const wanted of [host, hostNames(names, ['203.0.113.9']), hostNames(longest, ['203.0.113.9'])]) {
    const authority = await makeAuthority(wanted, noon);
    const packed = packAuthority(authority);
    expect(Buffer.byteLength(packed.reveal())).toBeLessThan(2500);
    const again = unpackAuthority(packed);
    expect(again.certificate.fingerprint256).toBe(authority.certificate.fingerprint256);
    expect(again.key.reveal().equals(authority.key.reveal())).toBe(true);
    expect(again.constraints).toEqual(authority.constraints);
  }
});

test('a damaged one is an error that quotes nothing of it', async () => {
  const packed = packAuthority(await makeAuthority(host, noon)).reveal();
  const key = String(JSON.parse(packed).key);
  const broken = ['', '{}', packed.slice(0, -9), packed.replace('"certificate":"MII', '"certificate":"AAA')];
  for (const text of broken) {
    const error = (() => {
      try {
        return unpackAuthority(new Secret(text));
      } catch (thrown) {
        return thrown;
      }
    })();
    expect(error).toMatchObject({ code: 'authority-damaged', cause: undefined });
    expect(JSON.stringify(error) + String((error as Error).stack)).not.toContain(key.slice(0, 20));
  }
});

test('states by the clock', async () => {
  const authority = await makeAuthority(host, noon);
  const states = [
    [noon - 2 * day, 'not-yet-valid'],
    [noon - day, 'valid'],
    [noon, 'valid'],
    [noon + 1779 * day, 'valid'],
    [noon + 1780 * day, 'ending'],
    [noon + 1825 * day, 'expired'],
  ] as const;
  for (const [now, state] of states) expect(authorityState(authority, now), String(now)).toBe(state);
});

test('what is handed out: fingerprint with colons, PEM, DER, and no key', async () => {
  const authority = await makeAuthority(host, noon);
  const exported = exportAuthority(authority);
  expect(exported.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
  expect(exported.name).toMatch(/^Gatehouse on lab-pc7/);
  expect(exported.pem).toContain('BEGIN CERTIFICATE');
  expect(exported.der.equals(authority.certificate.raw)).toBe(true);
  expect(exported.validFrom).toBe('2026-05-31T12:00:00.000Z');
  expect(Object.keys(exported)).toEqual(['fingerprint', 'name', 'validFrom', 'validTo', 'pem', 'der']);
  expect(JSON.stringify(authority)).not.toContain(authority.key.reveal().toString('base64').slice(40, 60));
});
