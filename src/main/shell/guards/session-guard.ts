/**
 * Stops requests of a server's session, and puts the token on its own ones, in that session only. What may
 * leave and what carries it is decided in `injection.ts`.
 */
import type { OnBeforeSendHeadersListenerDetails, Session, WebFrameMain } from 'electron/main';
import { injection, mayLeave, tokenHeader, withoutToken } from './injection.ts';
import { originOf } from './origin.ts';

export interface SessionOwner {
  /** Id of the server. */
  readonly id: string;
  /** The exact origin of the server; null unless the core says that its listener is open. */
  own(): string | null;
  /** Good for this origin. */
  token(own: string): string | null;
  /** A request that carried the token was refused: it may have been rotated. */
  refused(): void;
  /**
   * How the last request for an address went: null, or why it failed (the HTTP status, the network's error).
   */
  ended(url: string, failure: string | null): void;
}

export function guardSession(session: Session, owner: SessionOwner): void {
  session.webRequest.onBeforeRequest(({ url }, respond) => {
    respond({ cancel: !mayLeave(owner.id, owner.own(), url) });
  });
  session.webRequest.onBeforeSendHeaders((details, respond) => {
    const headers = withoutToken(details.requestHeaders);
    const own = owner.own();
    const token = own === null ? null : owner.token(own);
    if (own !== null && token !== null && injection(own, factsOf(details)).inject)
      headers[tokenHeader] = token;
    respond({ requestHeaders: headers });
  });
  session.webRequest.onCompleted(details => {
    if (details.statusCode === 401 && originOf(details.url) === owner.own()) owner.refused();
  });
  // A download whose answer is an error never completes: its status is known here only.
  session.webRequest.onHeadersReceived(({ url, statusCode, statusLine }, respond) => {
    const status = statusLine.replace(/^HTTP\/\S+ /u, '');
    owner.ended(url, statusCode >= 400 ? `the server answered ${status}` : null);
    respond({});
  });
  session.webRequest.onErrorOccurred(({ url, error }) => owner.ended(url, error));
}

function factsOf(details: OnBeforeSendHeadersListenerDetails): Parameters<typeof injection>[1] {
  return {
    url: details.url,
    resourceType: details.resourceType,
    frames: framesOf(details),
    initiator: details.initiatorOrigin ?? null,
    origin: header(details.requestHeaders, 'origin'),
    fetchSite: header(details.requestHeaders, 'sec-fetch-site'),
  };
}

/**
 * The requesting frame and those above it. A frame that is being navigated is not the one that asks: that is
 * what `Sec-Fetch-Site` tells.
 */
function framesOf(details: OnBeforeSendHeadersListenerDetails): readonly string[] | null {
  try {
    const frame = details.frame ?? null;
    if (frame === null) return null;
    return originsFrom(details.resourceType === 'subFrame' ? frame.parent : frame);
  } catch {
    // A frame that went away while it asked: a stranger.
    return ['null'];
  }
}

function originsFrom(frame: WebFrameMain | null): readonly string[] {
  return frame === null ? [] : [frame.origin, ...originsFrom(frame.parent)];
}

function header(headers: Readonly<Record<string, string>>, name: string): string | null {
  const found = Object.entries(headers).find(([key]) => key.toLowerCase() === name);
  return found?.[1] ?? null;
}
