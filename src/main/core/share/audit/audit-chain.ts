/**
 * The attack: somebody who may write to the audit log changes, removes, inserts or reorders a line, or cuts
 * off the end, and nobody notices. So each line carries the seal of the one before it and is sealed itself,
 * with a key that is not on the disk; and a signed count of lines is kept aside.
 *
 * Out of reach: whoever has the key. And of a cut: who puts back an old log together with the old count
 * beside it is noticed by the one in the keychain, which may lag by the last lines before a crash.
 */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { lineText } from './audit-entry.ts';
import type { AuditKey } from '../ledger/retired-keys.ts';

/** Where a chain ends: the number and the seal of its last line. */
export interface ChainEnd {
  readonly n: number;
  readonly mac: string;
}

export const noLine: ChainEnd = { n: 0, mac: '' };

const lineSchema = z.looseObject({
  n: z.int().min(1),
  at: z.iso.datetime(),
  event: z.string(),
  key: z.string(),
  prev: z.string(),
});

export interface AuditLine extends ChainEnd {
  readonly prev: string;
  /** Place of its key among the keys, oldest first. */
  readonly key: number;
  readonly at: string;
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The next line, without its line end. */
export function sealLine(
  before: ChainEnd,
  at: number,
  event: { readonly event: string },
  key: AuditKey,
  n = before.n + 1,
): { readonly text: string; readonly end: ChainEnd } {
  const whole = { n, at: new Date(at).toISOString(), ...event, key: key.id, prev: before.mac };
  const body = lineText(whole).slice(0, -1);
  const mac = macOf(body, key);
  return { text: `${body},"mac":"${mac}"}`, end: { n, mac } };
}

/** Reads a line that was sealed with one of the keys; null for anything else. */
export function readLine(text: string, keys: readonly AuditKey[]): AuditLine | null {
  const [, body, mac] = /^(\{.*),"mac":"([\w-]{43})"\}$/.exec(text) ?? [];
  if (body === undefined || mac === undefined) return null;
  try {
    const parsed = lineSchema.parse(JSON.parse(`${body}}`));
    const key = keys.findIndex(candidate => candidate.id === parsed.key);
    const used = keys[key];
    if (used === undefined || !same(macOf(body, used), mac)) return null;
    const { n, at, event, key: _key, prev, ...fields } = parsed;
    return { n, at, event, prev, fields, mac, key };
  } catch {
    return null;
  }
}

function macOf(text: string, key: AuditKey): string {
  return createHmac('sha256', key.key.reveal()).update(`line\n${text}`).digest('base64url');
}

function same(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}

export function digestOfPiece(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('base64url');
}

/** The count that is kept aside. */
export interface Head extends ChainEnd {
  /** Number of the oldest line that is still kept. */
  readonly from: number;
}

const headSchema = z.strictObject({
  n: z.int().min(0),
  mac: z.string().max(43),
  from: z.int().min(1),
  key: z.string(),
  sig: z.string(),
});

export function signHead(head: Head, key: AuditKey): string {
  const { n, mac, from } = head;
  return JSON.stringify({ n, mac, from, key: key.id, sig: signature(head, key) });
}

/** Null where there is none, or not one of ours. */
export function readHead(text: string | null, keys: readonly AuditKey[]): Head | null {
  try {
    const { n, mac, from, key, sig } = headSchema.parse(JSON.parse(text ?? ''));
    const used = keys.find(candidate => candidate.id === key);
    return used !== undefined && same(signature({ n, mac, from }, used), sig) ? { n, mac, from } : null;
  } catch {
    return null;
  }
}

function signature({ n, mac, from }: Head, key: AuditKey): string {
  return createHmac('sha256', key.key.reveal()).update(`head\n${n}\n${mac}\n${from}`).digest('base64url');
}

/** The one that has seen most. */
export function latestHead(heads: readonly (Head | null)[]): Head | null {
  return heads.reduce((best, head) => (head !== null && head.n >= (best?.n ?? -1) ? head : best), null);
}
