/* The certificates in a real TLS server, met by real clients. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import type { Log } from '../../../src/main/core/ports.ts';
import { createRedactor } from '../../../src/main/core/log/redact.ts';
import { createAuthorityStore } from '../../../src/main/core/share/certificate/authority-store.ts';
import {
  openCertificate,
  type CertificateManager,
} from '../../../src/main/core/share/certificate/certificate-manager.ts';
import { localSource } from '../../../src/main/core/share/certificate/local-certificate.ts';
import { hostNames, type HostNames } from '../../../src/main/core/share/network/host-names.ts';
import { rotateTicketKeys } from '../../../src/main/core/share/certificate/ticket-keys.ts';
import { memoryStore } from '../../../src/main/core/vault/memory-store.ts';

const day = 86_400_000;
const log: Log = { info: () => {}, warn: () => {}, error: () => {} };
const closing: (() => Promise<unknown> | void)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

interface Shared {
  readonly server: Server;
  readonly port: number;
  readonly secretStore: CertificateManager;
  /** Moves the clock. */
  readonly pass: (ms: number) => void;
  readonly rename: (host: HostNames) => void;
}

async function share(): Promise<Shared> {
  let host = hostNames(['hal.local', 'localhost'], ['127.0.0.1']);
  // So that a certificate of now and one of twenty days later are both good by the real clock.
  let now = Date.now() - 19.5 * day;
  const common = { secretStore: memoryStore('Chosen.'), redactor: createRedactor(), host: () => host };
  const source = localSource({ ...common, authorities: createAuthorityStore(common) });
  const secretStore = await openCertificate(source, { clock: () => now, log, everyMs: 3_600_000 });
  const server = createServer(secretStore.options(), (request, response) =>
    response.end(`You asked ${request.url}`),
  );
  server.on('tlsClientError', () => undefined);
  secretStore.attach(server);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  closing.push(
    () => secretStore.close(),
    () => new Promise(resolve => server.close(resolve)),
    () => server.closeAllConnections(),
  );
  const { port } = server.address() as AddressInfo;
  return { server, port, secretStore, pass: ms => (now += ms), rename: fresh => (host = fresh) };
}

