/*
 * The attack: another account of this computer, or a sandboxed program of this one, reaches the control
 * socket (a folder left open, a socket path that was taken before the core came up) and asks for a token,
 * answers in the core's place, or replays and reorders what it recorded. Therefore both ends prove that they
 * hold the run's key before anything is said, the keys of the two directions differ and are fresh for each
 * connection, and each message is bound to its place in the sequence.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { isErrorCode } from '../../shared/error-codes.ts';

/** Raised when the contract or this carrier changes in a way that an older end would misread. */
export const protocolVersion = 1;

/** Bytes of one message in either direction; a longer one ends the connection. */
export const messageLimit = 4 * 1024 * 1024;

/**
 * Who is at the other end of a connection. The core ends its servers some time after its last `shell` has
 * gone.
 */
export type Role = 'shell' | 'cli';

export const helloSchema = z.strictObject({
  gatehouse: z.string().max(40),
  protocol: z.int(),
  nonce: z.string().length(43),
});
export const responseSchema = z.strictObject({
  gatehouse: z.string().max(40),
  protocol: z.int(),
  role: z.enum(['shell', 'cli']),
  nonce: z.string().length(43),
  proof: z.string().length(43),
});
export const acceptedSchema = z.strictObject({ proof: z.string().length(43) });
export const refusedSchema = z.strictObject({ refused: z.string().max(400) });

export const callSchema = z.strictObject({
  kind: z.literal('call'),
  id: z.int().min(0),
  name: z.string().max(60),
  args: z.array(z.unknown()).max(4),
});
const errorSchema = z.strictObject({
  // A core of another version may know a code that this process does not.
  code: z.string().transform(code => (isErrorCode(code) ? code : 'internal')),
  message: z.string(),
  nextStep: z.string(),
  kind: z.enum(['failed', 'usage', 'not-found', 'refused']),
});
export const fromCoreSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('answer'), id: z.int(), value: z.unknown().optional() }),
  z.strictObject({ kind: z.literal('error'), id: z.int(), error: errorSchema }),
  z.strictObject({ kind: z.literal('event'), name: z.string(), value: z.unknown() }),
]);

type Side = 'client' | 'core';

/** The proof that one side holds the key, bound to both nonces, the role and the side. */
export function proofOf(key: Buffer, side: Side, coreNonce: string, clientNonce: string, role: Role): string {
  return createHmac('sha256', key)
    .update(`gatehouse-control ${side} ${coreNonce} ${clientNonce} ${role}`)
    .digest('base64url');
}

export function proofMatches(given: string, wanted: string): boolean {
  const a = Buffer.from(given);
  const b = Buffer.from(wanted);
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Writes the messages of one direction: `<sequence number> <HMAC> <JSON>` and a line feed. */
export class Sealer {
  readonly #key: Buffer;
  #next = 0;

  constructor(key: Buffer, side: Side, nonces: string) {
    this.#key = directionKey(key, side, nonces);
  }

  seal(message: unknown): string {
    const body = JSON.stringify(message);
    const sequence = this.#next++;
    return `${sequence} ${mac(this.#key, sequence, body)} ${body}\n`;
  }
}

/** Reads them; throws on a wrong HMAC, and on a message that comes twice, late or early. */
export class Opener {
  readonly #key: Buffer;
  #next = 0;

  constructor(key: Buffer, side: Side, nonces: string) {
    this.#key = directionKey(key, side, nonces);
  }

  open(line: string): unknown {
    const first = line.indexOf(' ');
    const second = line.indexOf(' ', first + 1);
    const sequence = Number(line.slice(0, first));
    const body = line.slice(second + 1);
    if (first < 1 || second < 0 || sequence !== this.#next) throw new Error('a message out of its order');
    if (!proofMatches(line.slice(first + 1, second), mac(this.#key, sequence, body))) {
      throw new Error('a message that this connection did not sign');
    }
    this.#next += 1;
    return JSON.parse(body);
  }
}

function directionKey(key: Buffer, side: Side, nonces: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, nonces, `gatehouse-control from ${side}`, 32));
}

function mac(key: Buffer, sequence: number, body: string): string {
  return createHmac('sha256', key).update(`${sequence} ${body}`).digest('base64url');
}
