/**
 * The attack: two tables that do not agree, so that a link is gone and its guest is not, or a use is spent
 * twice. Everything that sharing has to remember is one book, and each change of it is one function here,
 * whole or not at all, with time, randomness and hashes as arguments.
 */
import { z } from 'zod';
import type { Secret } from '../../secret.ts';
import {
  endGuestSessions,
  guestSessionEnd,
  guestSessionSchema,
  openGuestSession,
  type StoredGuestSession,
  type GuestFacts,
  type GuestSessionLimits,
  type GuestSessionTable,
} from './guest-sessions.ts';
import { judge, linkSchema, linkState, type HashOf, type Link, type LinkRefusal } from './link.ts';

const keyText = z.string().regex(/^[\w-]{43}$/);

const retiredSchema = z.strictObject({
  id: z.string().max(40),
  /** Null once no link is left that was made with it. */
  links: keyText.nullable(),
  audit: keyText,
});

/**
 * A key that was rotated away: kept, sealed by its successor, so that old links work and old lines of the
 * audit log can be checked.
 */
export type RetiredKey = Readonly<z.infer<typeof retiredSchema>>;

/** The form in which a book is kept. */
export const ledgerStateSchema = z.strictObject({
  /** The latest time ever seen. */
  mark: z.int().min(0).max(8.64e15),
  links: z.array(linkSchema).max(100_000),
  guests: z.array(z.tuple([z.string().max(60), guestSessionSchema])).max(100_000),
  retired: z.array(retiredSchema).max(1000),
});

export interface LedgerState {
  mark: number;
  readonly links: Map<string, Link>;
  readonly guests: GuestSessionTable;
  retired: readonly RetiredKey[];
}

/** Ended links are listed for this long. */
const rememberMs = 30 * 86_400_000;
const maxLinks = 20_000;

export function emptyLedgerState(mark = 0): LedgerState {
  return { mark, links: new Map(), guests: new Map(), retired: [] };
}

export function ledgerStateText(ledgerState: LedgerState): string {
  const kept: z.infer<typeof ledgerStateSchema> = {
    mark: ledgerState.mark,
    links: [...ledgerState.links.values()],
    guests: [...ledgerState.guests],
    retired: [...ledgerState.retired],
  };
  return JSON.stringify(kept);
}

/** Throws where the text is no book, also where it names one link twice. */
export function readLedgerState(text: string): LedgerState {
  const kept = ledgerStateSchema.parse(JSON.parse(text));
  const links = new Map(kept.links.map(link => [link.id, link]));
  if (links.size !== kept.links.length) throw new Error('one link twice');
  return { mark: kept.mark, links, guests: new Map(kept.guests), retired: kept.retired };
}

/** False when there are too many links, or one of that id. */
export function addLink(ledgerState: LedgerState, link: Link): boolean {
  if (ledgerState.links.size >= maxLinks || ledgerState.links.has(link.id)) return false;
  ledgerState.links.set(link.id, link);
  return true;
}

export interface RedeemRequest {
  readonly id: string;
  readonly secret: string;
  /** The owner has let this guest in. */
  readonly approved: boolean;
  readonly guest: GuestFacts;
}

export type RedeemRefusal = LinkRefusal | 'too-many-guests';
export type RedeemVerdict =
  | { readonly open: true; readonly session: StoredGuestSession; readonly link: Link }
  | { readonly open: false; readonly reason: RedeemRefusal };

/**
 * Spends one use and opens the session of `value`, both or neither. The hash moves to the newest key
 * meanwhile.
 */
export function redeem(
  ledgerState: LedgerState,
  now: number,
  asked: RedeemRequest,
  value: Secret<string>,
  hashing: { readonly hashOf: HashOf; readonly newest: string },
  limits: GuestSessionLimits,
): RedeemVerdict {
  const link = ledgerState.links.get(asked.id) ?? null;
  const verdict = judge(now, link, asked, hashing.hashOf);
  if (!verdict.open) return verdict;
  if (link === null) return { open: false, reason: 'unknown' };
  const session = openGuestSession(ledgerState.guests, now, link, value, asked.guest, limits);
  if (session === 'full') return { open: false, reason: 'too-many-guests' };
  const usesLeft = link.usesLeft === null ? null : link.usesLeft - 1;
  const fresh = hashing.hashOf(hashing.newest, link.id, asked.secret).toString('base64url');
  const spent: Link = { ...link, usesLeft, hash: { key: hashing.newest, value: fresh } };
  ledgerState.links.set(link.id, spent);
  return { open: true, session, link: spent };
}

/**
 * Takes a link back and ends its sessions. Null for an unknown link; one that was revoked before stays as it
 * is.
 */
export function revoke(
  ledgerState: LedgerState,
  now: number,
  id: string,
): readonly StoredGuestSession[] | null {
  const link = ledgerState.links.get(id);
  if (link === undefined) return null;
  if (link.revokedAt === null) ledgerState.links.set(id, { ...link, revokedAt: now });
  return endGuestSessions(ledgerState.guests, session => session.linkId === id);
}

/** Everything of one server, or everything: sharing was stopped, or the server was forgotten. */
export function revokeAll(
  ledgerState: LedgerState,
  now: number,
  serverId: string | null,
): readonly StoredGuestSession[] {
  const ids = [...ledgerState.links.values()]
    .filter(link => serverId === null || link.serverId === serverId)
    .map(link => link.id);
  return ids.flatMap(id => revoke(ledgerState, now, id) ?? []);
}

export interface Ended {
  readonly links: readonly Link[];
  readonly guests: readonly StoredGuestSession[];
}

/** Writes down what time has ended, so that no clock can take it back, and forgets what ended long ago. */
export function settle(ledgerState: LedgerState, now: number, limits: GuestSessionLimits): Ended {
  ledgerState.mark = Math.max(ledgerState.mark, now);
  const links: Link[] = [];
  for (const link of ledgerState.links.values()) {
    if (link.expiredAt !== null || link.revokedAt !== null || linkState(now, link) !== 'expired') continue;
    const expired = { ...link, expiredAt: now };
    ledgerState.links.set(link.id, expired);
    links.push(expired);
  }
  const guests = endGuestSessions(
    ledgerState.guests,
    session => guestSessionEnd(now, session, ledgerState.links.get(session.linkId) ?? null, limits) !== null,
  );
  prune(ledgerState, now);
  return { links, guests };
}

/** A pruned link is an unknown one: it opens nothing for certain. */
function prune(ledgerState: LedgerState, now: number): void {
  const inUse = new Set<string>();
  for (const link of ledgerState.links.values()) {
    const over = link.revokedAt ?? link.expiredAt;
    if (over !== null && now - over >= rememberMs) ledgerState.links.delete(link.id);
    else if (over === null) inUse.add(link.hash.key);
  }
  ledgerState.retired = ledgerState.retired.map(key =>
    key.links === null || inUse.has(key.id) ? key : { ...key, links: null },
  );
}
