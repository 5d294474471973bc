import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { connectTo } from '../../../src/main/control/core-client.ts';
import { Opener, Sealer, messageLimit, protocolVersion } from '../../../src/main/control/protocol.ts';
import { listenControl, type ControlServer } from '../../../src/main/control/control-server.ts';
import { GatehouseError } from '../../../src/main/core/errors.ts';
import { mintSecret } from '../../../src/main/core/secret.ts';

const key = mintSecret();
let folder: string;
let path: string;
let server: ControlServer | null = null;
let refusals: string[];
let counts: { shell: number; cli: number }[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'control-'));
  path = join(folder, 's');
  refusals = [];
  counts = [];
});
afterEach(async () => {
  await server?.close();
  server = null;
  await rm(folder, { recursive: true });
});

async function listen(answer: (name: string, args: readonly unknown[]) => Promise<unknown>): Promise<void> {
  server = await listenControl({
    path,
    key,
    version: '1.0.0',
    answer,
    onConnections: count => counts.push(count),
    onRefused: reason => refusals.push(reason),
    redact: text => text.replaceAll('hush', '***'),
  });
}

const good = { path: '', key, role: 'cli', version: '1.0.0' } as const;

test('a call is answered, and an event arrives', async () => {
  await listen(async (name, args) => ({ name, args }));
  const client = await connectTo({ ...good, path });
  expect(await client.call('server.stop', 'a')).toEqual({ name: 'server.stop', args: ['a'] });
  const event = new Promise(resolve => client.on('server.forgotten', resolve));
  server?.announce('server.forgotten', { id: 'b' });
  expect(await event).toEqual({ id: 'b' });
  expect(counts).toEqual([{ shell: 0, cli: 1 }]);
  client.close();
});

test('a refusal keeps its code, its kind and its next step', async () => {
  await listen(async () => {
    throw new GatehouseError('no-such-server', 'There is none.', {
      kind: 'not-found',
      nextStep: 'List them.',
    });
  });
  const client = await connectTo({ ...good, path });
  await expect(client.call('server.list')).rejects.toMatchObject({
    code: 'no-such-server',
    nextStep: 'List them.',
    exitCode: 3,
  });
  client.close();
});

test('an error that nobody foresaw is told without the secret in it', async () => {
  await listen(async () => {
    throw new Error('connect hush failed');
  });
  const client = await connectTo({ ...good, path });
  await expect(client.call('server.list')).rejects.toThrow('connect *** failed');
  client.close();
});

test('a hundred calls at once get their own answers', async () => {
  await listen(async (_name, args) => args[0]);
  const client = await connectTo({ ...good, path });
  const ids = Array.from({ length: 100 }, (_, index) => `s${index}`);
  expect(await Promise.all(ids.map(id => client.call('server.stop', id)))).toEqual(ids);
  client.close();
});

test('what waits for an answer is refused when the core goes', async () => {
  await listen(() => new Promise(() => {}));
  const client = await connectTo({ ...good, path });
  const waiting = client.call('server.list');
  const closed = new Promise<void>(resolve => client.onClose(resolve));
  await server?.close();
  await expect(waiting).rejects.toMatchObject({ code: 'core-lost' });
  await closed;
  await expect(client.call('server.list')).rejects.toMatchObject({ code: 'core-lost' });
});

test('attack: a client without the key is refused before it can call', async () => {
  let asked = 0;
  await listen(async () => (asked += 1));
  await expect(connectTo({ ...good, path, key: mintSecret() })).rejects.toMatchObject({
    code: 'core-refused',
  });
  expect(asked).toBe(0);
  expect(refusals).toEqual(['it does not hold the key of this core']);
});

test('attack: somebody who took the socket path cannot answer in the place of the core', async () => {
  const impostor = await raw(socket => {
    socket.write(
      `${JSON.stringify({ gatehouse: '1.0.0', protocol: protocolVersion, nonce: 'A'.repeat(43) })}\n`,
    );
    socket.once('data', () => socket.write(`${JSON.stringify({ proof: 'B'.repeat(43) })}\n`));
  });
  await expect(connectTo({ ...good, path })).rejects.toMatchObject({ code: 'core-refused' });
  impostor.close();
});

test('a core with another protocol says which version it is', async () => {
  const other = await raw(socket => {
    socket.write(`${JSON.stringify({ gatehouse: '9.9.9', protocol: 99, nonce: 'A'.repeat(43) })}\n`);
  });
  const refusal = connectTo({ ...good, path });
  await expect(refusal).rejects.toMatchObject({ code: 'core-other-version' });
  await expect(refusal).rejects.toThrow('9.9.9');
  other.close();
});

test('a core that dies during the handshake is told apart from one that refuses', async () => {
  const dying = await raw(socket => socket.destroy());
  await expect(connectTo({ ...good, path })).rejects.toMatchObject({ code: 'core-closed' });
  dying.close();
});

test('nobody there is said plainly', async () => {
  await expect(connectTo({ ...good, path })).rejects.toMatchObject({ code: 'no-core' });
});

test('attack: garbage and an endless line end the connection', async () => {
  await listen(async () => null);
  for (const attack of ['nonsense\n', 'x'.repeat(messageLimit + 10), '{"a":1}\n', '\0\n']) {
    const socket = connect(path);
    socket.on('error', () => {});
    socket.write(attack);
    await new Promise(resolve => socket.on('close', resolve).resume());
  }
  expect(refusals.length).toBe(4);
});

test.each([
  ['a replayed message', (lines: string[]) => [lines[0], lines[0]]],
  ['a message left out', (lines: string[]) => [lines[1]]],
  ['two messages exchanged', (lines: string[]) => [lines[1], lines[0]]],
  ['a message changed on the way', (lines: string[]) => [lines[0]!.replace('"a"', '"b"')]],
  ['a message of the other direction', () => [new Sealer(Buffer.alloc(32), 'core', 'n').seal({ a: 'a' })]],
  ['a message of another connection', () => [new Sealer(Buffer.alloc(32), 'client', 'm').seal({ a: 'a' })]],
])('attack: %s is not opened', (_name, change) => {
  const sealer = new Sealer(Buffer.alloc(32), 'client', 'n');
  const lines = [sealer.seal({ a: 'a' }), sealer.seal({ a: 'c' })].map(line => line.trimEnd());
  const honest = new Opener(Buffer.alloc(32), 'client', 'n');
  expect(lines.map(line => honest.open(line))).toEqual([{ a: 'a' }, { a: 'c' }]);
  const opener = new Opener(Buffer.alloc(32), 'client', 'n');
  expect(() => change(lines).map(line => opener.open(line!.trimEnd()))).toThrow(/order|sign/);
});

function raw(onConnection: (socket: Socket) => void): Promise<Server> {
  return new Promise(resolve => {
    const server = createServer(onConnection);
    server.listen(path, () => resolve(server));
  });
}
