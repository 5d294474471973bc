/**
 * The attack: a guest, or a stranger, who causes entries of the audit log in a loop until the owner's are
 * rotated out of it. So each kind of entry says who can cause it, each of the three has a log of its own, and
 * what the owner does not cause has a budget. The types force a new kind of entry to say so too.
 */
import type { Rate } from '../../rate-limit.ts';
import type { AuditEvent } from './audit-entry.ts';

/** Who can cause an entry at will. A guest holds a link, a stranger reaches the door. */
export type AuditCauser = 'owner' | 'guest' | 'stranger';

export interface OwnersCause {
  readonly by: 'owner';
}

export interface FoldedCause {
  readonly by: Exclude<AuditCauser, 'owner'>;
  /** Lines of one kind by one link; of one server where there is no link. Further ones are counted. */
  readonly each: Rate;
}

type Foldable<E> = E extends unknown ? ('times' extends keyof E ? E : never) : never;

/** What a guest or a stranger can cause. Each of these can say how often it happened. */
export type FoldedEvent = Foldable<AuditEvent>;

export const auditCauses: {
  readonly [K in AuditEvent['event']]: K extends FoldedEvent['event'] ? FoldedCause : OwnersCause;
} = {
  'link-made': { by: 'owner' },
  revoked: { by: 'owner' },
  removed: { by: 'owner' },
  'approval-given': { by: 'owner' },
  'approval-denied': { by: 'owner' },
  'listener-on': { by: 'owner' },
  'listener-off': { by: 'owner' },
  'certificate-changed': { by: 'owner' },
  'ledger-set-aside': { by: 'owner' },
  'key-changed': { by: 'owner' },
  joined: { by: 'guest', each: { burst: 120, perMinute: 10 } },
  'session-ended': { by: 'guest', each: { burst: 120, perMinute: 10 } },
  'approval-asked': { by: 'guest', each: { burst: 60, perMinute: 10 } },
  'role-limit': { by: 'guest', each: { burst: 120, perMinute: 10 } },
  refused: { by: 'stranger', each: { burst: 120, perMinute: 10 } },
};

/**
 * Lines that all guests together, and all strangers together, may cause; beyond that only counts, one a
 * minute for each kind and link.
 */
export const auditRates: Readonly<Record<FoldedCause['by'], Rate>> = {
  guest: { burst: 600, perMinute: 60 },
  stranger: { burst: 300, perMinute: 30 },
};
