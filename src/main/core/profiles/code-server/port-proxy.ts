/**
 * The attack: code-server passes `/proxy/PORT/...` and `/absproxy/PORT/...` on to any port of this computer.
 * Whatever listens there (a notebook of another account, a page of a router) answers under our name: its
 * scripts act with the visitor's session, and older versions handed it their session cookie or went to any
 * host that a crafted port named (CVE-2025-47269); before 4.5.2 nobody had to sign in. So it is switched off
 * in the server, and closed at both doors besides.
 */
const why =
  'The port proxy of code-server is closed: what listens on a port of this computer would answer under the name of this server';

/**
 * Why a path (undecoded) is closed; null where it is not. Every spelling counts that some version's router
 * could take for the proxy.
 */
export function closedPortProxy(path: string): string | null {
  const segments = decoded(path)
    .toLowerCase()
    .split(/[/\\]/)
    .map(segment => segment.split(';', 1)[0] ?? '')
    .filter(segment => segment !== '');
  // With dots there are two readings of which one is the first: no browser sends them, so any will do.
  const dotted = segments.includes('.') || segments.includes('..');
  const own = segments[0] === 'vscode' ? 2 : 1;
  const judged = dotted ? segments : segments.slice(0, own);
  return judged.some(segment => segment === 'proxy' || segment === 'absproxy') ? why : null;
}

/** Decoded until nothing changes, as some decode twice. What cannot be decoded stays. */
function decoded(path: string): string {
  let seen = path;
  for (let times = 0; times < 8; times++) {
    const next = seen.replaceAll(/%[0-7][0-9a-f]/gi, coded => decodeURIComponent(coded));
    if (next === seen) break;
    seen = next;
  }
  return seen;
}
