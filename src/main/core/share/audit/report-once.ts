/** What guests are refused by their role, before it comes to the audit log. */

/** Said once in the place of what somebody is refused beyond that number. */
export const others = 'more of this kind, which are not written down one by one';

/**
 * What is to be written of what somebody was refused by their role; null for nothing. A viewer's page asks
 * for the same forbidden thing every few seconds: that is written once within the time. The attack: a guest
 * who asks for a path that he makes up, each time another one, until the log has nothing else in it.
 */
export function createOnce(
  longest = 600_000,
  most = 2000,
  maxEach = 200,
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
    if (of.count > maxEach) return of.count === maxEach + 1 ? others : null;
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
