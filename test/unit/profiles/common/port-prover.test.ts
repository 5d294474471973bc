import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { portProver } from '../../../../src/main/core/profiles/common/port-prover.ts';
import type { Address, Log } from '../../../../src/main/core/ports.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

const quiet: Log = { info: () => {}, warn: () => {}, error: () => {} };
const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function serve(listen: (server: Server, done: () => void) => void, status = 200) {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(String(request.url));
    response.statusCode = status;
    response.end();
  });
  await new Promise<void>(done => listen(server, done));
  cleanups.push(() => new Promise(done => server.close(done)));
  const at = server.address();
  return { heard, port: typeof at === 'object' ? (at?.port ?? 0) : 0 };
}

function prove(address: Address, readyPath = '/') {
  const prover = portProver({
    address,
    host: 'localhost',
    readyPath,
    platform: process.platform,
    log: quiet,
    exposed: () => undefined,
  });
  return prover(AbortSignal.timeout(5000), { pid: 4_000_000, marker: 'nobody-carries-this' });
}

test('a socket in our folder that answers is ours, a failing one is not ready', async () => {
  const scratch = await scratchFolder();
  cleanups.push(scratch.remove);
  const path = join(scratch.folder, 's');
  expect(await prove({ kind: 'socket', path })).toEqual({
    kind: 'not-yet',
    detail: 'Not there yet (ENOENT).',
  });
  const { heard } = await serve((server, done) => server.listen(path, done), 401);
  expect(await prove({ kind: 'socket', path }, '/healthz')).toEqual({ kind: 'ours' });
  expect(heard).toEqual(['/healthz']);
});

test.runIf(process.platform === 'linux')(
  'a port that no process of the run holds is foreign and asked nothing',
  async () => {
    const { heard, port } = await serve((server, done) => server.listen(0, '127.0.0.1', done));
    expect(await prove({ kind: 'port', port })).toMatchObject({ kind: 'foreign' });
    expect(heard).toEqual([]);
  },
);

test('a port that nobody listens on is not there yet', async () => {
  expect(await prove({ kind: 'port', port: 1 })).toMatchObject({ kind: 'not-yet' });
});
