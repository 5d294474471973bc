/**
 * The attack: two credentials in one request, of which the guard checks one and a server behind uses the
 * other. Every place that may hold one is looked at here and nowhere else, in one order; two of a kind are
 * refused, but for cookies: of these, two that are right (authorize).
 */
import { sessionCookie, sessionCookieValues } from './cookies.ts';
import type { HostKind } from './hosts.ts';

/**
 * A browser sends `cookie` and `basic` without being told to, `header` is injected by Gatehouse's window: all
 * three are ambient. `authorization` (Bearer, Jupyter's `token`, or a native header) and `query` are spelled
 * out by the client that makes the request. `other` is an Authorization that is none of ours: never right,
 * never passed on. `none` opens a gateway that asks for no token, and is never read from a request.
 */
export type CredentialKind = 'cookie' | 'authorization' | 'header' | 'basic' | 'query' | 'other' | 'none';

export interface Credential {
  readonly kind: CredentialKind;
  readonly value: string;
  /** The whole value of an Authorization that may be somebody else's (foreign-authorization). */
  readonly whole?: string;
}

/** A token is 43 characters; a supplied one may be longer, but nothing is hashed that could not be one. */
const longest = 512;

/**
 * Any script of this origin, or of another port of it, can plant cookies of our name next to ours, for one
 * path and for good. Each is tried, what opens nothing counts for nothing. So many are tried at most.
 */
const maxCookies = 32;

const noCredentials: { readonly credentials: readonly Credential[]; readonly ambiguous: boolean } = {
  credentials: [],
  ambiguous: false,
};

/** The headers that may hold one. */
export interface Shown {
  readonly cookie: string | null;
  readonly authorization: string | null;
  /** X-Gatehouse-Token */
  readonly token: string | null;
}

const nothing: readonly string[] = [];

/**
 * Reads them in the order in which they are tried. A new kind (a signed request) is one more line here.
 * @param native shown in a header or a subprotocol of the server's own clients
 */
export function readCredentials(
  shown: Shown,
  hostKind: HostKind,
  queryTokens: readonly string[],
  cookieName = sessionCookie,
  native: readonly string[] = nothing,
): { readonly credentials: readonly Credential[]; readonly ambiguous: boolean } {
  // Only on the own name: on 127.0.0.1 and localhost every port of every user would share the cookie.
  const cookies =
    shown.cookie === null || hostKind !== 'own' ? [] : sessionCookieValues(shown.cookie, cookieName);
  const { authorization, token } = shown;
  if (
    cookies.length === 0 &&
    authorization === null &&
    token === null &&
    native.length === 0 &&
    queryTokens.length === 0
  ) {
    return noCredentials;
  }
  const credentials: Credential[] = [];
  for (const cookie of cookies.slice(0, maxCookies)) credentials.push(make('cookie', cookie));
  const spelled = authorization === null ? null : readAuthorization(authorization);
  if (spelled !== null && spelled.kind !== 'basic') credentials.push(spelled);
  if (token !== null) credentials.push(make('header', token.trim()));
  if (spelled?.kind === 'basic') credentials.push(spelled);
  // No page can make a browser send it without knowing it: as explicit as an Authorization.
  const [nativeToken] = native;
  if (nativeToken !== undefined) credentials.push(make('authorization', nativeToken));
  const [queryToken] = queryTokens;
  if (queryToken !== undefined) credentials.push(make('query', queryToken));
  return { credentials, ambiguous: queryTokens.length > 1 || native.length > 1 };
}

function make(kind: CredentialKind, value: string): Credential {
  return { kind, value: value.length > longest ? '' : value };
}

function readAuthorization(value: string): Credential {
  return { ...spelledOut(value), whole: value };
}

function spelledOut(value: string): Credential {
  const parts = /^([a-z0-9-]+) +([^\s]+)$/i.exec(value.trim());
  const scheme = parts?.[1]?.toLowerCase();
  const content = parts?.[2] ?? '';
  if (scheme === 'bearer' || scheme === 'token') return make('authorization', content);
  if (scheme !== 'basic') return make('other', '');
  const [user, password] = splitOnce(Buffer.from(content, 'base64').toString('latin1'));
  return password === '' ? make('basic', user) : make('other', '');
}

/** The token is the user name, the password is empty: `curl -u "$TOKEN:"`. */
function splitOnce(pair: string): readonly [string, string] {
  const colon = pair.indexOf(':');
  return colon < 0 ? [pair, ''] : [pair.slice(0, colon), pair.slice(colon + 1)];
}
