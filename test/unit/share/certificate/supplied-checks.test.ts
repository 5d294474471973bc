import { generateKeyPairSync } from 'node:crypto';
import { beforeAll, expect, test } from 'vitest';
import { arrangeChain, type Chain } from '../../../../src/main/core/share/certificate/chain.ts';
import { hostNames } from '../../../../src/main/core/share/network/host-names.ts';
import {
  dateFindings,
  suppliedFindings,
  type Judged,
} from '../../../../src/main/core/share/certificate/supplied-checks.ts';
import {
  day,
  makeCertificate,
  makeChain,
  noon,
  type TestCertificate,
  type Wanted,
} from '../../../support/certificates.ts';

let root: TestCertificate;
let middle: TestCertificate;

beforeAll(async () => {
  ({ root, middle } = await makeChain());
});

const path = '/etc/tls/cert.pem';

async function codes(wanted: Wanted, more: Partial<Judged> = {}): Promise<string[]> {
  const leaf = await makeCertificate({ issuer: middle, ...wanted });
  return codesOf([leaf, middle], more);
}

function codesOf(
  [leaf, ...rest]: readonly [TestCertificate, ...TestCertificate[]],
  more: Partial<Judged> = {},
): string[] {
  const chain = arranged([leaf, ...rest], leaf);
  const judged: Judged = {
    path,
    chain,
    trust: 'everybody',
    wanted: [],
    own: ['lab.example.edu'],
    now: noon,
    ...more,
  };
  const findings = suppliedFindings(judged);
  for (const { message, nextStep } of findings) {
    expect(message).toContain(path);
    expect(message).toMatch(/^[A-Z"][^\n]*\.$/);
    expect(nextStep).toMatch(/^[A-Z][^\n]*\.$/);
  }
  return findings.map(finding => `${finding.weight} ${finding.code}`);
}

function arranged(file: readonly TestCertificate[], { key }: TestCertificate): Chain {
  const chain = arrangeChain(
    file.map(one => one.certificate),
    key,
  );
  if (chain === null) throw new Error('The key does not fit.');
  return chain;
}

test('a good one is not spoken of', async () => {
  expect(await codes({})).toEqual([]);
  expect(await codes({ key: 2048 })).toEqual([]);
  expect(await codes({ key: 'P-384' })).toEqual([]);
  expect(await codes({ usages: [] })).toEqual([]);
});

test('one fault, one finding', async () => {
  const rows: readonly [string, Wanted, Partial<Judged>, string[]][] = [
    ['ran out', { to: noon }, {}, ['refuse certificate-expired']],
    ['runs out soon', { from: noon - 77 * day, to: noon + 13 * day }, {}, ['warn certificate-ends-soon']],
    ['short-lived, and fresh', { to: noon + 6 * day }, {}, []],
    ['from tomorrow', { from: noon + day }, {}, ['refuse certificate-not-yet-valid']],
    ['RSA of 1,024 bits', { key: 1024 }, {}, ['refuse key-weak']],
    ['P-521', { key: 'P-521' }, {}, ['warn key-unusual']],
    ['SHA-1', { hash: 'SHA-1' }, {}, ['refuse signature-weak']],
    ['for clients', { usages: ['1.3.6.1.5.5.7.3.2'] }, {}, ['refuse purpose-wrong']],
    ['for everything', { usages: ['2.5.29.37.0'] }, {}, []],
    ['for three years', { to: noon + 899 * day }, {}, ['warn certificate-long']],
    ['no SAN', { host: hostNames([], []) }, {}, ['refuse names-none']],
    ['another host', {}, { wanted: ['other.example.edu'] }, ['refuse names-missing']],
    ['one of two hosts', {}, { wanted: ['lab.example.edu', '10.0.0.1'] }, ['warn names-missing']],
    ['its address', {}, { wanted: ['192.0.2.7'] }, []],
    ['none of our own', {}, { own: ['localhost', '10.0.0.1'] }, ['warn names-foreign']],
    ['of this computer', {}, { trust: 'computer' }, ['warn authority-private']],
    ['of a root in the file', {}, { trust: 'root-supplied' }, ['warn authority-private']],
    ['of itself', {}, { trust: 'self-signed' }, ['warn self-signed']],
    ['of nobody known', {}, { trust: 'open' }, ['warn chain-incomplete']],
  ];
  for (const [what, wanted, more, expected] of rows)
    expect(await codes(wanted, more), what).toEqual(expected);
});

test('faults of the chain', async () => {
  const leaf = await makeCertificate({ issuer: middle });
  const stranger = await makeCertificate({ subject: 'CN=Stranger\u001b[31m' });
  expect(codesOf([leaf, stranger, middle])).toEqual(['warn chain-strangers']);
  expect(codesOf([leaf, root, middle])).toEqual([]);
  expect(codesOf([leaf, middle], { chain: arranged([middle, leaf], leaf) })).toEqual(['warn chain-order']);
  const noAuthority = await makeCertificate({ subject: 'CN=No authority', issuer: middle });
  const below = await makeCertificate({ issuer: noAuthority });
  expect(codesOf([below, noAuthority, middle])).toEqual(['refuse issuer-no-authority']);
  const old = await makeCertificate({ subject: 'CN=Old', ca: true, issuer: root, to: noon - 1 });
  expect(codesOf([await makeCertificate({ issuer: old }), old])).toEqual(['refuse certificate-expired']);
});

test('several faults are several findings; no letter of a subject commands the terminal', async () => {
  const bad = { to: noon - 1, key: 1024, hash: 'SHA-1', subject: 'CN=\u001b[31mred' } as const;
  expect(await codes(bad, { trust: 'self-signed' })).toEqual([
    'refuse certificate-expired',
    'refuse key-weak',
    'refuse signature-weak',
    'warn self-signed',
  ]);
  const { certificate } = await makeCertificate(bad);
  // oxlint-disable-next-line no-control-regex
  expect(dateFindings(path, [certificate], noon)[0]?.message).not.toMatch(/[\u0000-\u001f]/);
});

test('a kind of key that no browser takes', async () => {
  const leaf = await makeCertificate();
  const { publicKey } = generateKeyPairSync('ed25519');
  const chain = arranged([leaf], leaf);
  const odd = new Proxy(leaf.certificate, {
    get: (target, name) => (name === 'publicKey' ? publicKey : Reflect.get(target, name, target)),
  });
  const judged = { path, trust: 'everybody', wanted: [], own: ['lab.example.edu'], now: noon } as const;
  const findings = suppliedFindings({ ...judged, chain: { ...chain, leaf: odd } });
  expect(findings.map(finding => finding.code)).toContain('key-unusual');
});

test('the dates of one in use, day by day', async () => {
  const { certificate } = await makeCertificate();
  const at = (now: number): string[] => dateFindings(path, [certificate], now).map(finding => finding.code);
  expect(at(noon)).toEqual([]);
  expect(at(noon + 75 * day)).toEqual([]);
  expect(at(noon + 76 * day)).toEqual(['certificate-ends-soon']);
  expect(at(noon + 90 * day)).toEqual(['certificate-expired']);
});
