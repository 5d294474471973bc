import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decodeKernelMessage,
  encodeKernelMessage,
  headerBytes,
  legacyBytes,
  type KernelHeader,
} from '../../../../../src/main/core/profiles/jupyter/roles/kernel-frames.ts';

const header: KernelHeader = {
  msg_id: 'id-1',
  msg_type: 'kernel_info_request',
  session: 's',
  username: 'ada',
  version: '5.3',
};
const speech = { channel: 'shell', header, parent: {}, content: { a: 'ö' } };

/** As jupyter_server packs it, but with any offsets. */
function v1(parts: readonly string[], change: (offsets: bigint[]) => void = () => {}): Buffer {
  const bytes = parts.map(part => Buffer.from(part));
  const offsets = [BigInt(8 * (bytes.length + 2))];
  for (const part of bytes) offsets.push((offsets.at(-1) ?? 0n) + BigInt(part.length));
  offsets.unshift(BigInt(bytes.length + 1));
  change(offsets);
  const table = Buffer.alloc(8 * offsets.length);
  offsets.forEach((offset, index) => table.writeBigUInt64LE(BigInt.asUintN(64, offset), 8 * index));
  return Buffer.concat([table, ...bytes]);
}

const json = JSON.stringify(header);
const honest = ['shell', json, '{}', '{}', '{"a":"ö"}'];

test.each([true, false])('what is said is understood (v1: %s)', protocol => {
  const message = encodeKernelMessage(protocol, speech);
  expect(message.binary).toBe(protocol);
  expect(decodeKernelMessage(protocol, message)).toEqual({ channel: 'shell', header, content: { a: 'ö' } });
});

test('the first frame is as the protocol says it: n, then offsets from 56', () => {
  const { data } = encodeKernelMessage(true, speech);
  expect(data.equals(v1(honest))).toBe(true);
  expect([data.readBigUInt64LE(0), data.readBigUInt64LE(8), data.readBigUInt64LE(16)]).toEqual([
    6n,
    56n,
    61n,
  ]);
});

test('buffers may follow', () => {
  const data = v1([...honest, 'buffer', '', 'another']);
  expect(decodeKernelMessage(true, { binary: true, data })).toMatchObject({ channel: 'shell' });
});

test.each<[string, Buffer]>([
  ['empty', Buffer.alloc(0)],
  ['seven bytes', Buffer.alloc(7)],
  ['no parts', Buffer.alloc(8)],
  ['too few parts', v1(honest.slice(0, 4))],
  ['a count beyond the message', v1(honest, offsets => (offsets[0] = 1000n))],
  ['a count of 2^63', v1(honest, offsets => (offsets[0] = 2n ** 63n))],
  ['a count of 2^32', v1(honest, offsets => (offsets[0] = 2n ** 32n))],
  ['a gap before the first part', v1(honest, offsets => (offsets[1] = 57n))],
  ['a part within the table', v1(honest, offsets => (offsets[1] = 8n))],
  ['parts that overlap', v1(honest, offsets => (offsets[3] = 60n))],
  [
    'an offset that goes back',
    v1(honest, offsets => ([offsets[2], offsets[3]] = [offsets[3]!, offsets[2]!])),
  ],
  ['an offset beyond the end', v1(honest, offsets => (offsets[4] = 100_000n))],
  ['a negative offset', v1(honest, offsets => (offsets[4] = -1n))],
  ['an end before the end', v1(honest, offsets => (offsets[6] = offsets[6]! - 1n))],
  ['bytes after the end', Buffer.concat([v1(honest), Buffer.from('x')])],
  ['no JSON', v1(['shell', '{', '{}', '{}', '{}'])],
  ['a list for a header', v1(['shell', '[]', '{}', '{}', '{}'])],
  ['a header without a type', v1(['shell', '{"msg_id":"1"}', '{}', '{}', '{}'])],
  ['a type that is no text', v1(['shell', '{"msg_id":"1","msg_type":["x"]}', '{}', '{}', '{}'])],
  ['an empty channel', v1(['', json, '{}', '{}', '{}'])],
  ['a byte order mark', v1(['shell', `\uFEFF${json}`, '{}', '{}', '{}'])],
  ['UTF-16', v1(['shell', Buffer.from(json, 'utf16le').toString('latin1'), '{}', '{}', '{}'])],
  [
    'a header of 300 letters',
    v1(['shell', JSON.stringify({ ...header, msg_id: 'x'.repeat(300) }), '{}', '{}', '{}']),
  ],
])('v1 with %s is no message', (_name, data) => {
  expect(decodeKernelMessage(true, { binary: true, data })).toBeNull();
});

test('text where v1 was agreed on, and bytes that are no UTF-8', () => {
  expect(decodeKernelMessage(true, { binary: false, data: v1(honest) })).toBeNull();
  expect(decodeKernelMessage(false, { binary: false, data: Buffer.from([0x7b, 0xff, 0x7d]) })).toBeNull();
});

