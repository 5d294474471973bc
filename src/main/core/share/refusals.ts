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

/** Said once in the place of what somebody is refused beyond that number. */
export const others = 'more of this kind, which are not written down one by one';

/**
 * What is to be written of what somebody was refused by their role; null for nothing. A viewer's page asks for the same forbidden thing every few seconds: that is written once within the
 * time. The attack is the one above with other words: a guest who asks for a path that he makes up, each time another one, until the log has nothing else in it.
 */
export function createOnce(
  longest = 600_000,
  most = 2000,
  mostEach = 200,
): (now: number, who: string, what: string) => string | null {
  const said = new Map<string, number>();
  const each = new Map<string, { readonly since: number; count: number }>();
  return (now, who, what) => {
    const key = `${who} ${what}`;
    if (isWithin(now, said.get(key), longest)) return null;
    const known = each.get(who);
    const of = isWithin(now, known?.since, longest) && known !== undefined ? known : { since: now, count: 0 };
    of.count += 1;
    putLast(each, who, of, most);
    if (of.count > mostEach) return of.count === mostEach + 1 ? others : null;
    putLast(said, key, now, most);
    return what;
  };
}

function isWithin(now: number, since: number | undefined, longest: number): boolean {
  return since !== undefined && now - since < longest;
}

function putLast<V>(table: Map<string, V>, key: string, value: V, most: number): void {
  table.delete(key);
  table.set(key, value);
  for (const oldest of table.keys()) {
    if (table.size <= most) break;
    table.delete(oldest);
  }
}
