import { expect, test } from 'vitest';
import { GatehouseError } from '../../../../src/main/core/errors.ts';
import type { Log } from '../../../../src/main/core/ports.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import {
  openCertificate,
  type CertificateManager,
} from '../../../../src/main/core/share/certificate/certificate-manager.ts';
import type {
  CertificateFinding,
  CertificateSource,
  ShareCertificate,
} from '../../../../src/main/core/share/certificate/certificate.ts';
import { makeCertificate, noon } from '../../../support/certificates.ts';

async function certificate(): Promise<ShareCertificate> {
  const { certificate, pem, keyPem } = await makeCertificate();
  return {
    kind: 'supplied',
    chain: pem,
    key: new Secret(keyPem),
    fingerprint: certificate.fingerprint256,
    validFrom: '',
    validTo: '',
    host: { names: [], addresses: [] },
    authority: null,
    trustedByAll: false,
    findings: [],
  };
}

type Answer = ShareCertificate | Error | null;

/** A source that answers as it is told, and a log that remembers. */
async function open(first: Answer): Promise<{
  secretStore: CertificateManager;
  next: (answer: Answer) => void;
  find: (findings: readonly CertificateFinding[]) => void;
  said: string[];
  asked: () => number;
}> {
  let answer = first;
  let findings: readonly CertificateFinding[] = [];
  let asked = 0;
  const said: string[] = [];
  const keep = (message: string): void => void said.push(message);
  const log: Log = { info: keep, warn: keep, error: keep };
  const source: CertificateSource = {
    async refresh() {
      asked += 1;
      if (answer instanceof Error) throw answer;
      const certificate = answer;
      answer = null;
      return certificate === null ? null : { certificate, reason: 'Changed.' };
    },
    findings: () => findings,
  };
  const secretStore = await openCertificate(source, { clock: () => noon, log, everyMs: 3_600_000 });
  return {
    secretStore,
    next: fresh => (answer = fresh),
    find: now => (findings = now),
    said,
    asked: () => asked,
  };
}

test('servers and listeners get each new certificate, once, and none after they left', async () => {
  const [first, second, third] = await Promise.all([certificate(), certificate(), certificate()]);
  const { secretStore, next } = await open(first);
  const shown: unknown[] = [];
  const told: string[] = [];
  const leave = secretStore.attach({ setSecureContext: options => void shown.push(options.cert) });
  const stop = secretStore.onChange(change => void told.push(change.certificate.fingerprint));
  expect(shown).toEqual([first.chain]);
  expect(secretStore.options().cert).toBe(first.chain);
  next(second);
  await secretStore.look();
  await secretStore.look();
  expect(shown).toEqual([first.chain, second.chain]);
  expect(told).toEqual([second.fingerprint]);
  leave();
  stop();
  next(third);
  await secretStore.look();
  expect([shown.length, told.length]).toEqual([2, 1]);
  expect(secretStore.current()).toBe(third);
  secretStore.close();
});

test('a bad successor changes nothing and is said once, until it is mended', async () => {
  const [first, second] = await Promise.all([certificate(), certificate()]);
  const { secretStore, next, said } = await open(first);
  next(new GatehouseError('certificate-expired', 'It ran out.', { nextStep: 'Renew it.' }));
  await secretStore.look();
  await secretStore.look();
  expect(secretStore.current()).toBe(first);
  const message = 'It ran out. The certificate before it stays in use.';
  expect(secretStore.findings()).toEqual([
    { weight: 'warn', code: 'certificate-expired', message, nextStep: 'Renew it.' },
  ]);
  expect(said).toEqual(['Changed.', message]);
  next(second);
  await secretStore.look();
  expect(secretStore.findings()).toEqual([]);
  expect(secretStore.current()).toBe(second);
  secretStore.close();
});

test('one that OpenSSL does not take reaches no server', async () => {
  const [first, second, other] = await Promise.all([certificate(), certificate(), certificate()]);
  const { secretStore, next } = await open(first);
  const shown: unknown[] = [];
  secretStore.attach({ setSecureContext: options => void shown.push(options.cert) });
  next({ ...second, key: other.key });
  await secretStore.look();
  expect(secretStore.current()).toBe(first);
  expect(shown).toEqual([first.chain]);
  expect(secretStore.findings()).toHaveLength(1);
  secretStore.close();
});

test('what is found later is said when it is found, and again when it changes', async () => {
  const { secretStore, find, said } = await open(await certificate());
  const finding = (message: string): CertificateFinding => ({
    weight: 'warn',
    code: 'x',
    message,
    nextStep: '',
  });
  for (const words of ['Soon.', 'Soon.', 'Now.']) {
    find([finding(words)]);
    await secretStore.look();
  }
  expect(said).toEqual(['Changed.', 'Soon.', 'Now.']);
  secretStore.close();
});

test('a listener that fails harms nobody else; looks do not overlap; a beginning without a certificate is none', async () => {
  const [first, second] = await Promise.all([certificate(), certificate()]);
  const { secretStore, next, said, asked } = await open(first);
  const told: string[] = [];
  secretStore.onChange(() => {
    throw new Error('broken');
  });
  secretStore.onChange(change => void told.push(change.reason));
  next(second);
  await Promise.all([secretStore.look(), secretStore.look(), secretStore.look()]);
  expect(told).toEqual(['Changed.']);
  expect(said.at(-1)).toContain('failed');
  expect(asked()).toBe(4);
  secretStore.close();
  await expect(open(new GatehouseError('key-missing', 'None.'))).rejects.toMatchObject({
    code: 'key-missing',
  });
  await expect(open(null)).rejects.toThrow(TypeError);
});
