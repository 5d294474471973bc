import { once } from 'node:events';
import { connect as connectPlain, createServer, type Server, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { defaultLimits } from '../../../../src/main/core/gateway/limits.ts';
import type { Listener } from '../../../../src/main/core/gateway/listen/listen-on-every.ts';
import {
  listenOnLoopback,
  loopbackAddresses,
} from '../../../../src/main/core/gateway/listen/loopback-listener.ts';
import { hostNames } from '../../../../src/main/core/share/network/host-names.ts';
import { day, makeCertificate } from '../../../support/certificates.ts';

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

async function listen(preferredPort: number | null): Promise<Listener> {
  const listener = await listenOnLoopback({ preferredPort }, defaultLimits, server => {
    server.on('request', (_request, response) => response.end('here'));
  });
  open.push(listener);
  return listener;
}

async function take(host: string, port = 0): Promise<number> {
  const server: Server = createServer();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.on('error', reject);
  server.listen(port, host, resolve);
  await promise;
  open.push({ close: () => server.close() });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('one port on every loopback address, and nobody else can have it', async () => {
  const { port } = await listen(null);
  for (const host of loopbackAddresses()) {
    const name = host.includes(':') ? `[${host}]` : host;
    expect(await (await fetch(`http://${name}:${port}/`)).text()).toBe('here');
    await expect(take(host, port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  }
});

test('it is not reachable but by loopback', async () => {
  const { port } = await listen(null);
  expect(loopbackAddresses()).not.toContain('0.0.0.0');
  await expect(take('127.0.0.2', port)).resolves.toBe(port);
});

test('the preferred port when it is free, another when it is not', async () => {
  const first = await listen(null);
  const { port } = first;
  await first.close();
  expect((await listen(port)).port).toBe(port);
  expect((await listen(port)).port).not.toBe(port);
});

test.runIf(loopbackAddresses().includes('::1'))(
  'a port that another program has on ::1 alone is not used',
  async () => {
    const port = await take('::1');
    expect((await listen(port)).port).not.toBe(port);
  },
);

test('addresses that cannot be had are an error that says so', async () => {
  await expect(
    listenOnLoopback({ preferredPort: null }, defaultLimits, () => undefined, ['192.0.2.1']),
  ).rejects.toMatchObject({
    code: 'cannot-listen',
  });
});

test('with a certificate it speaks TLS alone, on the same addresses', async () => {
  const period = { from: Date.now() - day, to: Date.now() + day };
  const { pem, keyPem } = await makeCertificate({ host: hostNames(['localhost'], ['127.0.0.1']), ...period });
  const tls = { cert: pem, key: keyPem };
  const listener = await listenOnLoopback({ preferredPort: null, tls }, defaultLimits, server => {
    server.on('request', (_request, response) => response.end('here'));
  });
  open.push(listener);
  const { port } = listener;
  for (const host of loopbackAddresses()) {
    const socket = connect({
      host,
      port,
      servername: 'localhost',
      ca: pem,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(socket, 'secureConnect');
    expect([socket.authorized, socket.alpnProtocol]).toEqual([true, 'http/1.1']);
    socket.destroy();
  }
  await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
});

/** Well before a handshake is given up. */
const soon = (): { readonly signal: AbortSignal } => ({ signal: AbortSignal.timeout(5000) });

test('those that never make their handshake give way, the oldest first; who has made it stays', async () => {
  const period = { from: Date.now() - day, to: Date.now() + day };
  const { pem, keyPem } = await makeCertificate({ host: hostNames(['localhost'], ['127.0.0.1']), ...period });
  const wishes = { preferredPort: null, tls: { cert: pem, key: keyPem } };
  const { port } = await listenOnLoopback(wishes, { ...defaultLimits, connections: 3 }, server => {
    open.push(server);
    server.on('request', (_request, response) => response.end('here'));
  });
  const owner = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: pem });
  open.push({ close: () => owner.destroy() });
  await once(owner, 'secureConnect');
  const silent: { readonly socket: Socket; readonly gone: Promise<unknown> }[] = [];
  for (let count = 0; count < 8; count += 1) {
    const socket = connectPlain(port, '127.0.0.1').resume();
    open.push({ close: () => socket.destroy() });
    silent.push({ socket, gone: once(socket, 'close', soon()) });
    await once(socket, 'connect');
  }
  await Promise.all(silent.slice(0, 5).map(({ gone }) => gone));
  expect(silent.slice(5).some(({ socket }) => socket.closed)).toBe(false);
  owner.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  expect(String((await once(owner, 'data'))[0])).toMatch(/^HTTP\/1\.1 200/);
});
