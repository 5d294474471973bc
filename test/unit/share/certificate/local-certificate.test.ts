import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import type { SecretStore } from '../../../../src/main/core/ports.ts';
import { createRedactor } from '../../../../src/main/core/log/redact.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import { unpackAuthority } from '../../../../src/main/core/share/certificate/authority.ts';
import {
  createAuthorityStore,
  type AuthorityStore,
} from '../../../../src/main/core/share/certificate/authority-store.ts';
import type { CertificateSource } from '../../../../src/main/core/share/certificate/certificate.ts';
import { localSource } from '../../../../src/main/core/share/certificate/local-certificate.ts';
import { hostNames, type HostNames } from '../../../../src/main/core/share/network/host-names.ts';
import { memoryStore } from '../../../../src/main/core/vault/memory-store.ts';
import { day, noon } from '../../../support/certificates.ts';

const home = hostNames(['lab-pc7', 'lab-pc7.local', 'localhost'], ['127.0.0.1', '192.168.1.20']);

function sourceOf(secretStore: SecretStore, host: () => HostNames = () => home): CertificateSource {
  return withStore(secretStore, host).source;
}

function withStore(
  secretStore: SecretStore,
  host: () => HostNames = () => home,
  redactor = createRedactor(),
): { source: CertificateSource; authorities: AuthorityStore } {
  const authorities = createAuthorityStore({ secretStore, redactor, host });
  return { source: localSource({ authorities, secretStore, redactor, host }), authorities };
}

test('the first question makes both; the next says that nothing has changed', async () => {
  const { source, authorities } = withStore(memoryStore('Chosen.'));
  const first = await source.refresh(null, noon);
  expect(first?.reason).toBe('A certificate was made for this computer.');
  const certificate = first?.certificate;
  expect(certificate).toMatchObject({ kind: 'local', trustedByAll: false, host: home, findings: [] });
  expect(certificate?.validTo).toBe(new Date(noon + 29 * day).toISOString());
  expect(certificate?.authority?.fingerprint).toBe((await authorities.get(noon)).certificate.fingerprint256);
  expect(certificate?.fingerprint).not.toBe(certificate?.authority?.fingerprint);
  expect(await source.refresh(certificate ?? null, noon + day)).toBeNull();
});

test('after a restart a guest meets the same ones; nothing but the keeper holds a key', async () => {
  const secretStore = memoryStore('Chosen.');
  const first = await sourceOf(secretStore).refresh(null, noon);
  const second = await sourceOf(secretStore).refresh(null, noon + day);
  expect(second?.certificate.fingerprint).toBe(first?.certificate.fingerprint);
  expect(second?.certificate.authority).toEqual(first?.certificate.authority);
  expect(second?.reason).toBe('The certificate of the last run is used again.');
  expect(JSON.stringify(first)).not.toContain('PRIVATE KEY');
});

test('keys are known to the redactor in every spelling before anybody sees them', async () => {
  const secretStore = memoryStore('Chosen.');
  const redactor = createRedactor();
  const change = await withStore(secretStore, () => home, redactor).source.refresh(null, noon);
  const kept = (await secretStore.get('share-authority')) ?? new Secret('');
  const key = unpackAuthority(kept).key.reveal().toString('base64');
  const pem = change?.certificate.key.reveal() ?? '';
  const line = pem.split('\n')[2] ?? '';
  expect(line).toMatch(/^[\w+/]{64}$/);
  const text = redactor.redact(`a ${kept.reveal()} b ${key} c ${line} d`);
  expect(text).not.toContain(key);
  expect(text).not.toContain(line);
});

test('a new name brings a new certificate of the same authority', async () => {
  let host = home;
  const source = sourceOf(memoryStore('Chosen.'), () => host);
  const first = await source.refresh(null, noon);
  host = hostNames([...home.names, 'cave.local'], [...home.addresses, '10.8.0.3']);
  const second = await source.refresh(first?.certificate ?? null, noon);
  expect(second?.reason).toBe('This computer has a new name or address; a new certificate was made.');
  expect(second?.certificate.host).toEqual(host);
  expect(second?.certificate.authority).toEqual(first?.certificate.authority);
});

