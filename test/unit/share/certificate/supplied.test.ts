import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { fileError } from '../../../../src/main/core/files.ts';
import { Secret } from '../../../../src/main/core/secret.ts';
import {
  explainRead,
  readSupplied,
  type Supplied,
  type SuppliedOptions,
} from '../../../../src/main/core/share/certificate/supplied.ts';
import { makeCertificate, makeChain, noon, type TestCertificate } from '../../../support/certificates.ts';

let made: Record<'root' | 'middle' | 'leaf', TestCertificate>;
let folder = '';

beforeAll(async () => {
  made = await makeChain();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-supplied-'));
});
afterEach(() => rm(folder, { recursive: true }));

const passphrases = (word: string | null): SuppliedOptions['passphrases'] => ({
  kept: async () => null,
  ask: async () => (word === null ? null : new Secret(word)),
  worked: async () => undefined,
});

/** Writes the files and reads them; `key` null: all in one. */
async function read(
  certificate: string | Buffer,
  key: string | null,
  more: Partial<SuppliedOptions> & { mode?: number } = {},
): Promise<Supplied> {
  const files = { certificate: join(folder, 'cert.pem'), key: key === null ? null : join(folder, 'key.pem') };
  await writeFile(files.certificate, certificate);
  if (files.key !== null) await writeFile(files.key, key ?? '');
  await chmod(files.key ?? files.certificate, more.mode ?? 0o600);
  const roots = (): { everybody: string[]; computer: string[] } => ({
    everybody: [made.root.pem],
    computer: [],
  });
  const uid = process.getuid?.() ?? null;
  return readSupplied(
    { files, passphrases: passphrases(null), wanted: [], own: ['lab.example.edu'], roots, uid, ...more },
    noon,
  );
}

test('one file or two, in any order, with line ends of any system', async () => {
  const { root, middle, leaf } = made;
  const [k, l, m, r] = [leaf.keyPem, leaf.pem, middle.pem, root.pem];
  for (const text of [
    l + m + k,
    k + l + m,
    m + k + l,
    r + m + k + l,
    `${l}text\n${m}${m}${l}${k}`,
    (k + l + m).replaceAll('\n', '\r\n'),
  ]) {
    const { certificate } = await read(text, null);
    expect(certificate).toMatchObject({
      kind: 'supplied',
      chain: l + m,
      fingerprint: leaf.certificate.fingerprint256,
      trustedByAll: true,
      host: { names: ['lab.example.edu'], addresses: ['192.0.2.7'] },
      authority: null,
    });
    expect(certificate?.key.reveal()).toBe(k);
  }
  const apart = await read(l + m, k);
  expect(apart.certificate?.chain).toBe(l + m);
  expect(apart.findings).toEqual([]);
  // The key's file holds the certificate too; several keys, one of which fits.
  expect((await read(l + m, k + l)).certificate?.key.reveal()).toBe(k);
  expect((await read(l + m, (await makeCertificate()).keyPem + k)).certificate?.key.reveal()).toBe(k);
});

test('a locked key is opened with the passphrase', async () => {
  const { middle, leaf } = made;
  const locked = leaf.key
    .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'right' })
    .toString();
  const opened = await read(leaf.pem + middle.pem + locked, null, { passphrases: passphrases('right') });
  expect(opened.certificate?.key.reveal()).toBe(leaf.keyPem);
  await expect(read(leaf.pem + locked, null)).rejects.toMatchObject({ code: 'key-locked' });
  await expect(read(leaf.pem, locked, { passphrases: passphrases('wrong') })).rejects.toMatchObject({
    code: 'passphrase-wrong',
    message: `The passphrase does not open the private key in ${join(folder, 'key.pem')}.`,
  });
});

test('what cannot be read, each with its own sentence', async () => {
  const { middle, leaf } = made;
  const other = await makeCertificate();
  const rows = [
    [leaf.pem, null, 'key-missing'],
    [leaf.pem, leaf.pem, 'key-missing'],
    [leaf.keyPem, null, 'certificate-missing'],
    ['', null, 'certificate-format'],
    [
      '-----BEGIN CERTIFICATE REQUEST-----\nQQ==\n-----END CERTIFICATE REQUEST-----\n',
      null,
      'certificate-format',
    ],
    [leaf.certificate.raw, leaf.keyPem, 'certificate-format'],
    [leaf.pem.replace('MII', 'AAA'), leaf.keyPem, 'certificate-damaged'],
    [leaf.pem, leaf.keyPem.replace('MIG', 'AAA'), 'key-damaged'],
    [leaf.pem + middle.pem, other.keyPem, 'key-does-not-fit'],
    ['x'.repeat(2 ** 20 + 1), null, 'read-failed'],
  ] as const;
  for (const [certificate, key, code] of rows) {
    const refused = await read(certificate, key).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code,
      message: expect.stringContaining(folder),
      nextStep: expect.stringMatching(/\.$/),
    });
  }
  const absent = { certificate: join(folder, 'absent.pem'), key: null };
  await expect(read(leaf.pem, null, { files: absent })).rejects.toMatchObject({
    code: 'certificate-missing',
  });
  await expect(read(leaf.pem, null, { files: { certificate: folder, key: null } })).rejects.toMatchObject({
    code: 'read-failed',
  });
});

test("who may not read certbot's folder is told what to do; another error stays as it is", () => {
  const denied = Object.assign(new Error('denied'), { code: 'EACCES' });
  const refused = fileError('read-failed', 'Cannot read', '/etc/live/key.pem', denied);
  expect(explainRead('/etc/live/key.pem', refused)).toMatchObject({
    code: 'certificate-unreadable',
    message: 'You have no right to read /etc/live/key.pem.',
    nextStep: expect.stringContaining('deploy hook'),
  });
  const full = fileError('read-failed', 'Cannot read', '/x', Object.assign(new Error('io'), { code: 'EIO' }));
  expect(explainRead('/x', full)).toBe(full);
});

test('a key that others can read is refused before anybody is asked for its passphrase', async () => {
  const { middle, leaf } = made;
  const locked = leaf.key
    .export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase: 'right' })
    .toString();
  let asked = 0;
  const counting = { ...passphrases(null), ask: async () => ((asked += 1), null) };
  const open = read(leaf.pem + middle.pem, locked, { mode: 0o644, passphrases: counting });
  await expect(open).rejects.toMatchObject({
    code: 'key-readable',
    kind: 'refused',
    nextStep: expect.stringContaining('chmod 600'),
  });
  expect(asked).toBe(0);
  const group = await read(leaf.pem + middle.pem, leaf.keyPem, { mode: 0o640 });
  expect(group.findings.map(finding => finding.code)).toEqual(['key-group-readable']);
  expect(group.certificate).not.toBeNull();
});

test('one that is refused yields findings and no certificate; one that is only doubtful yields both', async () => {
  const { middle } = made;
  const weak = await makeCertificate({ issuer: middle, key: 1024 });
  const refused = await read(weak.pem + middle.pem, weak.keyPem);
  expect(refused.certificate).toBeNull();
  expect(refused.findings.map(finding => finding.code)).toEqual(['key-weak']);
  const alone = await makeCertificate();
  const doubtful = await read(alone.pem, alone.keyPem);
  expect(doubtful.certificate).toMatchObject({ trustedByAll: false, findings: doubtful.findings });
  expect(doubtful.findings.map(finding => finding.code)).toEqual(['self-signed']);
});
