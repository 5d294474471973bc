import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Listener } from '../../../../src/main/core/server/process/port-listeners.ts';
import { listenersOn } from '../../../../src/main/core/server/process/port-listeners.ts';
import { proofFor } from '../../../../src/main/core/profiles/jupyter/jupyter-client.ts';
import { askMatlabToStop, proveMatlab } from '../../../../src/main/core/profiles/matlab/matlab-client.ts';
import { mintSecret } from '../../../../src/main/core/secret.ts';

const secret = mintSecret();
let server: Server | null = null;
const asked: IncomingMessage[] = [];
afterEach(() => {
  asked.length = 0;
  server?.close();
  server = null;
});

async function answer(proves: boolean, host = '127.0.0.1'): Promise<number> {
  server = createServer((request, response) => {
    asked.push(request);
    const nonce = String(request.headers['x-gatehouse-nonce']);
    if (proves) response.setHeader('X-Gatehouse-Proof', proofFor(nonce, secret));
    response.end();
  });
  await new Promise<void>(done => server?.listen(0, host, done));
  return (server.address() as AddressInfo).port;
}

/**
 * Who listens is looked up as it is; whose process it is comes from the test, since a run is never the core
 * itself.
 */
function prove(port: number, pid = process.pid): ReturnType<typeof proveMatlab> {
  const listeners = async (asked: number): Promise<Listener[]> =>
    (await listenersOn(asked, 'linux')).map(listener => ({ ...listener, inode: null, pid }));
  return proveMatlab(
    // There a run is its one process.
    { port, host: 'localhost', secret, platform: 'win32', listeners },
    AbortSignal.timeout(5000),
    { pid: process.pid, marker: '' },
  );
}

test('ours is what holds the port on loopback alone and knows the secret', async () => {
  const port = await answer(true);
  expect(await prove(port)).toEqual({ kind: 'ours' });
  expect(asked.map(({ url }) => url)).toEqual(['/_gatehouse/proof']);
  expect(JSON.stringify(asked[0]?.headers)).not.toContain(secret.reveal());
});

test('what listens on every address is unsafe, and is asked nothing', async () => {
  const port = await answer(true, '0.0.0.0');
  expect(await prove(port)).toEqual({
    kind: 'unsafe',
    detail: expect.stringMatching(/listens on the network/),
  });
  expect(asked).toEqual([]);
});

test('what has no lock is unsafe', async () => {
  const port = await answer(false);
  expect(await prove(port)).toEqual({
    kind: 'unsafe',
    detail: expect.stringMatching(/without Gatehouse's lock/),
  });
});

test('a stranger’s program on the port is foreign, and is asked nothing', async () => {
  const port = await answer(true);
  expect(await prove(port, 1)).toMatchObject({ kind: 'foreign' });
  expect(asked).toEqual([]);
});

test('nothing there yet', async () => {
  expect(await prove(1)).toMatchObject({ kind: 'not-yet' });
});

test('the stop is its own route, below its path, with the secret', async () => {
  const port = await answer(true);
  const upstream = {
    address: { kind: 'port' as const, port },
    host: 'localhost',
    headers: [['mwi-auth-token', secret]] as const,
    withheldCookies: [],
  };
  await askMatlabToStop(upstream, '/m', AbortSignal.timeout(5000));
  expect(asked.map(({ method, url, headers }) => [method, url, headers['mwi-auth-token']])).toEqual([
    ['DELETE', '/m/shutdown_integration', secret.reveal()],
  ]);
});