test('what the authority may not speak for is said, and what to do', async () => {
  const host = hostNames(['hal', 'hal.local'], ['2001:db8::9']);
  const source = sourceOf(memoryStore('Chosen.'), () => host);
  const change = await source.refresh(null, noon);
  expect(change?.certificate.findings).toEqual([
    {
      weight: 'warn',
      code: 'names-not-covered',
      message: 'The local certificate authority may not speak for hal, 2001:db8::9.',
      nextStep: expect.stringContaining('another name or address'),
    },
  ]);
});

test('an authority that ends is announced, and replaced only when it has ended', async () => {
  const secretStore = memoryStore('Chosen.');
  const source = sourceOf(secretStore);
  const first = await source.refresh(null, noon);
  const late = await source.refresh(first?.certificate ?? null, noon + 1800 * day);
  expect(late?.certificate.authority).toEqual(first?.certificate.authority);
  expect(late?.certificate.findings.map(finding => finding.code)).toEqual(['authority-ends']);
  const after = await source.refresh(late?.certificate ?? null, noon + 1825 * day);
  expect(after?.reason).toBe('The certificate authority is a new one; guests have to install it.');
  expect(after?.certificate.authority).not.toEqual(first?.certificate.authority);
  expect(after?.certificate.findings).toEqual([]);
});

test('the owner can replace it; the next look brings its certificate', async () => {
  const { source, authorities } = withStore(memoryStore('Chosen.'));
  const first = await source.refresh(null, noon);
  const fresh = await authorities.replace(noon);
  const second = await source.refresh(first?.certificate ?? null, noon);
  expect(second?.certificate.authority?.fingerprint).toBe(fresh.certificate.fingerprint256);
  const leaf = new X509Certificate(second?.certificate.chain ?? '');
  expect(leaf.verify(fresh.certificate.publicKey)).toBe(true);
});

test('a clock that stands before the authority is said, and nothing is thrown away for it', async () => {
  const secretStore = memoryStore('Chosen.');
  const source = sourceOf(secretStore);
  const first = await source.refresh(null, noon);
  const wrong = source.refresh(first?.certificate ?? null, Date.UTC(1970, 0, 1));
  await expect(wrong).rejects.toMatchObject({
    code: 'clock-wrong',
    message:
      'The clock of this computer says 1970-01-01, but its certificate authority is valid from 2026-05-31 on.',
  });
  const again = await sourceOf(secretStore).refresh(null, noon);
  expect(again?.certificate.fingerprint).toBe(first?.certificate.fingerprint);
});

test('a damaged leaf is made anew; a damaged authority is told and left as it is', async () => {
  const secretStore = memoryStore('Chosen.');
  const first = await sourceOf(secretStore).refresh(null, noon);
  await secretStore.set('share-certificate', new Secret('{"key":"x"}'));
  const second = await sourceOf(secretStore).refresh(null, noon);
  expect(second?.certificate.authority).toEqual(first?.certificate.authority);
  expect(second?.certificate.fingerprint).not.toBe(first?.certificate.fingerprint);
  await secretStore.set('share-authority', new Secret('{"key":"x"}'));
  await expect(sourceOf(secretStore).refresh(null, noon)).rejects.toMatchObject({
    code: 'authority-damaged',
  });
  expect((await secretStore.get('share-authority'))?.reveal()).toBe('{"key":"x"}');
});

test('a keychain that is locked meanwhile does not keep a leaf from being renewed; at the start it does, and nothing is made', async () => {
  const secretStore = memoryStore('Chosen.');
  const locked: SecretStore = { ...secretStore, set: () => Promise.reject(new Error('locked')) };
  await expect(sourceOf(locked).refresh(null, noon)).rejects.toThrow('locked');
  expect(await secretStore.get('share-authority')).toBeNull();
  await sourceOf(secretStore).refresh(null, noon);
  const source = sourceOf(locked);
  const first = await source.refresh(null, noon);
  const renewed = await source.refresh(first?.certificate ?? null, noon + 25 * day);
  expect(renewed?.certificate.validTo).toBe(new Date(noon + 54 * day).toISOString());
});

test('more names than a keychain takes are not kept, and stay the same within a run', async () => {
  const secretStore = memoryStore('Chosen.');
  const names = Array.from({ length: 60 }, (_none, index) => `${'n'.repeat(30)}${index}.local`);
  const source = sourceOf(secretStore, () => hostNames(names, []));
  const first = await source.refresh(null, noon);
  expect(first?.certificate.host.names).toHaveLength(60);
  expect(await secretStore.get('share-certificate')).toBeNull();
  expect(await source.refresh(first?.certificate ?? null, noon)).toBeNull();
});
