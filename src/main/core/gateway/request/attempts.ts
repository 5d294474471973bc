/**
 * The attack: guessing; and its twin, locking the owner out by guessing. On loopback everybody has the
 * owner's address, so a count of failures may slow down those who show a wrong credential and nobody else: it
 * is only asked after a credential was found wrong.
 */
import type { Limits } from '../limits.ts';

export interface Attempts {
  count: number;
  /** When the window of this address began. */
  since: number;
}

/** By client address, oldest first. */
export type AttemptTable = Map<string, Attempts>;

export interface AttemptVerdict {
  readonly limited: boolean;
  readonly limit: number;
  readonly remaining: number;
  /** Seconds until the window of this address is over. */
  readonly resetSeconds: number;
}

export type AttemptLimits = Pick<Limits, 'failures' | 'failureWindowMs' | 'addresses'>;

/** Counts one wrong credential and says whether it was one too many. */
export function noteFailure(
  table: AttemptTable,
  now: number,
  address: string,
  limits: AttemptLimits,
): AttemptVerdict {
  const known = table.get(address);
  const age = known === undefined ? 0 : now - known.since;
  const entry =
    known !== undefined && age >= 0 && age < limits.failureWindowMs ? known : { count: 0, since: now };
  if (entry !== known) {
    table.delete(address);
    table.set(address, entry);
    for (const oldest of table.keys()) {
      if (table.size <= limits.addresses) break;
      table.delete(oldest);
    }
  }
  entry.count += 1;
  return {
    limited: entry.count > limits.failures,
    limit: limits.failures,
    remaining: Math.max(0, limits.failures - entry.count),
    resetSeconds: Math.max(1, Math.ceil((entry.since + limits.failureWindowMs - now) / 1000)),
  };
}

/** X-RateLimit-* on every answer to a wrong credential; Retry-After when it was one too many. */
export function rateHeaders(attempt: AttemptVerdict): readonly string[] {
  const headers = [
    'X-RateLimit-Limit',
    String(attempt.limit),
    'X-RateLimit-Remaining',
    String(attempt.remaining),
    'X-RateLimit-Reset',
    String(attempt.resetSeconds),
  ];
  return attempt.limited ? [...headers, 'Retry-After', String(attempt.resetSeconds)] : headers;
}