/** JSON of exactly so many bytes, nested as deep as they allow. */
function nested(bytes: number, json: string): string {
  const start = `${json.slice(0, -1)},"x":`;
  const depth = Math.floor((bytes - start.length - 1) / 2);
  const text = `${start}${'['.repeat(depth)}${']'.repeat(depth)}`;
  return `${text}${' '.repeat(bytes - text.length - 1)}}`;
}

test('a header is parsed up to its bound and not beyond it; nothing else of a message is parsed at any length', () => {
  const say = (head: string, content = '{}'): Buffer => v1(['shell', head, '{}', '{}', content]);
  const decode = (data: Buffer): unknown => decodeKernelMessage(true, { binary: true, data });
  expect(decode(say(nested(headerBytes, json)))).toMatchObject({ header });
  expect(decode(say(nested(headerBytes + 1, json)))).toBeNull();
  expect(decode(say(json, nested(4096, '{"a":1}')))).toMatchObject({ content: { a: 1 } });
  expect(decode(say(json, nested(4097, '{"a":1}')))).toMatchObject({ content: null });
  expect(decode(v1(Array.from({ length: 1025 }, (_none, at) => honest[at] ?? '')))).toBeNull();
});

test('a legacy message is parsed up to its bound and not beyond it', () => {
  const whole = JSON.stringify({ channel: 'shell', header, content: {} });
  const decode = (text: string): unknown =>
    decodeKernelMessage(false, { binary: false, data: Buffer.from(text) });
  expect(decode(nested(legacyBytes, whole))).toMatchObject({ header });
  expect(decode(nested(legacyBytes + 1, whole))).toBeNull();
});

function legacy(message: unknown): Buffer {
  return Buffer.from(typeof message === 'string' ? message : JSON.stringify(message));
}

const plain = { channel: 'shell', header, parent_header: {}, metadata: {}, content: { a: 1 } };

test.each<[string, unknown]>([
  ['another type next to the header', { ...plain, msg_type: 'execute_request' }],
  ['another number next to the header', { ...plain, msg_id: 'id-2' }],
  ['no channel (the server would take shell)', { header, content: {} }],
  ['a channel that is null', { ...plain, channel: null }],
  ['no header', { channel: 'shell', msg_type: 'kernel_info_request' }],
  ['a list', [plain]],
  ['null', null],
  ['two messages', `${JSON.stringify(plain)}${JSON.stringify(plain)}`],
  ['NaN', '{"channel":"shell","header":{"msg_id":"1","msg_type":"x"},"content":NaN}'],
])('legacy with %s is no message', (_name, message) => {
  expect(decodeKernelMessage(false, { binary: false, data: legacy(message) })).toBeNull();
});

function legacyBinary(parts: readonly Buffer[], change: (offsets: number[]) => void = () => {}): Buffer {
  const offsets = [parts.length, 4 * (parts.length + 1)];
  for (const part of parts.slice(0, -1)) offsets.push((offsets.at(-1) ?? 0) + part.length);
  change(offsets);
  const table = Buffer.alloc(4 * offsets.length);
  offsets.forEach((offset, index) => table.writeUInt32BE(offset >>> 0, 4 * index));
  return Buffer.concat([table, ...parts]);
}

test('legacy with buffers', () => {
  const parts = [legacy({ ...plain, msg_type: header.msg_type, msg_id: header.msg_id }), Buffer.from([1, 2])];
  for (const some of [parts, parts.slice(0, 1)]) {
    const message = { binary: true, data: legacyBinary(some) };
    expect(decodeKernelMessage(false, message)).toEqual({ channel: 'shell', header, content: { a: 1 } });
  }
  const wrong: ((offsets: number[]) => void)[] = [
    offsets => (offsets[0] = 0),
    offsets => (offsets[0] = 0xffffffff),
    offsets => (offsets[1] = 4),
    offsets => (offsets[1] = 13),
    offsets => (offsets[2] = 100_000),
    offsets => (offsets[2] = 1),
  ];
  for (const change of wrong) {
    expect(decodeKernelMessage(false, { binary: true, data: legacyBinary(parts, change) })).toBeNull();
  }
  const three = legacyBinary([...parts, Buffer.from([3])], offsets => (offsets[3] = 100_000));
  expect(decodeKernelMessage(false, { binary: true, data: three })).toBeNull();
  expect(decodeKernelMessage(false, { binary: true, data: Buffer.alloc(3) })).toBeNull();
});

test('garbage never throws, also where only a byte of an honest message is changed', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), fc.boolean(), (bytes, protocol, binary) => {
      decodeKernelMessage(protocol, { binary, data: Buffer.from(bytes) });
    }),
    { numRuns: 2000 },
  );
  const base = v1(honest);
  fc.assert(
    fc.property(fc.nat(base.length - 1), fc.nat(255), (at, byte) => {
      const data = Buffer.from(base);
      data[at] = byte;
      const message = decodeKernelMessage(true, { binary: true, data });
      if (message !== null && at < 56) expect(message.header).toEqual(header);
    }),
    { numRuns: 2000 },
  );
  expect(decodeKernelMessage(false, { binary: false, data: Buffer.from('['.repeat(500_000)) })).toBeNull();
});
