import { shortHash } from '../../text/short-hash.ts';

/**
 * The name `__Host-gatehouse-session` would be better, but it needs `Secure`, and over plain http on
 * `*.localhost` browsers differ: Chromium 156 takes such a cookie, Chromium 108 (Electron 22) drops it
 * without a word, Safari drops every `Secure` cookie on http. (Tried; see
 * doc/decisions/0007-session-cookie.md.) What the prefix would promise is kept in another way: no `Domain`,
 * `Path=/`, a name per server. A cookie planted by another port of the same name gains nothing: its value
 * would have to be a session of this table.
 */
export const sessionCookie = 'gatehouse-session';

/**
 * The same on a listener with TLS, where every browser takes the prefix: no other host plants it. That it is
 * `Secure` does not keep it from a port without TLS of the same name: Chromium 156 counts *.localhost as
 * secure over http, too (tried). What keeps it is that nobody else knows the name.
 */
export const secureSessionCookie = '__Host-gatehouse-session';

/**
 * Every cookie name that is Gatehouse's, now or on another listener. None is ever passed to a server or taken
 * from one.
 */
export function isOwnCookie(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    lower.startsWith('gatehouse-') ||
    lower.startsWith('__host-gatehouse-') ||
    lower.startsWith('__secure-gatehouse-')
  );
}

/**
 * Lax, not Strict: a link in a mail or a terminal that leads to the running server must not end at the login
 * page.
 */
export function setSessionCookie(value: string, secure = false, name = sessionCookie): string {
  if (secure) return setGuestCookie(secureSessionCookie, value);
  return `${name}=${value}; HttpOnly; SameSite=Lax; Path=/`;
}

export function clearSessionCookie(secure = false): string {
  if (secure) return clearGuestCookie(secureSessionCookie);
  return `${sessionCookie}=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0`;
}

/** The values of the session cookie in a `Cookie` header; which of them counts is for the caller to say. */
export function sessionCookieValues(header: string, wanted = sessionCookie): readonly string[] {
  if (!header.includes(wanted)) return [];
  const values: string[] = [];
  for (const part of header.split(';')) {
    const equals = part.indexOf('=');
    if (equals > 0 && part.slice(0, equals).trim() === wanted) values.push(part.slice(equals + 1).trim());
  }
  return values;
}

/**
 * The cookie of a guest. On TLS the `__Host-` prefix holds in every browser: this host alone, this whole
 * host, never planted by another name of it. Cookies do not separate ports, so each server has a name of its
 * own: two that are shared from one computer must not throw each other's guests out.
 */
export function guestCookie(serverId: string): string {
  return `__Host-gatehouse-${shortHash(serverId)}`;
}

/** Ends with the browser; how long it opens anything is the ledger's to say. */
export function setGuestCookie(name: string, value: string): string {
  return `${name}=${value}; Secure; HttpOnly; SameSite=Lax; Path=/`;
}

export function clearGuestCookie(name: string): string {
  return `${name}=; Secure; HttpOnly; SameSite=Lax; Path=/; Max-Age=0`;
}

/** A `Cookie` header without Gatehouse's own cookies; null when nothing is left. */
export function withoutOwnCookies(header: string): string | null {
  if (!/gatehouse-/i.test(header)) return header;
  const kept = header
    .split(';')
    .map(part => part.trim())
    .filter(part => part !== '' && !isOwnCookie((part.split('=', 1)[0] ?? '').trim()));
  return kept.length === 0 ? null : kept.join('; ');
}
