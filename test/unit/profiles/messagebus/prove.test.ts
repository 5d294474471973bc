import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { busProver } from '../../../../src/main/core/profiles/messagebus/prove.ts';
import type { Proof, Upstream } from '../../../../src/main/core/ports.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** An upstream that greets so. */
async function greeter(greeting: string | null): Promise<Upstream> {
  const server = createServer((_request, response) => response.writeHead(400).end());
  servers.push(server);
  if (greeting !== null) {
    new WebSocketServer({ server }).on('connection', socket => socket.send(greeting));
  }
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { address: { kind: 'port', port }, host: 'localhost', headers: [], withheldCookies: [] };
}

async function proofOf(greeting: string | null): Promise<Proof> {
  const prove = async (): Promise<Proof> => ({ kind: 'ours' });
  const asked = busProver({ prove, upstream: await greeter(greeting) }, process.platform);
  return asked(AbortSignal.timeout(5000), { pid: process.pid, marker: 'none' });
}

test.each([
  ['{"type": "connected", "data": {}, "context": {}}', 'ours'],
  ['{"ciphertext": "ab", "tag": "cd", "nonce": "ef"}', 'ours'],
  ['{"type": "hello"}', 'not-yet'],
  ['[]', 'not-yet'],
  ['hello', 'not-yet'],
  [null, 'not-yet'],
] as const)('what greets with %s is %s', async (greeting, expected) => {
  expect((await proofOf(greeting)).kind).toBe(expected);
});

test.each(['before', 'while'])(
  'a run that begins to listen on every address %s it is asked is not called ready',
  async when => {
    const script = `process.stdin.once('data', () => require('net').createServer().listen(0, '0.0.0.0', () => console.log('up')))`;
    const run = spawn(process.execPath, ['-e', script], {
      detached: true,
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const listen = async (): Promise<void> => {
      run.stdin.write('now');
      await once(run.stdout, 'data');
    };
    try {
      if (when === 'before') await listen();
      const prove = async (): Promise<Proof> => {
        if (when === 'while') await listen();
        return { kind: 'ours' };
      };
      const upstream = await greeter('{"type": "connected"}');
      const proof = await busProver({ prove, upstream }, process.platform)(AbortSignal.timeout(5000), {
        pid: run.pid ?? 0,
        marker: 'none',
      });
      expect(proof).toEqual({ kind: 'unsafe', detail: expect.stringContaining('listens on the network') });
    } finally {
      run.kill('SIGKILL');
    }
  },
);

test('what says that it is not up is not asked further', async () => {
  const upstream = {
    address: { kind: 'socket' as const, path: '/nowhere' },
    host: 'x',
    headers: [],
    withheldCookies: [],
  };
  const down: Proof = { kind: 'not-yet', detail: 'Not there.' };
  const prove = busProver({ prove: async () => down, upstream }, process.platform);
  expect(await prove(AbortSignal.timeout(5000), { pid: process.pid, marker: 'none' })).toEqual(down);
});
