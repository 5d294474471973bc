/**
 * The attacks: a guest who lets himself in while the owner has not answered; one approval that lets in two; a
 * queue that is filled so that the right guest is not seen. So a wait is a row with a ticket that only the
 * waiting page has, an approval is for that ticket and is spent by one join, every wait ends by itself, and
 * each link has only a few.
 */
import { hashSecret, type Secret } from '../../secret.ts';
import { sessionKey, type GuestFacts } from './guest-sessions.ts';
import type { Link } from './link.ts';

export interface JoinRequest extends GuestFacts {
  /** Names the wait to the owner; opens nothing. */
  readonly id: string;
  readonly linkId: string;
  readonly serverId: string;
  readonly askedAt: number;
  /** Until when it can be answered, and an answer be used. */
  readonly endsAt: number;
  answer: 'none' | 'given' | 'denied';
}

/** By `sessionKey` of the ticket. */
export type JoinRequestTable = Map<string, JoinRequest>;

export interface JoinRequestLimits {
  readonly waitMs: number;
  readonly perLink: number;
  readonly total: number;
}

export const joinRequestLimits: JoinRequestLimits = { waitMs: 10 * 60_000, perLink: 20, total: 500 };

/**
 * Begins a wait for a link whose secret was shown. `full` when too many wait already, over all or for this
 * link.
 */
export function addJoinRequest(
  table: JoinRequestTable,
  now: number,
  link: Pick<Link, 'id' | 'serverId' | 'expiresAt'>,
  ticket: Secret<string>,
  facts: GuestFacts,
  limits: JoinRequestLimits = joinRequestLimits,
): JoinRequest | 'full' {
  dropJoinRequests(table, now);
  const ofLink = [...table.values()].filter(wait => wait.linkId === link.id).length;
  if (table.size >= limits.total || ofLink >= limits.perLink) return 'full';
  const key = sessionKey(ticket.reveal());
  const wait: JoinRequest = {
    ...facts,
    id: hashSecret(key).toString('hex').slice(0, 12),
    linkId: link.id,
    serverId: link.serverId,
    askedAt: now,
    endsAt: Math.min(now + limits.waitMs, link.expiresAt),
    answer: 'none',
  };
  table.set(key, wait);
  return wait;
}

/** The owner's answer, once. Null where nobody waits under that name, or it was answered before. */
export function answerJoinRequest(
  table: JoinRequestTable,
  now: number,
  id: string,
  answer: 'given' | 'denied',
): JoinRequest | null {
  for (const wait of table.values()) {
    if (wait.id !== id || wait.answer !== 'none' || !(now < wait.endsAt)) continue;
    wait.answer = answer;
    return wait;
  }
  return null;
}

export type JoinRequestState = 'waiting' | 'given' | 'denied' | 'over';

/** Who waits with this ticket. */
export function joinRequestOf(table: ReadonlyMap<string, JoinRequest>, ticket: string): JoinRequest | null {
  return table.get(sessionKey(ticket)) ?? null;
}

/** What the waiting page is told. Spends nothing. */
export function joinRequestState(
  table: ReadonlyMap<string, JoinRequest>,
  now: number,
  ticket: string,
  linkId: string,
): JoinRequestState {
  const wait = table.get(sessionKey(ticket));
  if (wait === undefined || wait.linkId !== linkId || !(now < wait.endsAt)) return 'over';
  return wait.answer === 'none' ? 'waiting' : wait.answer;
}

/** True once for an approval that was given for this link: the join that asks may go on. */
export function spendApproval(table: JoinRequestTable, now: number, ticket: string, linkId: string): boolean {
  if (joinRequestState(table, now, ticket, linkId) !== 'given') return false;
  return table.delete(sessionKey(ticket));
}

/** Removes what nobody waits for any more: what is over, and what belongs to links that `ended` picks. */
export function dropJoinRequests(
  table: JoinRequestTable,
  now: number,
  ended: (linkId: string) => boolean = () => false,
): void {
  for (const [key, wait] of table) {
    if (!(now < wait.endsAt) || ended(wait.linkId)) table.delete(key);
  }
}
