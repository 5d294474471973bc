import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { ask } from '../../../../src/main/core/profiles/common/ask.ts';
import type { Address } from '../../../../src/main/core/ports.ts';
import { scratchFolder } from '../../../support/fake-environment.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

async function serve(
  context: 'port' | 'socket',
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<Address> {
  const server = createServer(answer);
  const scratch = await scratchFolder();
  cleanups.push(scratch.remove);
  const path = join(scratch.folder, 's');
  await new Promise<void>(done => {
    if (context === 'socket') server.listen(path, done);
    else server.listen(0, '127.0.0.1', done);
  });
  cleanups.push(() => {
    server.closeAllConnections();
    return new Promise(done => server.close(done));
  });
  const at = server.address();
  if (typeof at === 'object' && at !== null) return { kind: 'port', port: at.port };
  return { kind: 'socket', path };
}

test.each(['port', 'socket'] as const)('asks over a %s, with the host that it is told', async context => {
  const address = await serve(context, (request, response) => {
    response.setHeader('X-Seen', `${request.method} ${request.url} ${request.headers.host}`).end('hello');
  });
  const answer = await ask({ address, host: 'localhost', path: '/x?y', signal: AbortSignal.timeout(5000) });
  expect([answer.status, answer.body, answer.headers['x-seen']]).toEqual([
    200,
    'hello',
    'GET /x?y localhost',
  ]);
});

test('an answer without end is not kept', async () => {
  const address = await serve('port', (_request, response) => {
    const more = (): boolean => response.destroyed || response.write(Buffer.alloc(65536));
    response.on('drain', more);
    more();
    while (!response.destroyed && more());
  });
  const asked = ask({ address, host: 'localhost', path: '/', signal: AbortSignal.timeout(8000) });
  await expect(asked).rejects.toThrow('The answer is too long.');
});

test('nobody there, or a signal, is a rejection', async () => {
  const nobody = { kind: 'socket', path: '/nowhere/s' } as const;
  const signal = new AbortController().signal;
  await expect(ask({ address: nobody, host: 'x', path: '/', signal })).rejects.toMatchObject({
    code: 'ENOENT',
  });
  const silent = await serve('port', () => {});
  const over = new AbortController();
  const asked = ask({ address: silent, host: 'x', path: '/', signal: over.signal });
  over.abort();
  await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
});
