import * as fc from 'fast-check';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { controlFrame, messageFrame } from '../../../../src/main/core/gateway/websocket/frames.ts';
import { defaultBudgets } from '../../../../src/main/core/gateway/guest/guest-budgets.ts';
import { GuestWork } from '../../../../src/main/core/gateway/guest/guest-work.ts';
import { bench, closing, guestOf, rawGuest, textOf, until } from '../../../support/filtered.ts';

const plenty = { workMs: 1e6, bytes: 1e9, sentBytes: 1e9, servedBytes: 1e9 };

test('what the filter lets pass or says again reaches the server, and nothing else does', async () => {
  const context = await bench();
  const guest = guestOf(context);
  const said: string[] = [];
  guest.on('message', data => said.push(textOf(data)));
  await new Promise(done => guest.once('open', done));
  for (const text of ['say a', 'run', 'swap', 'ask x', '', 'say b']) guest.send(text);
  await until(() => context.got.includes('say b'));
  expect(context.got).toEqual(['say a', 'swapped', 'say b']);
  expect(context.dropped).toEqual(['dropped', 'asked', 'dropped']);
  await until(() => said.length === 1);
  expect(said).toEqual(['no x']);
});

test('a message too many is dropped, and said to be', async () => {
  let left = 2;
  const context = await bench({ admits: () => left-- > 0 });
  const guest = guestOf(context);
  await new Promise(done => guest.once('open', done));
  for (const text of ['say a', 'say b', 'say c']) guest.send(text);
  await until(() => context.dropped.length === 1);
  expect(context.dropped).toEqual(['more messages than a guest may send']);
  await until(() => context.got.length === 2);
  expect(context.got).toEqual(['say a', 'say b']);
});

test('the server is asked for what the role says, not for what the guest wrote', async () => {
  const context = await bench({ verdict: { subprotocols: ['good'] } });
  const guest = guestOf(context, ['other', 'good']);
  await new Promise(done => guest.once('open', done));
  expect(guest.protocol).toBe('good');
  expect(guest.extensions).toBe('');
  const [asked] = context.upgrades;
  expect(asked?.url).toBe('/filtered');
  expect(asked?.headers['sec-websocket-protocol']).toBe('good');
  expect(asked?.headers['sec-websocket-extensions']).toBeUndefined();
});

test('a server that chooses what the filter cannot read is refused', async () => {
  const context = await bench({ protocol: 'bad', verdict: { subprotocols: ['bad', 'good'] } });
  const guest = new WebSocket(`ws://127.0.0.1:${context.port}/`, ['bad', 'good']);
  const status = await new Promise(done => {
    guest.once('unexpected-response', (_request, answer) => done(answer.statusCode));
    guest.once('error', () => {});
  });
  expect(status).toBe(502);
});

test('control frames pass, with their words', async () => {
  const context = await bench();
  const guest = guestOf(context);
  await new Promise(done => guest.once('open', done));
  const pong = new Promise(done => guest.once('pong', data => done(textOf(data))));
  guest.ping('tick');
  expect(await pong).toBe('tick');
  const ended = new Promise(done => guest.once('close', (code, reason) => done(`${code} ${textOf(reason)}`)));
  guest.close(4001, 'enough');
  expect(await ended).toBe('4001 enough');
  await until(() => context.got.includes('close 4001 enough'));
});

test('a close of the server reaches the guest', async () => {
  const context = await bench();
  const guest = guestOf(context);
  await new Promise(done => guest.once('open', done));
  const ended = new Promise(done => guest.once('close', (code, reason) => done(`${code} ${textOf(reason)}`)));
  for (const client of context.server.clients) client.close(4002, 'bye');
  expect(await ended).toBe('4002 bye');
});

test('a message that is too long closes both sides, and is told', async () => {
  const context = await bench();
  const guest = guestOf(context);
  await new Promise(done => guest.once('open', done));
  const ended = new Promise(done => guest.once('close', code => done(code)));
  guest.send(`say ${'x'.repeat(2000)}`);
  expect(await ended).toBe(1009);
  await until(() => context.got.some(line => line.startsWith('close')));
  expect(context.got.filter(line => line.startsWith('say'))).toEqual([]);
});

test('the end of one side from outside is the end of the other', async () => {
  const context = await bench();
  const guest = guestOf(context);
  await new Promise(done => guest.once('open', done));
  context.sides[0]?.destroy();
  await until(() => context.got.some(line => line.startsWith('close')));
  expect(context.server.clients.size).toBe(0);
});

test.each([false, true])(
  'an answer of ours never lands in the middle of a message (server read: %s)',
  async readsServer => {
    const context = await bench({ verdict: { readsServer } });
    const guest = guestOf(context);
    const said: Buffer[] = [];
    guest.on('message', data => said.push(data as Buffer));
    await new Promise(done => guest.once('open', done));
    const [client] = context.server.clients;
    const piece = Buffer.alloc(300_000, 'p');
    client?.send(piece, { fin: false });
    guest.send('ask now');
    await until(() => context.dropped.length === 1);
    client?.send(piece, { fin: true });
    await until(() => said.length === 2);
    expect(said.map(data => data.length).sort((a, b) => a - b)).toEqual([6, 600_000]);
  },
);

