import { mkdir, mkdtemp, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Secret } from '../../../../src/main/core/secret.ts';
import type {
  CertificateChange,
  CertificateSource,
  ShareCertificate,
} from '../../../../src/main/core/share/certificate/certificate.ts';
import { suppliedSource } from '../../../../src/main/core/share/certificate/supplied-source.ts';
import {
  day,
  makeCertificate,
  makeChain,
  noon,
  type TestCertificate,
} from '../../../support/certificates.ts';

let root: TestCertificate;
let middle: TestCertificate;
let first: TestCertificate;
let second: TestCertificate;
let folder = '';
const at = (name: string): string => join(folder, name);

beforeAll(async () => {
  ({ root, middle, leaf: first } = await makeChain());
  second = await makeCertificate({ issuer: middle });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-source-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Follower {
  readonly source: CertificateSource;
  readonly current: () => ShareCertificate;
  /** One look. */
  readonly look: (now?: number) => Promise<CertificateChange | null>;
  readonly questions: () => number;
}

async function follow(key: string | null = 'key.pem', words: readonly string[] = []): Promise<Follower> {
  let current: ShareCertificate | null = null;
  let questions = 0;
  let kept: Secret<string> | null = null;
  const source = suppliedSource({
    files: { certificate: at('cert.pem'), key: key === null ? null : at(key) },
    passphrases: {
      kept: async () => kept,
      ask: async () => {
        const word = words[questions];
        questions += 1;
        return word === undefined ? null : new Secret(word);
      },
      worked: async passphrase => void (kept = passphrase),
    },
    wanted: [],
    own: ['lab.example.edu'],
    roots: () => ({ everybody: [root.pem], computer: [] }),
    uid: process.getuid?.() ?? null,
  });
  const look = async (now = noon): Promise<CertificateChange | null> => {
    const change = await source.refresh(current, now);
    if (change !== null) current = change.certificate;
    return change;
  };
  await look();
  const known = (): ShareCertificate => {
    if (current === null) throw new Error('There is none.');
    return current;
  };
  return { source, current: known, look, questions: () => questions };
}

const write = (name: string, text: string): Promise<void> => writeFile(at(name), text, { mode: 0o600 });
const put = async ({ pem, keyPem }: TestCertificate): Promise<void> => {
  await write('cert.pem', pem + middle.pem);
  await write('key.pem', keyPem);
};

test('files that do not change are not read again; new ones are taken at the second look that finds them the same', async () => {
  await put(first);
  const follower = await follow();
  expect(await follower.look()).toBeNull();
  await put(second);
  expect(await follower.look()).toBeNull();
  const change = await follower.look();
  expect(change?.reason).toBe('The certificate files have changed.');
  expect(follower.current().fingerprint).toBe(second.certificate.fingerprint256);
  expect(await follower.look()).toBeNull();
});

test('a touch, or the same certificate copied again, is no change', async () => {
  await put(first);
  const follower = await follow();
  await utimes(at('cert.pem'), 1, 1);
  for (let i = 0; i < 3; i += 1) expect(await follower.look()).toBeNull();
  await write('other.pem', first.pem + middle.pem);
  await rename(at('other.pem'), at('cert.pem'));
  for (let i = 0; i < 3; i += 1) expect(await follower.look()).toBeNull();
  expect(follower.current().fingerprint).toBe(first.certificate.fingerprint256);
});

test('certificate and key that come one after the other are no fault in between', async () => {
  await put(first);
  const follower = await follow();
  await write('cert.pem', second.pem + middle.pem);
  expect(await follower.look()).toBeNull();
  await write('key.pem', second.keyPem);
  expect(await follower.look()).toBeNull();
  expect((await follower.look())?.certificate.fingerprint).toBe(second.certificate.fingerprint256);
});

test('a renewal as certbot does it: links turned to new files', async () => {
  await mkdir(at('archive'));
  for (const [number, one] of [
    [1, first],
    [2, second],
  ] as const) {
    await write(`archive/cert${number}.pem`, one.pem + middle.pem);
    await write(`archive/key${number}.pem`, one.keyPem);
  }
  await symlink('archive/cert1.pem', at('cert.pem'));
  await symlink('archive/key1.pem', at('key.pem'));
  const follower = await follow();
  for (const name of ['cert', 'key']) {
    await rm(at(`${name}.pem`));
    await symlink(`archive/${name}2.pem`, at(`${name}.pem`));
  }
  await follower.look();
  expect((await follower.look())?.certificate.fingerprint).toBe(second.certificate.fingerprint256);
});

test('a bad one is refused at every look until it is mended, and its sentence is the same', async () => {
  await put(first);
  const follower = await follow();
  await write('cert.pem', 'nothing');
  expect(await follower.look()).toBeNull();
  for (let i = 0; i < 3; i += 1) {
    await expect(follower.look()).rejects.toMatchObject({ code: 'certificate-format' });
  }
  await rm(at('cert.pem'));
  expect(await follower.look()).toBeNull();
  await expect(follower.look()).rejects.toMatchObject({ code: 'certificate-missing' });
  const weak = await makeCertificate({ issuer: middle, key: 1024 });
  await put(weak);
  expect(await follower.look()).toBeNull();
  await expect(follower.look()).rejects.toMatchObject({ code: 'key-weak', kind: 'refused' });
  expect(follower.current().fingerprint).toBe(first.certificate.fingerprint256);
  await put(second);
  await follower.look();
  expect((await follower.look())?.certificate.fingerprint).toBe(second.certificate.fingerprint256);
});

test('one of tomorrow is taken tomorrow, though nobody touches the file', async () => {
  await put(first);
  const follower = await follow();
  const later = await makeCertificate({ issuer: middle, from: noon + day });
  await put(later);
  await follower.look();
  await expect(follower.look()).rejects.toMatchObject({ code: 'certificate-not-yet-valid' });
  expect((await follower.look(noon + day))?.certificate.fingerprint).toBe(later.certificate.fingerprint256);
});

test('a locked key: asked for at the start, and never in the night', async () => {
  const lock = (one: TestCertificate, passphrase: string): string =>
    one.key.export({ format: 'pem', type: 'pkcs8', cipher: 'aes-256-cbc', passphrase }).toString();
  await write('cert.pem', first.pem + middle.pem + lock(first, 'right'));
  const follower = await follow(null, ['right', 'other']);
  expect(follower.questions()).toBe(1);
  await write('cert.pem', second.pem + middle.pem + lock(second, 'right'));
  await follower.look();
  expect((await follower.look())?.certificate.fingerprint).toBe(second.certificate.fingerprint256);
  await write('cert.pem', first.pem + middle.pem + lock(first, 'other'));
  await follower.look();
  await expect(follower.look()).rejects.toMatchObject({ code: 'passphrase-wrong' });
  expect(follower.questions()).toBe(1);
});

test('the one in use is spoken of when it runs out', async () => {
  await put(first);
  const { source, current } = await follow();
  const codes = (now: number): string[] =>
    source.findings(current(), now).map(({ weight, code }) => `${weight} ${code}`);
  expect(codes(noon)).toEqual([]);
  expect(codes(noon + 80 * day)).toEqual(['warn certificate-ends-soon']);
  expect(codes(noon + 91 * day)).toEqual(['warn certificate-expired']);
});

test('without a good one at the start there is none', async () => {
  await expect(follow()).rejects.toMatchObject({ code: 'certificate-missing' });
  await put(await makeCertificate({ issuer: middle, to: noon - 1 }));
  await expect(follow()).rejects.toMatchObject({ code: 'certificate-expired' });
});
