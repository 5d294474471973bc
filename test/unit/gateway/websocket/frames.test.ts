import type { Writable } from 'node:stream';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import * as ws from 'ws';
import {
  closeFrame,
  controlFrame,
  FrameReader,
  messageFrame,
  type FrameEvent,
} from '../../../../src/main/core/gateway/websocket/frames.ts';

// Exported by ws, not by its types.
const { Receiver } = ws as unknown as { readonly Receiver: new (options: object) => Writable };
const mask = Buffer.from([1, 2, 3, 4]);

function reader(messageBytes = 1000, masked = true): FrameReader {
  return new FrameReader({ masked, messageBytes });
}

/** One frame by hand, so that the reader is not only compared with our own writer. */
function raw(first: number, payload: Buffer, options: { masked?: boolean; long?: 0 | 2 | 8 } = {}): Buffer {
  const { masked = true, long = payload.length > 65_535 ? 8 : payload.length > 125 ? 2 : 0 } = options;
  const head = Buffer.alloc(2 + long);
  head[0] = first;
  head[1] = (masked ? 128 : 0) + (long === 0 ? payload.length : long === 2 ? 126 : 127);
  if (long === 2) head.writeUInt16BE(payload.length, 2);
  if (long === 8) head.writeBigUInt64BE(BigInt(payload.length), 2);
  const body = Buffer.from(payload.map((byte, index) => byte ^ (masked ? (mask[index & 3] ?? 0) : 0)));
  return Buffer.concat([head, masked ? mask : Buffer.alloc(0), body]);
}

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const parts: Buffer[] = [];
  let at = 0;
  for (const size of sizes) {
    parts.push(bytes.subarray(at, at + size));
    at += size;
  }
  return [...parts, bytes.subarray(at)];
}

/** What the reader of `ws` makes of the same bytes. */
async function asWs(parts: readonly Buffer[], masked: boolean, maxPayload: number): Promise<FrameEvent[]> {
  const receiver = new Receiver({ isServer: masked, maxPayload, allowSynchronousEvents: true });
  const events: FrameEvent[] = [];
  receiver.on('message', (data: Buffer, binary: boolean) => events.push({ kind: 'message', binary, data }));
  receiver.on('ping', (data: Buffer) => events.push({ kind: 'ping', data }));
  receiver.on('pong', (data: Buffer) => events.push({ kind: 'pong', data }));
  receiver.on('conclude', (code: number, reason: Buffer) =>
    events.push({ kind: 'close', code, reason: reason.toString() }),
  );
  const failed = new Promise<void>(resolve => {
    receiver.on('error', (error: Error) => {
      const [status] = Object.getOwnPropertySymbols(error).filter(
        symbol => symbol.description === 'status-code',
      );
      const code = (error as unknown as Record<symbol, number>)[status!];
      events.push({ kind: 'fault', code: code as 1002, reason: '' });
      resolve();
    });
  });
  for (const part of parts) {
    if (receiver.destroyed || receiver.errored !== null) break;
    await Promise.race([new Promise(resolve => receiver.write(part, resolve)), failed]);
  }
  return events;
}

function asOurs(parts: readonly Buffer[], masked: boolean, messageBytes: number): FrameEvent[] {
  const ours = reader(messageBytes, masked);
  return parts.flatMap(part => [...ours.push(part)]);
}

function comparable(events: readonly FrameEvent[]): unknown[] {
  return events.map(event => {
    if (event.kind === 'fault') return [event.kind, event.code];
    if (event.kind === 'close') return [event.kind, event.code, event.reason];
    return [event.kind, 'binary' in event ? event.binary : null, event.data.toString('hex')];
  });
}

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 140 }),
  fc.string({ maxLength: 60 }).map(text => new Uint8Array(Buffer.from(text))),
  fc.constantFrom(125, 126, 127, 65_535, 65_536).map(size => new Uint8Array(size).fill(97)),
);

test('any frames, honest or not, cut anyhow, are read as ws reads them', async () => {
  const one = fc.record({
    final: fc.boolean(),
    opcode: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(0, 0, 1, 2, 8, 9, 10) },
      { weight: 1, arbitrary: fc.nat(15) },
    ),
    reserved: fc.oneof(
      { weight: 20, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.constantFrom(16, 32, 64) },
    ),
    wrongMask: fc.oneof(
      { weight: 30, arbitrary: fc.constant(false) },
      { weight: 1, arbitrary: fc.constant(true) },
    ),
    payload,
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(one, { maxLength: 8 }),
      fc.array(fc.nat(300), { maxLength: 12 }),
      fc.boolean(),
      async (frames, sizes, masked) => {
        const bytes = Buffer.concat(
          frames.map(frame =>
            raw((frame.final ? 128 : 0) | frame.reserved | frame.opcode, Buffer.from(frame.payload), {
              masked: masked !== frame.wrongMask,
            }),
          ),
        );
        const parts = cut(bytes, sizes);
        const limit = 70_000;
        expect(comparable(asOurs(parts, masked, limit))).toEqual(
          comparable(await asWs(parts, masked, limit)),
        );
      },
    ),
    { numRuns: 250 },
  );
});

