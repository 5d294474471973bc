import { beforeAll, expect, test } from 'vitest';
import { makeAuthority, type Authority } from '../../../../src/main/core/share/certificate/authority.ts';
import {
  issueLeaf,
  leafDue,
  packLeaf,
  unpackLeaf,
} from '../../../../src/main/core/share/certificate/leaf.ts';
import { keyFits, keyFromDer } from '../../../../src/main/core/share/certificate/key-match.ts';
import { hostNames } from '../../../../src/main/core/share/network/host-names.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import { day, noon } from '../../../support/certificates.ts';

const host = hostNames(
  ['hal', 'hal.local', 'lab-pc7.example.edu', 'localhost'],
  ['192.168.1.20', '2001:db8::9'],
);
let authority: Authority;

beforeAll(async () => {
  authority = await makeAuthority(host, noon);
});

test('a leaf: thirty days in all, for the names that the authority may speak for, with a key of its own', async () => {
  const leaf = await issueLeaf(authority, host, noon);
  const { certificate } = leaf;
  expect(certificate.validFromDate.getTime()).toBe(noon - day);
  expect(certificate.validToDate.getTime()).toBe(noon + 29 * day);
  expect(certificate.subjectAltName).toBe(
    'DNS:hal.local, DNS:lab-pc7.example.edu, DNS:localhost, IP Address:192.168.1.20',
  );
  expect(certificate.subject).toBe('CN=lab-pc7.example.edu');
  expect(certificate.ca).toBe(false);
  expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1']);
  expect(certificate.checkIssued(authority.certificate)).toBe(true);
  expect(certificate.verify(authority.certificate.publicKey)).toBe(true);
  expect(keyFits(certificate, keyFromDer(leaf.key.reveal()))).toBe(true);
  expect(leaf.key.reveal().equals(authority.key.reveal())).toBe(false);
});

test('it never outlives its authority, nor starts before it', async () => {
  const early = await issueLeaf(authority, host, noon - day / 2);
  expect(early.certificate.validFromDate).toEqual(authority.certificate.validFromDate);
  const late = await issueLeaf(authority, host, noon + 1820 * day);
  expect(late.certificate.validToDate).toEqual(authority.certificate.validToDate);
  expect(leafDue(late, authority, host, noon + 1824 * day)).toBeNull();
  expect(leafDue(late, authority, host, noon + 1825 * day)).toBe('ends-soon');
});

test('when another one is due', async () => {
  const leaf = await issueLeaf(authority, host, noon);
  const more = (names: readonly string[], addresses: readonly string[] = []): typeof host =>
    hostNames([...host.names, ...names], [...host.addresses, ...addresses]);
  const rows = [
    ['as it was', host, noon, null],
    ['with a third left', host, noon + 19 * day, 'ends-soon'],
    ['a moment before', host, noon + 19 * day - 1, null],
    ['a new address', more([], ['10.0.0.7']), noon, 'names-changed'],
    ['a new name', more(['other.local']), noon, 'names-changed'],
    ['what it may not speak for', more(['example.com'], ['8.8.8.8', '2001:db8::10']), noon, null],
    ['a lost network', hostNames(['localhost'], []), noon, null],
    ['a clock set back', host, noon - 2 * day, 'not-yet-valid'],
    ['a clock set far ahead', host, noon + 400 * day, 'ends-soon'],
  ] as const;
  for (const [what, wanted, now, due] of rows) {
    expect(leafDue(leaf, authority, wanted, now), what).toBe(due);
  }
});

test('one of another authority is not used', async () => {
  const other = await makeAuthority(host, noon);
  expect(leafDue(await issueLeaf(other, host, noon), authority, host, noon)).toBe('other-authority');
});

test('it survives being kept; one whose key was exchanged, or that is damaged, is none', async () => {
  const [one, two] = await Promise.all([issueLeaf(authority, host, noon), issueLeaf(authority, host, noon)]);
  const packed = packLeaf(one);
  expect(unpackLeaf(packed)).toMatchObject({ host: one.host });
  expect(unpackLeaf(packed)?.certificate.fingerprint256).toBe(one.certificate.fingerprint256);
  const mixed = { ...JSON.parse(packed.reveal()), key: two.key.reveal().toString('base64') };
  for (const text of ['', '{}', 'null', JSON.stringify(mixed), packed.reveal().slice(1)]) {
    expect(unpackLeaf(new Secret(text)), text.slice(0, 10)).toBeNull();
  }
});

test('a computer with no name that fits is called by its address', async () => {
  const nameless = await issueLeaf(
    authority,
    hostNames(['x'.repeat(63).concat('.local')], ['10.0.0.1']),
    noon,
  );
  expect(nameless.certificate.subject).toBe('CN=10.0.0.1');
  const nobody = await issueLeaf(authority, hostNames(['localhost'], []), noon);
  expect(nobody.certificate.subject).toBe('CN=localhost');
});
