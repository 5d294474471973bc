/**
 * Messages between a browser and a kernel, on the WebSocket `/api/kernels/<id>/channels`.
 *
 * The attack: a message that is judged in one reading and executed in another. Offsets that overlap or point
 * elsewhere, a header with `msg_type` twice (one program takes the first, another the last), a second
 * `msg_type` next to the header, bytes that are no UTF-8. So decoding is strict, and what a viewer may say is
 * never passed on as it came but said again from what was understood.
 *
 * And time: a header of a megabyte of nested lists took tens of milliseconds to parse, before anything was
 * known of the message, and 16 sockets that sent such headers kept the owner waiting for seconds. So lengths
 * are looked at before anything is parsed, and content that nobody asks for is not parsed at all.
 *
 * `v1.kernel.websocket.jupyter.org` (jupyter_server, "WebSocket kernel wire protocol"): n and n offsets as
 * little-endian u64, then channel, header, parent header, metadata, content, buffers. Legacy: JSON text, or
 * big-endian u32 count and offsets, JSON, buffers.
 */
import { z } from 'zod';
import type { SocketMessage } from '../../../role-ports.ts';

export const v1Protocol = 'v1.kernel.websocket.jupyter.org';

/** Bytes of a header that is parsed; an honest one has some 250. */
export const headerBytes = 4096;
/** Bytes of the only content that is parsed: the question for widgets, which has one short parameter. */
const contentBytes = 4096;
/** A legacy message has header and content in one JSON, which can only be parsed whole; bytes. */
export const legacyBytes = 64 * 1024;
/** Four bytes a character, at most. */
const channelBytes = 1024;
/** Offsets of one message: more than a thousand buffers are no widget's. */
const maxParts = 1024;

const name = z.string().min(1).max(256);
const header = z.object({
  msg_id: name,
  msg_type: name,
  session: z.string().max(256).default(''),
  username: z.string().max(256).default(''),
  version: z.string().max(32).default('5.3'),
  date: z.string().max(64).optional(),
});
const whole = z.object({ channel: name, header, msg_type: name.optional(), msg_id: name.optional() });

export type KernelHeader = z.infer<typeof header>;

export interface KernelMessage {
  readonly channel: string;
  readonly header: KernelHeader;
  /** Unknown until it is parsed; null where it is no JSON, or too long to be parsed. */
  readonly content: unknown;
}

/** What is to be said. */
export interface KernelSpeech {
  readonly channel: string;
  readonly header: KernelHeader;
  /** `{}` for a message that answers nothing. */
  readonly parent: KernelHeader | Readonly<Record<string, never>>;
  readonly content: Readonly<Record<string, unknown>>;
}

/** @param v1 whether that protocol was agreed on. Null for what has not exactly one reading. Never throws. */
export function decodeKernelMessage(v1: boolean, message: SocketMessage): KernelMessage | null {
  if (v1) return message.binary ? decodeV1(message.data) : null;
  const text = message.binary ? legacyText(message.data) : message.data;
  return text === null ? null : decodeLegacy(text);
}

function decodeV1(data: Buffer): KernelMessage | null {
  const parts = split(data, 8, at => u64(data, at));
  const [where, head, , , content] = parts ?? [];
  if (where === undefined || head === undefined || content === undefined) return null;
  if (where.length > channelBytes || head.length > headerBytes) return null;
  const channel = name.safeParse(textOf(where));
  const read = header.safeParse(jsonOf(head));
  if (!channel.success || !read.success) return null;
  const short = content.length <= contentBytes;
  return { channel: channel.data, header: read.data, content: short ? jsonOf(content) : null };
}

function decodeLegacy(text: Buffer): KernelMessage | null {
  if (text.length > legacyBytes) return null;
  const json = jsonOf(text);
  const message = whole.safeParse(json);
  if (!message.success) return null;
  const { channel, header, msg_type: type, msg_id: id } = message.data;
  if ((type ?? header.msg_type) !== header.msg_type || (id ?? header.msg_id) !== header.msg_id) return null;
  const content = z.object({ content: z.unknown() }).safeParse(json);
  return { channel, header, content: content.success ? content.data.content : null };
}

/** The JSON of a legacy binary message. */
function legacyText(data: Buffer): Buffer | null {
  const count = data.length >= 4 ? data.readUInt32BE(0) : 0;
  const start = 4 * (count + 1);
  if (count < 1 || count > maxParts || start > data.length) return null;
  let before = start;
  for (let index = 0; index < count; index++) {
    const offset = data.readUInt32BE(4 * (index + 1));
    if (offset < before || offset > data.length || (index === 0 && offset !== start)) return null;
    before = offset;
  }
  return data.subarray(start, count === 1 ? data.length : data.readUInt32BE(8));
}

/**
 * The parts of a v1 message: the first offset is the end of the table, none goes back, the last is the end of
 * the message.
 */
function split(data: Buffer, size: number, read: (at: number) => number): readonly Buffer[] | null {
  if (data.length < size) return null;
  const count = read(0);
  const start = size * (count + 1);
  if (count < 6 || count > maxParts || start > data.length) return null;
  if (read(size) !== start || read(size * count) !== data.length) return null;
  const parts: Buffer[] = [];
  for (let index = 1; index < count; index++) {
    const from = read(size * index);
    const to = read(size * (index + 1));
    if (to < from || to > data.length) return null;
    parts.push(data.subarray(from, to));
  }
  return parts;
}

/** Infinity for what is beyond counting. */
function u64(data: Buffer, at: number): number {
  return data.readUInt32LE(at + 4) === 0 ? data.readUInt32LE(at) : Number.POSITIVE_INFINITY;
}

function textOf(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    const json: unknown = JSON.parse(textOf(bytes) ?? '');
    return json;
  } catch {
    return null;
  }
}

export function encodeKernelMessage(v1: boolean, speech: KernelSpeech): SocketMessage {
  const { channel, header, parent, content } = speech;
  if (!v1) {
    const { msg_id, msg_type } = header;
    const message = { channel, header, msg_id, msg_type, parent_header: parent, metadata: {}, content };
    return { binary: false, data: Buffer.from(JSON.stringify({ ...message, buffers: [] })) };
  }
  const parts = [Buffer.from(channel), ...[header, parent, {}, content].map(part => jsonBytes(part))];
  const table = Buffer.alloc(8 * (parts.length + 2));
  table.writeBigUInt64LE(BigInt(parts.length + 1), 0);
  let offset = table.length;
  table.writeBigUInt64LE(BigInt(offset), 8);
  parts.forEach((part, index) => {
    offset += part.length;
    table.writeBigUInt64LE(BigInt(offset), 8 * (index + 2));
  });
  return { binary: true, data: Buffer.concat([table, ...parts]) };
}

function jsonBytes(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
