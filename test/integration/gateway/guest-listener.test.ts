/* The listener for guests, with real TLS. */
import { once } from 'node:events';
import { createServer as createPlain } from 'node:http';
import { get, type Server } from 'node:https';
import { connect as connectPlain, createServer as createNet, type AddressInfo } from 'node:net';
import { connect, type SecureContextOptions } from 'node:tls';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { defaultLimits } from '../../../src/main/core/gateway/limits.ts';
import {
  listenForGuests,
  type ShareListenerOptions,
} from '../../../src/main/core/gateway/listen/share-listener.ts';
import { makeCertificate, type TestCertificate } from '../../support/certificates.ts';
import { hostNames } from '../../../src/main/core/share/network/host-names.ts';
import { tlsOptions } from '../../../src/main/core/share/certificate/tls-options.ts';
import { rotateTicketKeys } from '../../../src/main/core/share/certificate/ticket-keys.ts';
import { Secret } from '../../../src/main/core/secret.ts';

let first: TestCertificate;
let second: TestCertificate;
const closing: (() => unknown)[] = [];
let shown: { setSecureContext(options: SecureContextOptions): void }[] = [];

beforeAll(async () => {
  const wanted = {
    host: hostNames(['localhost'], ['127.0.0.1']),
    from: Date.now() - 1000,
    to: Date.now() + 86_400_000,
  };
  [first, second] = await Promise.all([makeCertificate(wanted), makeCertificate(wanted)]);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  shown = [];
});

const optionsOf = ({ pem, keyPem }: TestCertificate): SecureContextOptions =>
  tlsOptions({ chain: pem, key: new Secret(keyPem) });

async function open(change: Partial<ShareListenerOptions> = {}): Promise<number> {
  const listener = await listenForGuests({
    addresses: ['127.0.0.1'],
    preferredPort: null,
    tls: {
      options: () => optionsOf(first),
      attach(server) {
        shown.push(server);
        return () => {};
      },
      rotateTickets: server => rotateTicketKeys(server),
      names: () => ['localhost'],
      strictTransport: () => null,
      fingerprint: '',
      authority: null,
    },
    limits: { ...defaultLimits, headersMs: 500 },
    attach: (server: Server) => server.on('request', (_request, response) => response.end('ours')),
    hosts: port => new Set([`localhost:${port}`]),
    ...change,
  });
  closing.push(() => listener.close());
  return listener.port;
}

function ask(port: number, host = '127.0.0.1'): Promise<string> {
  return new Promise((done, fail) => {
    get({ host, port, servername: 'localhost', ca: [first.pem, second.pem], agent: false }, response => {
      response.setEncoding('utf8').on('data', done);
    }).on('error', fail);
  });
}

test('TLS is spoken, from 1.2 on', async () => {
  const port = await open();
  expect(await ask(port)).toBe('ours');
  for (const [version, wanted] of [
    ['TLSv1.3', 'TLSv1.3'],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.1', 'refused'],
    ['TLSv1', 'refused'],
  ] as const) {
    const socket = connect({
      host: '127.0.0.1',
      port,
      ca: first.pem,
      servername: 'localhost',
      minVersion: version,
      maxVersion: version,
      ciphers: 'DEFAULT@SECLEVEL=0',
    });
    const spoken = await once(socket, 'secureConnect').then(
      () => socket.getProtocol(),
      () => 'refused',
    );
    socket.destroy();
    expect(spoken).toBe(wanted);
  }
});

test('a handshake in single bytes is a handshake', async () => {
  const port = await open();
  const relay = createNet(client => {
    const server = connectPlain(port, '127.0.0.1').setNoDelay(true);
    client.on('data', (chunk: Buffer) => {
      for (const byte of chunk) server.write(Buffer.from([byte]));
    });
    server.pipe(client);
    client.on('error', () => {}).on('close', () => server.destroy());
  });
  await new Promise<void>(done => relay.listen(0, '127.0.0.1', done));
  closing.push(() => relay.close());
  expect(await ask((relay.address() as AddressInfo).port)).toBe('ours');
});

test('plain HTTP is led to https and reaches nobody', async () => {
  let reached = 0;
  const port = await open({ attach: server => server.on('request', () => (reached += 1)) });
  const answer = await fetch(`http://localhost:${port}/lab`, { redirect: 'manual' });
  expect([answer.status, answer.headers.get('location')]).toEqual([308, `https://localhost:${port}/lab`]);
  const other = await fetch(`http://127.0.0.1:${port}/lab`, { redirect: 'manual' });
  expect([other.status, other.headers.get('location')]).toEqual([426, null]);
  expect(reached).toBe(0);
});

test('a header that does not end is answered and closed', async () => {
  const port = await open();
  const socket = connect({ host: '127.0.0.1', port, ca: first.pem, servername: 'localhost' });
  await once(socket, 'secureConnect');
  socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nX: ');
  socket.resume();
  await once(socket, 'close');
  expect(socket.destroyed).toBe(true);
});

test('the port stays, and another is taken where somebody else has it', async () => {
  const port = await open();
  await Promise.all(closing.splice(0).map(close => close()));
  expect(await open({ preferredPort: port })).toBe(port);
  await Promise.all(closing.splice(0).map(close => close()));
  const squatter = createPlain();
  await new Promise<void>(done => squatter.listen(port, '127.0.0.1', done));
  closing.push(() => squatter.close());
  const other = await open({ preferredPort: port });
  expect(other).not.toBe(port);
  expect(await ask(other)).toBe('ours');
});

test('every address has the same port', async () => {
  const port = await open({ addresses: ['0.0.0.0', '::'] });
  expect([await ask(port, '127.0.0.1'), await ask(port, '::1')]).toEqual(['ours', 'ours']);
});

test('an address that is gone is said to be', async () => {
  await expect(open({ addresses: ['192.0.2.99'] })).rejects.toMatchObject({ code: 'address-gone' });
});

test('a new certificate is shown to who comes, and nobody who is in is dropped', async () => {
  const port = await open();
  const inside = connect({ host: '127.0.0.1', port, ca: first.pem, servername: 'localhost' });
  await once(inside, 'secureConnect');
  for (const server of shown) server.setSecureContext(optionsOf(second));
  const comer = connect({ host: '127.0.0.1', port, ca: second.pem, servername: 'localhost' });
  await once(comer, 'secureConnect');
  expect(comer.getPeerX509Certificate()?.fingerprint256).toBe(second.certificate.fingerprint256);
  inside.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [answer] = (await once(inside, 'data')) as [Buffer];
  expect(answer.toString()).toContain('200 OK');
  comer.destroy();
  inside.destroy();
});

/** Well before a handshake is given up. */
const soon = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(5000) });

test('a crowd that says nothing gives way, the oldest first', async () => {
  const port = await open({ limits: { ...defaultLimits, connections: 2 } });
  const silent = [];
  for (let count = 0; count < 5; count += 1) {
    const socket = connectPlain(port, '127.0.0.1').resume();
    closing.push(() => socket.destroy());
    silent.push({ socket, gone: once(socket, 'close', soon()) });
    await once(socket, 'connect');
  }
  await Promise.all(silent.slice(0, 3).map(({ gone }) => gone));
  expect(silent.slice(3).some(({ socket }) => socket.closed)).toBe(false);
  expect(await ask(port)).toBe('ours');
});
