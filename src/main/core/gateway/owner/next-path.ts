/**
 * The attack: an open redirect. A sign-in link with `next=//evil.io` (or one of its many spellings) shows the
 * right page, takes the token and sends the person to another site. Two walls: what is not plainly a path of
 * this server becomes `/`, and whoever redirects writes the whole address, own origin first, so that nothing
 * after it can name another host.
 */
import { splitTokens } from '../request/query.ts';

const longest = 2048;

/**
 * `value` when it is a path of this server that may be shown after signing in, else `/`. A token in its query
 * is taken out.
 */
export function safeNext(value: string | null): string {
  if (value === null || value.length > longest || !isPlainPath(value)) return '/';
  const target = splitTokens(value).target;
  // A page of Gatehouse would sign out, or ask again, forever.
  return isPlainPath(target) && !/^\/_gatehouse(?:[/?#]|$)/i.test(target) ? target : '/';
}

function isPlainPath(value: string): boolean {
  // Also what a second reader might make of it: the query may hold anything that is printable, the path no
  // slash or backslash in disguise.
  if (!/^\/[\u0021-\u007e]*$/.test(value)) return false;
  const path = value.split(/[?#]/, 1)[0] ?? '';
  if (/[\\<>"'`]/.test(path) || /%(?:0[0-9a-f]|1[0-9a-f]|7f|5c|2f)/i.test(path)) return false;
  return !/\/\/|\/\.{1,2}(?:\/|$)|%2e/i.test(path);
}
