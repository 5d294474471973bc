import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { connect } from 'node:tls';
import { afterEach, expect, test } from 'vitest';
import { defaultLimits } from '../../../src/main/core/gateway/limits.ts';
import {
  listenOnLoopback,
  loopbackAddresses,
  type Listener,
} from '../../../src/main/core/gateway/listener.ts';
import { hostNames } from '../../../src/main/core/share/names.ts';
import { day, makeCertificate } from '../../support/certificates.ts';

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
