/* What those who look for weak TLS say of the listener for guests: testssl.sh and sslyze. */
import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { otherEnvironment } from '../support/jupyter.ts';
import { openShared, type Shared } from '../support/shared.ts';

const run = promisify(execFile);
/** In CI a component that is missing is a failure, not a test left out. */
const mayLeaveOut = process.env['CI'] !== 'true' && !existsSync('/usr/bin/testssl');

let shared: Shared;
let folder: string;
let host: string;

beforeAll(async () => {
  shared = await openShared();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-scan-'));
  await writeFile(join(folder, 'ca.pem'), shared.authority);
  ({ host } = new URL((await shared.share()).url));
});
afterAll(async () => {
  await shared?.close();
  await rm(folder, { recursive: true, force: true });
});

const finding = z.array(z.object({ id: z.string(), severity: z.string(), finding: z.string() }));

test.skipIf(mayLeaveOut)('testssl.sh finds nothing above LOW', { timeout: 400_000 }, async () => {
  const file = join(folder, 'testssl.json');
  const quiet = ['--quiet', '--color', '0', '--warnings', 'off', '--nodns', 'none', '--severity', 'LOW'];
  const args = [...quiet, '--add-ca', join(folder, 'ca.pem'), '--jsonfile', file, host];
  // A leaf lives for 30 days and is made anew in good time: less than half a week is what would be wrong.
  const env = { ...process.env, DAYS2WARN1: '7', DAYS2WARN2: '3' };
  await run('testssl', args, { env, maxBuffer: 64_000_000 }).catch(() => null);
  const found = finding.parse(JSON.parse(await readFile(file, 'utf8')));
  const above = found.filter(({ severity }) => ['MEDIUM', 'HIGH', 'CRITICAL', 'FATAL'].includes(severity));
  // It wants a place to ask for revocations. A certificate of a few weeks says that there is none (RFC 9608),
  // which it does not read.
  expect(above.filter(({ id }) => id !== 'cert_revocation')).toEqual([]);
  expect(
    found.some(({ id }) => id === 'HSTS'),
    'it has looked at the answers, too',
  ).toBe(true);
});

test('the certificate lives for at most 30 days, and says that it cannot be revoked', async () => {
  const { hostname, port } = new URL(`https://${host}`);
  const socket = connect({ host: hostname, port: Number(port), ca: shared.authority });
  await new Promise((done, fail) => socket.once('secureConnect', done).once('error', fail));
  const raw = socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0);
  socket.destroy();
  const certificate = new X509Certificate(raw);
  const days = (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / 86_400_000;
  expect(days).toBeLessThanOrEqual(30);
  // id-ce-noRevAvail, 2.5.29.56
  expect(raw.includes(Buffer.from([0x06, 0x03, 0x55, 0x1d, 0x38]))).toBe(true);
});

test(
  "sslyze calls it compliant with Mozilla's intermediate configuration",
  { timeout: 300_000 },
  async () => {
    const python = await otherEnvironment('test-sslyze');
    const args = ['-m', 'sslyze', '--mozilla_config=intermediate'];
    const { stdout } = await run(python, [...args, '--certinfo_ca_file', join(folder, 'ca.pem'), host]);
    expect(stdout).toContain(`${host}: OK - Compliant.`);
  },
);
