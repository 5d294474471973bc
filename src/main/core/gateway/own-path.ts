/** The paths below which Gatehouse's own pages are, at both gateways. */

export const ownPrefix = '/_gatehouse';

/** True for every path that is Gatehouse's own; such a path never reaches the server, whatever follows. */
export function isOwnPath(path: string): boolean {
  return path.startsWith(ownPrefix) && (path.length === ownPrefix.length || path[ownPrefix.length] === '/');
}

/**
 * The attack: a service worker whose scope is the whole origin. It would read the code of every sign-in link
 * and answer for the login page. Without `Service-Worker-Allowed`, which never passes (response-headers), its
 * scope is the folder of its script and what is below.
 */
export function coversOwnPages(scriptPath: string): boolean {
  return `${ownPrefix}/`.startsWith(scriptPath.slice(0, scriptPath.lastIndexOf('/') + 1));
}
