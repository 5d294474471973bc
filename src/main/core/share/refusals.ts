/**
 * The attack: an audit log that is filled by refusals until it says nothing (CVE-2026-54338 did it to a log). The first of a kind is written at once; those after it are counted, and the
 * count is written when its time is over.
 */
import type { AuditEvent } from './audit-entry.ts';

type Refused = Extract<AuditEvent, { event: 'refused' }>;

interface Counted {
  readonly event: Refused;
  since: number;
  more: number;
}

const windowMs = 60_000;
const mostKinds = 500;

export interface RefusalCounter {
  /** The event to write now; null when it was only counted. */
  add(now: number, event: Refused): Refused | null;
  /** The counts whose time is over; all of them at the end. */
  due(now: number, all?: boolean): readonly Refused[];
}

export function createRefusalCounter(): RefusalCounter {
  const kinds = new Map<string, Counted>();
  return {
    add(now, event) {
      // Beyond a number of kinds (a flood from many addresses) they are counted together.
      const whole = `${event.server} ${event.link} ${event.address} ${event.reason}`;
      const key = kinds.has(whole) || kinds.size < mostKinds ? whole : `${event.server} others`;
      const known = kinds.get(key);
      if (known !== undefined) {
        known.more += event.times;
        return null;
      }
      const kept = key === whole ? event : { ...event, link: null, address: 'many' };
      kinds.set(key, { event: kept, since: now, more: 0 });
      return kept;
    },
    due(now, all = false) {
      const over: Refused[] = [];
      for (const [key, counted] of kinds) {
        if (!all && now - counted.since < windowMs) continue;
        kinds.delete(key);
        if (counted.more > 0) over.push({ ...counted.event, times: counted.more });
      }
      return over;
    },
  };
}

/** True for what was not said within the time: a viewer's page asks for the same forbidden thing every few seconds. */
export function createOnce(longest = 600_000, most = 2000): (now: number, what: string) => boolean {
  const said = new Map<string, number>();
  return (now, what) => {
    const last = said.get(what);
    if (last !== undefined && now - last < longest) return false;
    said.delete(what);
    said.set(what, now);
    for (const oldest of said.keys()) {
      if (said.size <= most) break;
      said.delete(oldest);
    }
    return true;
  };
}
