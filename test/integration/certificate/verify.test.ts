/* What OpenSSL thinks of our authority: the same rules as in every browser, by somebody else's code. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { X509Certificate } from 'node:crypto';
import {
  asWritten,
  makeAuthority,
  type Authority,
} from '../../../src/main/core/share/certificate/authority.ts';
import { writeLeaf } from '../../../src/main/core/share/certificate/certificate-writer.ts';
import { permits } from '../../../src/main/core/share/certificate/name-constraints.ts';
import { keyFromDer } from '../../../src/main/core/share/certificate/key-match.ts';
import { issueLeaf } from '../../../src/main/core/share/certificate/leaf.ts';
import { everyName, hostNames, type HostNames } from '../../../src/main/core/share/network/host-names.ts';
import { makeCertificate } from '../../support/certificates.ts';

const host = hostNames(
  ['lab-pc7', 'lab-pc7.local', 'lab-pc7.physics.example.edu', 'localhost'],
  ['127.0.0.1', '::1', '192.168.1.20', '203.0.113.9', 'fd00::2'],
);
const now = Date.now();
const openssl = 'openssl';
let folder = '';
let authority: Authority;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-verify-'));
  authority = await makeAuthority(host, now);
  await writeFile(join(folder, 'ca.pem'), authority.certificate.toString());
});

afterAll(() => rm(folder, { recursive: true }));

/** What a thief of the authority's key would do: sign whatever he likes. */
async function signed(names: HostNames, commonName = 'x'): Promise<string> {
  const period = { from: now - 1000, to: now + 86_400_000 };
  const leaf = await writeLeaf({ authority: asWritten(authority), commonName, host: names, period });
  return new X509Certificate(leaf.certificate).toString();
}

async function verify(pem: string, ...more: readonly string[]): Promise<{ good: boolean; words: string }> {
  const file = join(folder, 'leaf.pem');
  await writeFile(file, pem);
  const strict = ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', join(folder, 'ca.pem')];
  const { status, stdout, stderr } = spawnSync(openssl, [...strict, ...more, file], { encoding: 'utf8' });
  return { good: status === 0, words: stdout + stderr };
}

test('accepted for this computer, under each of its names and addresses', async () => {
  const leaf = await issueLeaf(authority, host, now);
  const pem = leaf.certificate.toString();
  expect((await verify(pem)).words).toContain('OK');
  for (const name of host.names) expect((await verify(pem, '-verify_hostname', name)).words).toContain('OK');
  for (const ip of host.addresses) expect((await verify(pem, '-verify_ip', ip)).words).toContain('OK');
  expect((await verify(pem, '-verify_hostname', 'other.local')).words).toMatch(/hostname mismatch/i);
});

test('refused for example.com and for every other name and address that is not ours, also as one of several and as CN alone', async () => {
  const stolen: readonly HostNames[] = [
    hostNames(['example.com'], []),
    hostNames(['www.bank.de', 'lab-pc7.local'], []),
    hostNames(['physics.example.edu'], []),
    hostNames([], ['8.8.8.8']),
    hostNames([], ['203.0.113.10']),
    hostNames([], ['2001:4860:4860::8888']),
    hostNames([], ['::ffff:10.0.0.1']),
  ];
  for (const names of stolen) {
    const answer = await verify(await signed(names));
    expect(answer, everyName(names).join()).toEqual({
      good: false,
      words: expect.stringContaining('permitted subtree violation'),
    });
  }
  const nameless = await verify(
    await signed(hostNames([], []), 'example.com'),
    '-verify_hostname',
    'example.com',
  );
  expect(nameless.good).toBe(false);
});

test('refused for anything but a server', async () => {
  const leaf = await issueLeaf(authority, host, now);
  const pem = leaf.certificate.toString();
  for (const purpose of ['sslclient', 'smimesign', 'timestampsign', 'codesign']) {
    expect((await verify(pem, '-purpose', purpose)).good, purpose).toBe(false);
  }
});

test('refused below a second authority that the stolen key has made', async () => {
  const key = keyFromDer(authority.key.reveal());
  const pem = authority.certificate.toString();
  const keyPem = key.export({ format: 'pem', type: 'pkcs8' }).toString();
  const issuer = { certificate: authority.certificate, pem, key, keyPem };
  const times = { from: now - 1000, to: now + 86_400_000 };
  const second = await makeCertificate({ subject: 'CN=Second', ca: true, issuer, ...times });
  const below = await makeCertificate({ issuer: second, host: hostNames(['lab-pc7.local'], []), ...times });
  const untrusted = join(folder, 'second.pem');
  await writeFile(untrusted, second.pem);
  const answer = await verify(below.pem, '-untrusted', untrusted);
  expect(answer).toEqual({ good: false, words: expect.stringContaining('path length constraint exceeded') });
});

test('refused before and after its time; a clock that is some hours behind does no harm', async () => {
  const leaf = await issueLeaf(authority, host, now);
  const at = (ms: number): Promise<{ good: boolean; words: string }> =>
    verify(leaf.certificate.toString(), '-attime', String(Math.floor(ms / 1000)));
  expect((await at(now - 20 * 3_600_000)).good).toBe(true);
  expect((await at(now - 30 * 3_600_000)).words).toContain('not yet valid');
  expect((await at(now + 28 * 86_400_000)).good).toBe(true);
  expect((await at(now + 30 * 86_400_000)).words).toContain('expired');
});

test('OpenSSL and our own rule agree on any name and address', async () => {
  const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,5}[a-z0-9])?$/);
  const end = fc.constantFrom(
    '',
    '.local',
    '.localhost',
    '.lab-pc7',
    '.example.edu',
    '.lab-pc7.physics.example.edu',
  );
  const name = fc.tuple(label, end).map(([first, rest]) => first + rest);
  const ours = fc.constantFrom('10.', '192.168.', '172.20.', '100.80.', '203.0.');
  const near = fc
    .tuple(ours, fc.nat(255), fc.nat(255))
    .map(([start, a, b]) => `${start}${a}.${b}.9`.split('.').slice(0, 4).join('.'));
  const candidate = fc.oneof(name, near, fc.ipV4(), fc.ipV6());
  await fc.assert(
    fc.asyncProperty(candidate, async one => {
      const names = hostNames([one], [one]);
      fc.pre(everyName(names).length === 1);
      const answer = await verify(await signed(names));
      expect(answer.good, answer.words).toBe(permits(authority.constraints, everyName(names)[0] ?? ''));
    }),
    { numRuns: 150 },
  );
});