test('an honest message in any pieces, with pings between, is one message', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 900 }),
      fc.array(fc.nat(200), { maxLength: 6 }),
      fc.array(fc.nat(50), { maxLength: 40 }),
      (content, pieces, sizes) => {
        const parts = cut(Buffer.from(content), pieces);
        const frames = parts.flatMap((part, index) => {
          const last = index === parts.length - 1 ? 128 : 0;
          return [
            raw(last + (index === 0 ? 2 : 0), part),
            ...(last === 0 ? [raw(0x89, Buffer.from('p'))] : []),
          ];
        });
        const events = asOurs(cut(Buffer.concat(frames), sizes), true, 1000);
        expect(events.filter(({ kind }) => kind === 'ping')).toHaveLength(parts.length - 1);
        expect(events.filter(({ kind }) => kind !== 'ping')).toEqual([
          { kind: 'message', binary: true, data: Buffer.from(content) },
        ]);
      },
    ),
  );
});

test('garbage never throws, and nothing is read after the end', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 20 }), chunks => {
      const ours = reader(500);
      let after = false;
      for (const chunk of chunks) {
        const events = ours.push(Buffer.from(chunk));
        expect(after && events.length > 0).toBe(false);
        const ends = events.findIndex(({ kind }) => kind === 'close' || kind === 'fault');
        expect(ends === -1 || ends === events.length - 1).toBe(true);
        after = ours.ended;
        expect(after).toBe(after || ends !== -1);
      }
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ['a reserved bit (a compressed message)', raw(0xc1, Buffer.from('a')), 1002],
  ['an opcode that is not given out', raw(0x83, Buffer.from('a')), 1002],
  ['a control opcode that is not given out', raw(0x8b, Buffer.from('a')), 1002],
  ['a continuation of nothing', raw(0x80, Buffer.from('a')), 1002],
  [
    'a new message within another',
    Buffer.concat([raw(0x01, Buffer.from('a')), raw(0x81, Buffer.from('b'))]),
    1002,
  ],
  ['a ping in pieces', raw(0x09, Buffer.from('a')), 1002],
  ['a ping of 126 bytes', raw(0x89, Buffer.alloc(126)), 1002],
  ['no mask', raw(0x81, Buffer.from('a'), { masked: false }), 1002],
  ['text that is no UTF-8', raw(0x81, Buffer.from([0xff])), 1007],
  ['half a close code', raw(0x88, Buffer.from([3])), 1002],
  ['close code 1006', raw(0x88, Buffer.from([3, 0xee])), 1002],
  ['close code 999', raw(0x88, Buffer.from([3, 0xe7])), 1002],
  ['a close reason that is no UTF-8', raw(0x88, Buffer.from([3, 0xe8, 0xff])), 1007],
  ['a length above the limit', raw(0x82, Buffer.alloc(1001)).subarray(0, 8), 1009],
  ['a length of 2^63', Buffer.from([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]), 1009],
  [
    'pieces that are too long together',
    Buffer.concat([raw(0x02, Buffer.alloc(999)), raw(0x80, Buffer.alloc(2))]),
    1009,
  ],
])('%s ends the connection', (_name, bytes, code) => {
  const ours = reader();
  const last = ours.push(bytes).at(-1);
  expect(last).toMatchObject({ kind: 'fault', code });
  expect(ours.ended).toBe(true);
  expect(ours.push(raw(0x81, Buffer.from('a')))).toEqual([]);
});

test('what is announced takes no memory, and a piece does not keep its packet', () => {
  const before = process.memoryUsage().arrayBuffers;
  const readers = Array.from({ length: 50 }, () => reader(500_000_000));
  for (const one of readers)
    expect(one.push(Buffer.from([0x82, 0xff, 0, 0, 0, 0, 0x1d, 0, 0, 0, 1, 2, 3, 4]))).toEqual([]);
  const busy = reader(500_000_000);
  const empty = raw(0x00, Buffer.alloc(0));
  busy.push(raw(0x02, Buffer.from('a')));
  for (let index = 0; index < 20_000; index++) busy.push(empty);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
  expect(busy.push(raw(0x80, Buffer.from('b')))).toEqual([
    { kind: 'message', binary: true, data: Buffer.from('ab') },
  ]);
});

test('a length in a longer spelling than needed is its length', () => {
  for (const long of [2, 8] as const) {
    expect(reader().push(raw(0x82, Buffer.from('ab'), { long }))).toEqual([
      { kind: 'message', binary: true, data: Buffer.from('ab') },
    ]);
  }
});

test('what is written is read by ws, whatever its length', async () => {
  const cases = [
    { binary: false, data: Buffer.from('Zoë') },
    ...[0, 125, 126, 65_535, 65_536].map(size => ({ binary: true, data: Buffer.alloc(size, 7) })),
  ];
  for (const message of cases) {
    for (const key of [mask, null]) {
      expect(comparable(await asWs([messageFrame(message, key)], key !== null, 0))).toEqual([
        ['message', message.binary, message.data.toString('hex')],
      ]);
    }
  }
});

test('control frames: what is too long is cut, a code that nobody may send is left out', async () => {
  const sent = [
    controlFrame('ping', Buffer.alloc(200, 1), mask),
    controlFrame('pong', Buffer.from('x'), mask),
    closeFrame(1008, 'revoked', mask),
  ];
  expect(comparable(await asWs(sent, true, 0))).toEqual([
    ['ping', null, '01'.repeat(125)],
    ['pong', null, '78'],
    ['close', 1008, 'revoked'],
  ]);
  expect(asOurs([closeFrame(1005, 'x', mask)], true, 10)).toEqual([
    { kind: 'close', code: 1005, reason: '' },
  ]);
  expect(asOurs([closeFrame(1001, 'x'.repeat(124), mask)], true, 10)).toEqual([
    { kind: 'close', code: 1001, reason: '' },
  ]);
});
