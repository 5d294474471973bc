/**
 * The attack: a sign-in link that works twice. It is in the browser's history, perhaps in a terminal's
 * scroll-back or a process list; so its code is taken out of the table by its first use, lives minutes, and
 * only its hash is kept.
 */
import type { Secret } from '../../secret.ts';
import { digestOf } from './digest.ts';
import type { Limits } from '../limits.ts';

/** Hash of a code to the time when it ends, oldest first. */
export type CodeTable = Map<string, number>;

export type CodeLimits = Pick<Limits, 'codeMs' | 'codes'>;

/** Adds a code; answers when it ends. */
export function addCode(table: CodeTable, now: number, code: Secret<string>, limits: CodeLimits): number {
  for (const [key, endsAt] of table) if (now >= endsAt) table.delete(key);
  for (const key of table.keys()) {
    if (table.size < limits.codes) break;
    table.delete(key);
  }
  const endsAt = now + limits.codeMs;
  table.set(digestOf(code.reveal()).key, endsAt);
  return endsAt;
}

/** Whether `takeCode` would answer true; nothing is used up. */
export function knowsCode(table: CodeTable, now: number, code: string): boolean {
  const endsAt = table.get(digestOf(code).key);
  return endsAt !== undefined && now < endsAt;
}

/** True once for a code that is in time. */
export function takeCode(table: CodeTable, now: number, code: string): boolean {
  const { key } = digestOf(code);
  const endsAt = table.get(key);
  if (endsAt === undefined) return false;
  table.delete(key);
  return now < endsAt;
}
