import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { gatewayTls, type GatewayTlsDeps } from '../../src/main/core/gateway-tls.ts';
import { createRedactor } from '../../src/main/core/log/redact.ts';
import { createAuthorityStore } from '../../src/main/core/share/certificate/authority-store.ts';
import { hostNames } from '../../src/main/core/share/network/host-names.ts';
import { memoryStore } from '../../src/main/core/vault/memory-store.ts';
import { day, makeCertificate } from '../support/certificates.ts';

const secretStore = memoryStore('A test.');
const redactor = createRedactor();
const authorities = createAuthorityStore({
  secretStore,
  redactor,
  host: () => hostNames(['lab'], ['192.0.2.1']),
});
const deps: GatewayTlsDeps = {
  storage: async () => ({ authorities }),
  secretStore,
  redactor,
  paths: { uid: process.getuid?.() ?? null },
};

test('from the local authority: the loopback names and no other of the computer', async () => {
  const { cert, key, minVersion } = await gatewayTls({ kind: 'local-authority' }, 'thesis', deps);
  const certificate = new X509Certificate(String(cert));
  expect(certificate.verify((await authorities.get(Date.now())).certificate.publicKey)).toBe(true);
  const names = (certificate.subjectAltName ?? '').split(', ').toSorted();
  expect(names).toEqual(['DNS:localhost', 'IP Address:127.0.0.1', 'IP Address:0:0:0:0:0:0:0:1'].toSorted());
  expect([typeof key === 'string' && key.startsWith('-----BEGIN PRIVATE KEY-----'), minVersion]).toEqual([
    true,
    'TLSv1.2',
  ]);
});

test('from files; what cannot be used is refused', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'door-tls-'));
  const period = { from: Date.now() - day, to: Date.now() + 30 * day };
  const good = await makeCertificate({ host: hostNames(['localhost'], []), ...period });
  const other = await makeCertificate(period);
  const put = async (name: string, text: string): Promise<string> => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const both = await put('both.pem', good.pem + good.keyPem);
  const chain = await put('chain.pem', good.pem);
  const key = await put('key.pem', good.keyPem);
  const wrong = await put('wrong.pem', other.keyPem);
  for (const files of [
    { certificate: both, key: null },
    { certificate: chain, key },
  ]) {
    expect(String((await gatewayTls({ kind: 'files', ...files }, 'thesis', deps)).cert).trim()).toBe(
      good.pem.trim(),
    );
  }
  const refused = (certificate: string, keyFile: string | null): Promise<unknown> =>
    gatewayTls({ kind: 'files', certificate, key: keyFile }, 'thesis', deps);
  await expect(refused(chain, null)).rejects.toMatchObject({ code: 'key-missing' });
  await expect(refused(chain, wrong)).rejects.toMatchObject({ code: 'key-does-not-fit' });
  await expect(refused(join(folder, 'none.pem'), null)).rejects.toMatchObject({
    code: 'certificate-missing',
  });
  await rm(folder, { recursive: true });
});