async function guest(shared: Shared, more: ConnectionOptions = {}): Promise<TLSSocket> {
  const ca = shared.secretStore.current().authority?.pem ?? '';
  const socket = connect({ port: shared.port, host: '127.0.0.1', ca, servername: 'hal.local', ...more });
  closing.push(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

async function ask(socket: TLSSocket, path: string): Promise<string> {
  socket.write(`GET ${path} HTTP/1.1\r\nHost: hal.local\r\n\r\n`);
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data.toString();
}

const fingerprint = (socket: TLSSocket): string => socket.getPeerCertificate().fingerprint256;

test('a guest with the authority comes in, under each name; one without it, or under another name, does not', async () => {
  const shared = await share();
  const socket = await guest(shared);
  expect(socket.authorized).toBe(true);
  expect(fingerprint(socket)).toBe(shared.secretStore.current().fingerprint);
  expect(await ask(socket, '/hello')).toContain('You asked /hello');
  // Without a name the client compares the address.
  expect((await guest(shared, { servername: '' })).authorized).toBe(true);
  await expect(guest(shared, { ca: [] })).rejects.toMatchObject({ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' });
  await expect(guest(shared, { servername: 'bank.example' })).rejects.toMatchObject({
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  });
});

test('a new certificate comes without ending an open connection, and the next one meets it', async () => {
  const shared = await share();
  const first = await guest(shared);
  const before = fingerprint(first);
  expect(await ask(first, '/1')).toContain('You asked /1');

  const told: string[] = [];
  shared.secretStore.onChange(change => told.push(change.reason));
  shared.pass(20 * day);
  await shared.secretStore.look();
  expect(told).toEqual(['The certificate was about to run out; a new one was made.']);
  expect(await ask(first, '/2')).toContain('You asked /2');
  const second = await guest(shared);
  expect(fingerprint(second)).not.toBe(before);
  expect(fingerprint(second)).toBe(shared.secretStore.current().fingerprint);

  shared.rename(hostNames(['hal.local', 'cave.local', 'localhost'], ['127.0.0.1']));
  await shared.secretStore.look();
  expect(told).toHaveLength(2);
  const third = await guest(shared, { servername: 'cave.local' });
  expect(third.authorized).toBe(true);
  for (const socket of [first, second, third]) expect(await ask(socket, '/3')).toContain('You asked /3');
});

test('two hundred looks and twenty new certificates under way: no request is lost', async () => {
  const shared = await share();
  const open = await guest(shared);
  const met: string[] = [];
  for (let round = 0; round < 20; round += 1) {
    shared.rename(hostNames(['hal.local', `cave${round}.local`], ['127.0.0.1']));
    const [, socket] = await Promise.all([
      Promise.all(Array.from({ length: 10 }, () => shared.secretStore.look())),
      guest(shared),
    ]);
    expect(await ask(socket, `/${round}`)).toContain(`You asked /${round}`);
    expect(await ask(open, `/${round}`)).toContain(`You asked /${round}`);
    met.push(fingerprint(await guest(shared)));
  }
  expect(new Set(met).size).toBe(20);
});

test('TLS 1.2 and 1.3 and nothing older; no cipher without forward secrecy; ours is the choice', async () => {
  const shared = await share();
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await guest(shared, { minVersion: version, maxVersion: version });
    expect(socket.getProtocol()).toBe(version);
    expect(socket.getCipher().name).toMatch(/GCM|CHACHA20/);
  }
  const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' } as const;
  await expect(guest(shared, old)).rejects.toThrow(/alert|version/i);
  for (const weak of ['AES128-GCM-SHA256', 'ECDHE-ECDSA-AES128-SHA', 'ECDHE-ECDSA-AES256-SHA384']) {
    await expect(guest(shared, { maxVersion: 'TLSv1.2', ciphers: weak }), weak).rejects.toThrow(/alert/i);
  }
  const theirs = 'ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES128-GCM-SHA256';
  const chosen = await guest(shared, { maxVersion: 'TLSv1.2', ciphers: theirs });
  expect(chosen.getCipher().name).toBe('ECDHE-ECDSA-AES128-GCM-SHA256');
});

test('a guest who wants to renegotiate is sent away', async () => {
  const shared = await share();
  const client = spawn('openssl', [
    's_client',
    '-connect',
    `127.0.0.1:${shared.port}`,
    '-tls1_2',
    '-legacy_renegotiation',
  ]);
  let words = '';
  for (const stream of [client.stdout, client.stderr])
    stream.on('data', (data: Buffer) => (words += data.toString()));
  closing.push(async () => {
    if (client.exitCode === null) client.kill();
  });
  await expect.poll(() => words, { timeout: 10_000 }).toContain('Verify return code');
  client.stdin.write('R\n');
  await expect.poll(() => words, { timeout: 10_000 }).toMatch(/no renegotiation/i);
  expect(words).not.toMatch(/RENEGOTIATING[^]*verify return:1/);
});

test('a ticket resumes a session until its key is exchanged; then there is one full handshake more', async () => {
  const shared = await share();
  closing.push(rotateTicketKeys(shared.server));
  const resume = async (session?: Buffer): Promise<{ reused: boolean; session: Buffer }> => {
    const options = { maxVersion: 'TLSv1.2', ...(session === undefined ? {} : { session }) } as const;
    const socket = await guest(shared, options);
    const kept = socket.getSession();
    const reused = socket.isSessionReused();
    socket.end();
    return { reused, session: kept ?? Buffer.alloc(0) };
  };
  const first = await resume();
  expect(first.reused).toBe(false);
  const again = await resume(first.session);
  expect(again.reused).toBe(true);
  closing.push(rotateTicketKeys(shared.server));
  expect((await resume(again.session)).reused).toBe(false);
});
