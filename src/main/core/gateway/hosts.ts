/**
 * The attack: DNS rebinding. A page of evil.io lets its own name point to 127.0.0.1 and is then "same origin" with whatever listens
 * there; only the `Host` header tells. So every request names a host that is on this list, on loopback too, for WebSockets too and
 * for Gatehouse's own pages too.
 */

import { urlHost } from '../url-host.ts';

/** `own`: `<host>.localhost`, the only name with cookies. `loopback`: another name of this computer. `extra`: configured. */
export type HostKind = 'own' | 'loopback' | 'extra';

export interface Hosts {
  /** `<host>.localhost:PORT` */
  readonly own: string;
  /** Every value of `Host` that is trusted, in lower case, and what it is. */
  readonly kinds: ReadonlyMap<string, HostKind>;
}

export function makeHosts(host: string, port: number, extraHosts: readonly string[]): Hosts {
  const own = `${host.toLowerCase()}.localhost:${port}`;
  const kinds = new Map<string, HostKind>();
  for (const extra of extraHosts) {
    const name = extra.trim().toLowerCase();
    if (name === '') continue;
    kinds.set(name, 'extra');
    if (!/:\d+$/.test(name)) kinds.set(`${name}:${port}`, 'extra');
  }
  for (const name of ['127.0.0.1', 'localhost', '[::1]']) kinds.set(`${name}:${port}`, 'loopback');
  kinds.set(own, 'own');
  return { own, kinds };
}

/** @param names as certificates have them, addresses without brackets; all of them may have the guest's cookie, because TLS tells who answers */
export function makeGuestHosts(names: readonly string[], extraHosts: readonly string[], port: number): Hosts {
  const kinds = new Map<string, HostKind>();
  for (const name of [...names, ...extraHosts]) {
    const host = urlHost(name);
    if (host === '') continue;
    kinds.set(`${host}:${port}`, 'own');
    // A browser leaves the port out where it is the scheme's own.
    if (port === 443) kinds.set(host, 'own');
  }
  return { own: kinds.keys().next().value ?? `localhost:${port}`, kinds };
}