test('however the network cuts what the guest sends, the server gets the same', async () => {
  const context = await bench();
  const words = ['say 1', 'run 2', 'swap', 'say 3', 'ask 4', 'say 5'];
  const frames = Buffer.concat([
    ...words.map(word => messageFrame({ binary: false, data: Buffer.from(word) }, Buffer.from([1, 2, 3, 4]))),
    controlFrame('ping', Buffer.from('p'), Buffer.from([9, 9, 9, 9])),
  ]);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: frames.length - 1 }), { maxLength: 12 }),
      async cuts => {
        context.got.length = 0;
        const guest = await rawGuest(context);
        const places = [0, ...[...new Set(cuts)].sort((a, b) => a - b), frames.length];
        for (let index = 1; index < places.length; index++) {
          const part = frames.subarray(places[index - 1], places[index]);
          await new Promise<void>(done => guest.write(part, () => done()));
        }
        await until(() => context.got.includes('ping p'));
        expect(context.got).toEqual(['say 1', 'swapped', 'say 3', 'say 5', 'ping p']);
        guest.destroy();
        await until(() => context.got.some(line => line.startsWith('close')));
      },
    ),
    { numRuns: 25 },
  );
});

test.each([
  ['what follows the handshake in one packet', 'head'],
  ['a compressed frame', 'rsv'],
  ['an unmasked frame', 'unmasked'],
])('%s does not slip past', async (_name, how) => {
  const context = await bench();
  const frame = messageFrame(
    { binary: false, data: Buffer.from('run') },
    how === 'unmasked' ? null : Buffer.from([1, 2, 3, 4]),
  );
  if (how === 'rsv') frame[0] = (frame[0] ?? 0) | 0x40;
  if (how === 'head') {
    const socket = connect(context.port, '127.0.0.1');
    closing.push(() => socket.destroy());
    const shake =
      'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n';
    socket.write(Buffer.concat([Buffer.from(shake), frame]));
  } else {
    const guest = await rawGuest(context);
    guest.write(frame);
  }
  await until(() => context.dropped.length === 1);
  expect(context.got.filter(line => !line.startsWith('close'))).toEqual([]);
});

test('a guest that reads nothing stops the server, and holds little', async () => {
  const context = await bench();
  const guest = await rawGuest(context);
  guest.pause();
  const [client] = context.server.clients;
  for (let turn = 0; turn < 50; turn++) client?.send(Buffer.alloc(1_000_000));
  await until(
    () => (client?.bufferedAmount ?? 0) > 30_000_000 && (context.sides[0]?.writableNeedDrain ?? false),
  );
  expect(context.sides[0]?.writableLength).toBeLessThan(2_000_000);
});

test('a guest that asks and reads nothing is cut, and holds little', async () => {
  const context = await bench({
    // So that it is the guest who holds it up, and no budget.
    work: new GuestWork({ burstSeconds: 2, session: plenty, link: plenty, all: plenty }),
    verdict: {
      filter: () => ({
        fromGuest: () => ({
          kind: 'answer',
          messages: [{ binary: true, data: Buffer.alloc(10_000) }],
          reason: 'asked',
        }),
        fromServer: () => ({ kind: 'pass' }),
      }),
    },
  });
  const guest = await rawGuest(context);
  guest.pause();
  const frame = messageFrame({ binary: false, data: Buffer.from('x') }, Buffer.from([1, 2, 3, 4]));
  const flood = Buffer.concat(Array.from({ length: 20_000 }, () => frame));
  guest.write(flood);
  await until(() => context.sides[0]?.writableNeedDrain ?? false);
  const held = context.sides[0]?.writableLength ?? 0;
  expect(held).toBeLessThan(1_000_000);
  expect(context.dropped.length).toBeLessThan(20_000);
});

test('a message that does not end is cut in time; an honest one is not', async () => {
  const context = await bench({ verdict: { messageBytes: 1_000_000 }, messageMs: 150 });
  const honest = await rawGuest(context);
  const hostile = await rawGuest(context);
  const begun = messageFrame({ binary: false, data: Buffer.from('say it') }, Buffer.from([1, 2, 3, 4]));
  hostile.write(begun.subarray(0, 8));
  const closed = new Promise(done => hostile.once('end', done));
  hostile.resume();
  await closed;
  expect(context.dropped).toEqual(['a message that does not end']);
  honest.write(begun);
  await until(() => context.got.includes('say it'));
});

test('half messages of one session on many sockets are kept up to its share, the largest give way', async () => {
  const mebibyte = 1024 * 1024;
  const work = new GuestWork(defaultBudgets);
  const context = await bench({ verdict: { messageBytes: mebibyte }, work });
  const sockets = await Promise.all(Array.from({ length: 30 }, () => rawGuest(context)));
  let ended = 0;
  const whole = messageFrame({ binary: false, data: Buffer.alloc(mebibyte, 'x') }, Buffer.from([1, 2, 3, 4]));
  for (const socket of sockets) {
    socket.on('error', () => {});
    socket.once('close', () => (ended += 1));
    socket.resume();
    socket.write(whole.subarray(0, mebibyte - 10));
  }
  await expect.poll(() => ended, { timeout: 20_000 }).toBeGreaterThanOrEqual(22);
  expect(work.budgets.held('sent', 'ada')).toBeLessThanOrEqual(8 * mebibyte);
  expect(ended).toBeLessThan(30);
  for (const side of context.sides) side.destroy();
  await until(() => work.budgets.held('sent') === 0);
});

test('a guest whose budget is used up waits, and nothing is lost or changes its order', async () => {
  const work = new GuestWork({
    burstSeconds: 2,
    session: { ...plenty, bytes: 16_000 },
    link: plenty,
    all: plenty,
  });
  const context = await bench({ verdict: { readsServer: true }, work });
  const guest = guestOf(context);
  await new Promise(done => guest.once('open', done));
  const said = Array.from({ length: 60 }, (_none, at) => `say ${at} ${'x'.repeat(90)}`);
  for (const text of said) guest.send(text);
  guest.close(4000);
  await until(() => context.got.length > 0);
  await expect.poll(() => context.got.length, { timeout: 20_000 }).toBe(61);
  expect(context.got).toEqual([...said, 'close 4000 ']);
});
