/*
 * A supplied certificate made by OpenSSL's own tools, followed on a real disk by a real server under real
 * time.
 */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Log } from '../../../src/main/core/ports.ts';
import { createRedactor } from '../../../src/main/core/log/redact.ts';
import { Secret } from '../../../src/main/core/secret.ts';
import {
  openCertificate,
  type CertificateManager,
} from '../../../src/main/core/share/certificate/certificate-manager.ts';
import { keptPassphrase } from '../../../src/main/core/share/certificate/key-passphrase.ts';
import { suppliedSource } from '../../../src/main/core/share/certificate/supplied-source.ts';
import { memoryStore } from '../../../src/main/core/vault/memory-store.ts';

const openssl = 'openssl';
let folder = '';
const at = (name: string): string => join(folder, name);
const closing: (() => Promise<unknown> | void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-reload-'));
  run(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.pem'),
    '-days',
    '30',
    '-subj',
    '/CN=Example Authority',
  );
});

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
  await rm(folder, { recursive: true });
});

function run(...args: readonly string[]): void {
  const { status, stderr } = spawnSync(openssl, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** `NAME.pem` and `NAME.key`, as an administrator makes them; the key locked where there is a passphrase. */
async function issue(name: string, passphrase?: string): Promise<void> {
  await writeFile(
    at('names'),
    'subjectAltName=DNS:lab.example.edu,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n',
  );
  const lock = passphrase === undefined ? ['-nodes'] : ['-passout', `pass:${passphrase}`];
  run(
    'req',
    '-newkey',
    'rsa:2048',
    ...lock,
    '-keyout',
    at(`${name}.key`),
    '-out',
    at('request'),
    '-subj',
    '/CN=lab.example.edu',
  );
  run(
    'x509',
    '-req',
    '-in',
    at('request'),
    '-CA',
    at('ca.pem'),
    '-CAkey',
    at('ca.key'),
    '-CAcreateserial',
    '-days',
    '20',
    '-extfile',
    at('names'),
    '-out',
    at(`${name}.pem`),
  );
  await chmod(at(`${name}.key`), 0o600);
}

async function share(
  ask: string | null = null,
): Promise<{ secretStore: CertificateManager; guest: () => Promise<TLSSocket>; warned: string[] }> {
  const warned: string[] = [];
  const log: Log = {
    info: () => {},
    warn: message => void warned.push(message),
    error: message => void warned.push(message),
  };
  const passphrases = keptPassphrase({
    secretStore: memoryStore('Chosen.'),
    redactor: createRedactor(),
    path: at('live.key'),
    ask: async () => (ask === null ? null : new Secret(ask)),
  });
  const source = suppliedSource({
    files: { certificate: at('live.pem'), key: at('live.key') },
    passphrases,
    wanted: ['lab.example.edu'],
    own: [],
    roots: () => ({ everybody: [], computer: [] }),
    uid: process.getuid?.() ?? null,
  });
  const secretStore = await openCertificate(source, { clock: Date.now, log, everyMs: 25 });
  const server = createServer(secretStore.options(), (request, response) =>
    response.end(`You asked ${request.url}`),
  );
  secretStore.attach(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.push(
    () => secretStore.close(),
    () => new Promise(resolve => server.close(resolve)),
    () => server.closeAllConnections(),
  );
  const { port } = server.address() as AddressInfo;
  const ca = await readFile(at('ca.pem'), 'utf8');
  const guest = async (): Promise<TLSSocket> => {
    const socket = connect({ port, host: '127.0.0.1', ca, servername: 'lab.example.edu' });
    closing.push(() => void socket.destroy());
    await once(socket, 'secureConnect');
    return socket;
  };
  return { secretStore, guest, warned };
}

async function ask(socket: TLSSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: lab.example.edu\r\n\r\n`);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

const bound = { timeout: 10_000, interval: 20 };

test('renewed like certbot does, twice, under an open connection; a bad file in between changes nothing', async () => {
  await mkdir(at('archive'));
  for (const name of ['archive/1', 'archive/2', 'archive/3']) await issue(name);
  const turn = async (number: number): Promise<void> => {
    for (const end of ['pem', 'key']) {
      await rm(at(`live.${end}`), { force: true });
      await symlink(`archive/${number}.${end}`, at(`live.${end}`));
    }
  };
  await turn(1);
  const { secretStore, guest, warned } = await share();
  const first = secretStore.current().fingerprint;
  const open = await guest();
  expect(open.authorized).toBe(true);
  expect(open.getPeerCertificate().fingerprint256).toBe(first);

  await turn(2);
  await expect.poll(() => secretStore.current().fingerprint, bound).not.toBe(first);
  const second = secretStore.current().fingerprint;
  expect((await guest()).getPeerCertificate().fingerprint256).toBe(second);
  expect(await ask(open, '/second')).toContain('You asked /second');

  // A key of another certificate, put there by a rename.
  await writeFile(at('other.key'), await readFile(at('archive/1.key')), { mode: 0o600 });
  await rename(at('other.key'), at('live.key'));
  const misfit = `The key in ${at('live.key')} and the certificate in ${at('live.pem')} do not belong together. The certificate before it stays in use.`;
  await expect.poll(() => warned, bound).toContain(misfit);
  expect(secretStore.findings().map(finding => finding.code)).toContain('key-does-not-fit');
  expect((await guest()).getPeerCertificate().fingerprint256).toBe(second);

  await turn(3);
  await expect.poll(() => secretStore.current().fingerprint, bound).not.toBe(second);
  expect(secretStore.findings().map(finding => finding.code)).toEqual(['chain-incomplete']);
  expect(warned.filter(message => message === misfit)).toHaveLength(1);
  expect(await ask(open, '/third')).toContain('You asked /third');
});

test('a key locked by OpenSSL is opened with the passphrase of its owner, and so is the next one', async () => {
  await issue('live', 'correct horse');
  expect(await readFile(at('live.key'), 'utf8')).toContain('ENCRYPTED');
  const { secretStore, guest, warned } = await share('correct horse');
  expect((await guest()).authorized).toBe(true);
  const first = secretStore.current().fingerprint;
  await issue('live', 'correct horse');
  await expect.poll(() => secretStore.current().fingerprint, bound).not.toBe(first);
  expect((await guest()).getPeerCertificate().fingerprint256).toBe(secretStore.current().fingerprint);
  expect(warned.join('\n')).not.toContain('correct horse');
});

test('rights that are opened to everybody are seen, and taking them back is enough', async () => {
  await issue('live');
  const { secretStore, guest } = await share();
  const codes = (): string[] => secretStore.findings().map(finding => finding.code);
  await chmod(at('live.key'), 0o644);
  await expect.poll(codes, bound).toContain('key-readable');
  await chmod(at('live.key'), 0o600);
  await expect.poll(codes, bound).toEqual(['chain-incomplete']);
  expect((await guest()).authorized).toBe(true);
});
