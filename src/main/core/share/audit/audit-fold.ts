/**
 * The attack: an audit log that is filled until it says nothing (CVE-2026-54338 did it to a log). The first
 * entry of a kind is written at once; those that say the same after it are counted, and the count is written
 * after a minute. Who makes up another name, path or address each time finds the budget of `audit-causes.ts`,
 * and after that only a number is written.
 */
import { createRateLimit, type RateLimit } from '../../rate-limit.ts';
import {
  auditCauses,
  auditRates,
  type AuditCauser,
  type FoldedCause,
  type FoldedEvent,
} from './audit-causes.ts';
import type { AuditEvent, OwnEvent } from './audit-entry.ts';

/** One entry, and whose log it belongs to. */
export type Entry =
  | { readonly by: AuditCauser; readonly event: AuditEvent }
  | { readonly by: FoldedCause['by']; readonly count: Extract<OwnEvent, { event: 'more' }> };

interface Repeated {
  event: FoldedEvent;
  since: number;
  more: number;
}

interface Rest {
  readonly event: FoldedEvent;
  readonly since: number;
  times: number;
}

const windowMs = 60_000;

export class AuditFold {
  readonly #repeated = new Map<string, Repeated>();
  readonly #rest = new Map<string, Rest>();
  readonly #allows = createBudget();

  /** The entry to write now; null when it was only counted. */
  add(now: number, event: AuditEvent): Entry | null {
    const { by } = auditCauses[event.event];
    if (!isFolded(event)) return { by, event };
    const key = sameOf(event);
    const known = this.#repeated.get(key);
    if (known !== undefined) {
      known.event = event;
      known.more += timesOf(event);
      return null;
    }
    if (!this.#allows(now, event)) {
      this.#count(now, event, timesOf(event));
      return null;
    }
    this.#repeated.set(key, { event, since: now, more: 0 });
    return { by, event };
  }

  /** The counts whose time is over; all of them at the end. */
  due(now: number, all = false): readonly Entry[] {
    return [...this.#repeatedDue(now, all), ...this.#restDue(now, all)];
  }

  /** Those that go on are counted for another minute, without a line for the first of them. */
  #repeatedDue(now: number, all: boolean): readonly Entry[] {
    const over: Entry[] = [];
    for (const [key, { event, since, more }] of this.#repeated) {
      if (!all && isWithin(now, since)) continue;
      this.#repeated.delete(key);
      if (more === 0) continue;
      if (!all && !this.#allows(now, event)) {
        this.#count(now, event, more);
        continue;
      }
      over.push({ by: auditCauses[event.event].by, event: { ...event, times: more } });
      // Put last: this walk comes to it once more, and finds its time begun.
      if (!all) this.#repeated.set(key, { event, since: now, more: 0 });
    }
    return over;
  }

  #restDue(now: number, all: boolean): readonly Entry[] {
    const over: Entry[] = [];
    for (const [key, { event, since, times }] of this.#rest) {
      if (!all && isWithin(now, since)) continue;
      this.#rest.delete(key);
      const { event: of, server, link } = event;
      over.push({ by: auditCauses[of].by, count: { event: 'more', of, server, link, times } });
    }
    return over;
  }

  #count(now: number, event: FoldedEvent, times: number): void {
    const key = subjectOf(event);
    const known = this.#rest.get(key);
    if (known === undefined) this.#rest.set(key, { event, since: now, times });
    else known.times += times;
  }
}

/** Whether one more line may be written: of its kind and link, and of all that such people cause. */
function createBudget(): (now: number, event: FoldedEvent) => boolean {
  const each: Readonly<Record<FoldedEvent['event'], RateLimit>> = {
    joined: createRateLimit(auditCauses.joined.each),
    'session-ended': createRateLimit(auditCauses['session-ended'].each),
    'approval-asked': createRateLimit(auditCauses['approval-asked'].each),
    'role-limit': createRateLimit(auditCauses['role-limit'].each),
    refused: createRateLimit(auditCauses.refused.each),
  };
  const all: Readonly<Record<FoldedCause['by'], RateLimit>> = {
    guest: createRateLimit(auditRates.guest),
    stranger: createRateLimit(auditRates.stranger),
  };
  return (now, event) => {
    const [kind, whole] = [each[event.event], all[auditCauses[event.event].by]];
    const subject = subjectOf(event);
    if (kind.waitMs(now, subject) > 0 || !whole.take(now, '')) return false;
    return kind.take(now, subject);
  };
}

function isFolded(event: AuditEvent): event is FoldedEvent {
  return auditCauses[event.event].by !== 'owner';
}

function isWithin(now: number, since: number): boolean {
  return now >= since && now - since < windowMs;
}

function timesOf({ times = 1 }: FoldedEvent): number {
  return times;
}

function subjectOf({ event, server, link }: FoldedEvent): string {
  return `${event} ${server} ${link ?? ''}`;
}

/** A session and its browser are another one each time. */
function sameOf(event: FoldedEvent): string {
  return JSON.stringify({ ...event, session: null, browser: null, times: null });
}
