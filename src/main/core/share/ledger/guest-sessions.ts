/**
 * The attack: a guest who stays after his link is gone. A session is a row of a table, not a signature. It is
 * bound to one server, link and role, ends by itself (idle, absolute) and never later than its link, and
 * whoever finds it asks the link again each time. Only the hash of the cookie is kept. One link's guests
 * cannot crowd out another's: a full table refuses the newcomer and throws nobody out.
 */
import { z } from 'zod';
import { hashSecret, type Secret } from '../../secret.ts';
import { linkState, roles, type Link } from './link.ts';
import { permissionsSchema } from './message-permissions.ts';

const shown = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]*$/u);
const time = z.int().min(0).max(8.64e15);

export const guestSessionSchema = z.strictObject({
  /** Names the session to the owner; opens nothing. */
  id: z.string().regex(/^[\da-f]{12}$/),
  linkId: z.string().max(40),
  serverId: z.string().max(63),
  role: z.enum(roles),
  /** As the guest or the link names the person; '' when nobody did. */
  name: shown.max(100),
  address: shown.max(60),
  /** `Firefox on Windows`; '' when it is not known. */
  browser: shown.max(100),
  createdAt: time,
  lastSeen: time,
  /** When it ends however busy it is. */
  endsAt: time,
  /** Of its link. */
  permissions: permissionsSchema,
});

export type StoredGuestSession = Readonly<Omit<z.infer<typeof guestSessionSchema>, 'lastSeen'>> & {
  /** Moved on by each request that used it. */
  lastSeen: number;
};

/** By `sessionKey` of the cookie's value: a look-up by hash tells nothing about the value by its time. */
export type GuestSessionTable = Map<string, StoredGuestSession>;

export interface GuestSessionLimits {
  readonly idleMs: number;
  readonly absoluteMs: number;
  readonly perLink: number;
  readonly total: number;
}

export const guestSessionLimits: GuestSessionLimits = {
  idleMs: 2 * 3_600_000,
  absoluteMs: 12 * 3_600_000,
  perLink: 500,
  total: 5000,
};

export interface GuestFacts {
  readonly name: string;
  readonly address: string;
  readonly browser: string;
}

/** The key of a session in the table, from the cookie's value (256 random bits). */
export function sessionKey(value: string): string {
  return hashSecret(value).toString('base64');
}

/**
 * The id of the session that a cookie's value opens or has opened. Whoever can work it out has had the
 * cookie.
 */
export function sessionIdOf(value: string): string {
  return idOf(sessionKey(value));
}

function idOf(key: string): string {
  return hashSecret(key).toString('hex').slice(0, 12);
}

/** Adds the session that `value` opens; `full` when there are too many, over all or for this link. */
export function openGuestSession(
  table: GuestSessionTable,
  now: number,
  link: Link,
  value: Secret<string>,
  facts: GuestFacts,
  limits: GuestSessionLimits,
): StoredGuestSession | 'full' {
  const ofLink = [...table.values()].filter(session => session.linkId === link.id).length;
  if (table.size >= limits.total || ofLink >= limits.perLink) return 'full';
  const key = sessionKey(value.reveal());
  const session: StoredGuestSession = {
    id: idOf(key),
    linkId: link.id,
    serverId: link.serverId,
    role: link.role,
    name: plain(facts.name, 100),
    address: plain(facts.address, 60),
    browser: plain(facts.browser, 100),
    createdAt: now,
    lastSeen: now,
    endsAt: Math.min(now + limits.absoluteMs, link.expiresAt),
    permissions: link.permissions,
  };
  table.set(key, session);
  return session;
}

/** A text from outside as the owner may see it. */
export function plain(text: string, longest: number): string {
  const clean = text.slice(0, longest * 4).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '');
  // Half of a surrogate pair is no character.
  return clean
    .trim()
    .slice(0, longest)
    .replaceAll(/\p{Cs}/gu, '');
}

export type GuestSessionEnd = 'idle' | 'over' | 'revoked' | 'expired' | 'link-gone';
export type GuestSessionRefusal = GuestSessionEnd | 'unknown' | 'other-server';

/**
 * Why a session is over; null while it is not. A link with no uses left does not end the sessions it gave.
 */
export function guestSessionEnd(
  now: number,
  session: StoredGuestSession,
  link: Link | null,
  limits: GuestSessionLimits,
): GuestSessionEnd | null {
  if (link === null) return 'link-gone';
  const state = linkState(now, link);
  if (state === 'revoked' || state === 'expired') return state;
  if (!(now < session.endsAt)) return 'over';
  return now - session.lastSeen < limits.idleMs ? null : 'idle';
}

export type GuestVerdict =
  | { readonly open: true; readonly session: StoredGuestSession }
  | { readonly open: false; readonly reason: GuestSessionRefusal };

/** Decides, changes nothing. `serverId` is the server whose listener was asked: a session opens no other. */
export function findGuestSession(
  table: ReadonlyMap<string, StoredGuestSession>,
  links: ReadonlyMap<string, Link>,
  now: number,
  key: string,
  serverId: string,
  limits: GuestSessionLimits,
): GuestVerdict {
  const session = table.get(key);
  if (session === undefined) return { open: false, reason: 'unknown' };
  if (session.serverId !== serverId) return { open: false, reason: 'other-server' };
  const end = guestSessionEnd(now, session, links.get(session.linkId) ?? null, limits);
  return end === null ? { open: true, session } : { open: false, reason: end };
}

/** Ends every session that `which` picks, and answers them, so that their sockets can be closed. */
export function endGuestSessions(
  table: GuestSessionTable,
  which: (session: StoredGuestSession) => boolean,
): readonly StoredGuestSession[] {
  const ended: StoredGuestSession[] = [];
  for (const [key, session] of table) {
    if (!which(session)) continue;
    table.delete(key);
    ended.push(session);
  }
  return ended;
}
