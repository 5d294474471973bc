/**
 * The attack: a cookie that outlives what it stood for. A session is a row of a table, not a signature, so it
 * ends when the row goes: after an idle time, after an absolute time, at sign-out, and with every other when
 * the access token is rotated. Only the hash of a cookie is kept, so a copy of the memory or of a core dump
 * opens nothing.
 */
import type { Secret } from '../../secret.ts';
import { digestOf, type Digest } from './digest.ts';
import type { Limits } from '../limits.ts';

export interface Session {
  /** Names the session in a log; opens nothing. */
  readonly id: string;
  readonly createdAt: number;
  /** Moved on by each request that used it. */
  lastSeen: number;
}

/** By SHA-256 of the cookie's value: a look-up by hash tells nothing about the value by its time. */
export type SessionTable = Map<string, Session>;

export type SessionLimits = Pick<Limits, 'sessionIdleMs' | 'sessionMs' | 'sessions'>;

function isOver(session: Session, now: number, limits: SessionLimits): boolean {
  // A clock that was set back must not make a session live longer than its time from then on.
  return now - session.lastSeen >= limits.sessionIdleMs || now - session.createdAt >= limits.sessionMs;
}

/** Adds the session that `value` (256 random bits) opens. */
export function openSession(
  table: SessionTable,
  now: number,
  value: Secret<string>,
  limits: SessionLimits,
): Session {
  dropEnded(table, now, limits);
  while (table.size >= limits.sessions) {
    const oldest = [...table].reduce((left, right) => (right[1].lastSeen < left[1].lastSeen ? right : left));
    table.delete(oldest[0]);
  }
  const { key } = digestOf(value.reveal());
  const session: Session = { id: key.slice(0, 8), createdAt: now, lastSeen: now };
  table.set(key, session);
  return session;
}

/** Decides, changes nothing. */
export function findSession(
  table: ReadonlyMap<string, Session>,
  now: number,
  value: Digest,
  limits: SessionLimits,
): Session | 'unknown' | 'expired' {
  const session = table.get(value.key);
  if (session === undefined) return 'unknown';
  return isOver(session, now, limits) ? 'expired' : session;
}

/** Ends one session; true when there was one. */
export function endSession(table: SessionTable, session: Session): boolean {
  for (const [key, other] of table) {
    if (other === session) return table.delete(key);
  }
  return false;
}

/** Removes what is over and answers it, so that its sockets can be closed. */
export function dropEnded(table: SessionTable, now: number, limits: SessionLimits): readonly Session[] {
  const ended: Session[] = [];
  for (const [key, session] of table) {
    if (!isOver(session, now, limits)) continue;
    table.delete(key);
    ended.push(session);
  }
  return ended;
}
