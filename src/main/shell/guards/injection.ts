/*
 * The attack: the window puts the owner's token on requests by itself, so whoever can make the window send a
 * request wants it to be one of those. A notebook shows an iframe of evil.example, which fetches, posts a
 * form to, opens a socket to or navigates itself to the server; the server's page is redirected elsewhere and
 * the header travels along; another port of this computer looks alike by prefix. Therefore the token goes to
 * one exact origin, for requests that this origin itself makes and nobody above it in the frame tree is a
 * stranger; every sign must agree, and a missing sign is a no. The gateway refuses cross-site use of the
 * header once more.
 *
 * Another attack: while a server is stopped, another account listens on its port, and the window asks there
 * by itself or by View > Reload. So nothing leaves the session of a server whose listener is not proved open,
 * and nothing ever goes to an address that it had before.
 *
 * `Sec-Fetch-Site` (Fetch Metadata, W3C) and `Origin` (RFC 6454) are written by the browser, after and above
 * any script.
 */
import { isServerName, originOf, parse } from './origin.ts';

export const tokenHeader = 'X-Gatehouse-Token';

const networkSchemes = new Set(['http:', 'https:', 'ws:', 'wss:']);

/**
 * Whether a request of the session of server `id` may leave at all. `own`: the exact origin of the server;
 * null while it has none.
 */
export function mayLeave(id: string, own: string | null, address: string): boolean {
  const url = parse(address);
  if (url === null) return false;
  // `blob:`, `data:` and the developer tools ask nobody.
  if (!networkSchemes.has(url.protocol)) return true;
  if (own === null) return false;
  return !isServerName(id, url.hostname) || originOf(address) === own;
}

/** What is known of one request before it leaves. */
export interface RequestFacts {
  readonly url: string;
  /** Electron's word: `mainFrame`, `subFrame`, `webSocket`, `xhr`, ... */
  readonly resourceType: string;
  /**
   * Origins of the requesting frame and all above it; null for a worker, which has none. Ignored for
   * `mainFrame`.
   */
  readonly frames: readonly string[] | null;
  /** `initiatorOrigin` of newer Electron; null where it does not say. */
  readonly initiator: string | null;
  /** Values of the headers; null when absent. */
  readonly origin: string | null;
  readonly fetchSite: string | null;
}

export type Injection =
  | { readonly inject: true }
  | {
      readonly inject: false;
      readonly reason: 'elsewhere' | 'foreign-initiator' | 'foreign-frame' | 'unproved';
    };

/** Decides whether the token goes on one request. `own` is the exact origin of the server. */
export function injection(own: string, facts: RequestFacts): Injection {
  if (originOf(facts.url) !== own) return { inject: false, reason: 'elsewhere' };
  if (facts.origin !== null && facts.origin !== own) return { inject: false, reason: 'foreign-initiator' };
  if (facts.initiator !== null && facts.initiator !== own)
    return { inject: false, reason: 'foreign-initiator' };
  if (facts.fetchSite !== null && !siteFits(facts)) return { inject: false, reason: 'foreign-initiator' };
  if (facts.resourceType !== 'mainFrame' && facts.frames?.some(frame => frame !== own) === true) {
    return { inject: false, reason: 'foreign-frame' };
  }
  if (
    facts.fetchSite === null &&
    facts.origin === null &&
    facts.initiator === null &&
    !isOwnDownload(facts)
  ) {
    return { inject: false, reason: 'unproved' };
  }
  return { inject: true };
}

/**
 * A download by a link (`<a download>`): Chromium adds the headers that tell who asks only after this
 * question (seen in Electron 22), so the frame must tell. Frames of other origins were refused above; a link
 * of theirs to this origin is a navigation and never a download, with `Sec-Fetch-Site: cross-site`.
 */
function isOwnDownload({ resourceType, frames }: RequestFacts): boolean {
  return resourceType === 'other' && frames !== null && frames.length > 0;
}

/**
 * `none` is what the browser says of a page that the user (here: the shell) asked for; nothing inside a page
 * can be that.
 */
function siteFits(facts: RequestFacts): boolean {
  return (
    facts.fetchSite === 'same-origin' || (facts.fetchSite === 'none' && facts.resourceType === 'mainFrame')
  );
}

/** The headers without any spelling of the token header, whoever put it there. */
export function withoutToken(headers: Readonly<Record<string, string>>): Record<string, string> {
  const name = normal(tokenHeader);
  return Object.fromEntries(Object.entries(headers).filter(([key]) => normal(key) !== name));
}

function normal(name: string): string {
  return name.toLowerCase().replaceAll('_', '-');
}
