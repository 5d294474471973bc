/**
 * Origins are compared whole and parsed, never as prefixes: `http://lab.localhost:80801` is not
 * `http://lab.localhost:8080`.
 */

/** The origin of an address; null for what has none of its own (`about:`, `data:`, unreadable text). */
export function originOf(address: string): string | null {
  const url = parse(address);
  if (url === null) return null;
  if (url.protocol === 'ws:') return originOf(`http:${address.slice(url.protocol.length)}`);
  if (url.protocol === 'wss:') return originOf(`https:${address.slice(url.protocol.length)}`);
  return url.origin === 'null' ? null : url.origin;
}

export function parse(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

/** One label of random letters under `localhost`: what the core calls the listener of a server. */
const ownName = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.localhost$/u;

/** The origin of a server's local listener; null where its address is not a name of ours on this computer. */
export function serverOrigin(id: string, address: string | null): string | null {
  const url = address === null ? null : parse(address);
  if (url?.protocol !== 'http:') return null;
  return isServerName(id, url.hostname) ? url.origin : null;
}

/** Whether a host name is one that the server has or had. */
export function isServerName(id: string, hostname: string): boolean {
  return ownName.test(hostname) && hostname.startsWith(`${id}-`);
}
