/**
 * The attack: DNS rebinding. A page of evil.io lets its own name point to 127.0.0.1 and is then "same origin"
 * with whatever listens there; only the `Host` header tells. So every request names a host that is on this
 * list, on loopback too, for WebSockets too and for Gatehouse's own pages too.
 */

import { urlHost } from '../../url-host.ts';

/**
 * `own`: `<host>.localhost`, the only name with cookies. `loopback`: another name of this computer.
 * `forwarded`: such a name with the port of a forwarder that the owner has named (`ssh -L`). `extra`:
 * configured.
 */
export type HostKind = 'own' | 'loopback' | 'forwarded' | 'extra';

export interface Hosts {
  /** `<host>.localhost:PORT` */
  readonly own: string;
  /** Every value of `Host` that is trusted, in lower case, and what it is. */
  readonly kinds: ReadonlyMap<string, HostKind>;
}

const loopbackNames = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * The owner's own names. Where a forwarder's port is named (`localhost:9999`), people sign in under the own
 * name with that port: the origin is as new as the listener's label there, too, and the session is in no
 * cookie that all of `localhost` shares.
 */
export function makeHosts(host: string, port: number, extraHosts: readonly string[]): Hosts {
  const own = `${host.toLowerCase()}.localhost:${port}`;
  const kinds = new Map<string, HostKind>();
  for (const extra of extraHosts) {
    const name = extra.trim().toLowerCase();
    if (name === '') continue;
    const forwarded = forwardedPort(name);
    if (forwarded !== null) {
      for (const each of loopbackNames) kinds.set(`${each}:${forwarded}`, 'forwarded');
      kinds.set(`${host.toLowerCase()}.localhost:${forwarded}`, 'own');
      continue;
    }
    kinds.set(name, 'extra');
    if (!/:\d+$/.test(name)) kinds.set(`${name}:${port}`, 'extra');
  }
  for (const name of loopbackNames) kinds.set(`${name}:${port}`, 'loopback');
  kinds.set(own, 'own');
  return { own, kinds };
}

/**
 * The port of a name like `localhost:9999`; null for every other. What is not a port that a browser writes is
 * none.
 */
export function forwardedPort(name: string): string | null {
  const [, port] =
    /^(?:127\.0\.0\.1|\[::1\]|(?:[a-z0-9-]{1,63}\.)?localhost):([1-9]\d{0,4})$/.exec(name) ?? [];
  return port === undefined || Number(port) > 65_535 ? null : port;
}

/** The own name by way of the port that a request came to. */
export function ownNameAt({ own }: Hosts, host: string): string {
  return own.replace(/\d+$/, forwardedPort(host) ?? '$&');
}

/**
 * @param names as certificates have them, addresses without brackets; all of them may have the guest's
 *   cookie, because TLS tells who answers
 */
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
