/**
 * The attack: a header that the client writes and the server believes. `X-Forwarded-User`, `X_Forwarded_User`
 * (WSGI servers read both alike, CVE-2025-64484), `Connection: x-secret` (which asks a proxy to drop a header
 * it was to add), the credential of the gateway itself. What goes to the server is therefore written here:
 * everything that only the gateway may say is removed in any spelling, then said.
 */
import { withoutOwnCookies } from '../request/cookies.ts';
import type { Facts } from '../request/facts.ts';
import { gatewayOnly, isGatewayOnly } from './gateway-only-headers.ts';
import { splitTokens } from '../request/query.ts';
import type { Secret } from '../../secret.ts';

export interface RequestPlan {
  /** `Host` for the server. */
  readonly host: string;
  /** `http://<host>`: what the server takes for its own origin. */
  readonly origin: string;
  /** What the server is told of the scheme; null: what the client used. */
  readonly scheme: 'https' | null;
  /** Names that are never taken from a client, in lower case with `-` for `_`. */
  readonly withheld: ReadonlySet<string>;
  /** The server's credential, name and value alternating. */
  readonly injected: readonly string[];
  /** For requests with a credential that no page can forge: any Origin is given as the server's own. */
  readonly explicit: boolean;
}

/** RFC 9110, 7.6.1, and what makes no sense behind a gateway. */
const hopByHop = [
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  // Answered by this gateway.
  'expect',
];

/**
 * Made once for each run of a server, so that a request only looks things up.
 * @param alsoWithheld names that the gateway says to others, so no client may say them
 */
export function planRequestHeaders(
  host: string,
  headers: readonly (readonly [name: string, value: Secret<string>])[],
  explicitHeaders: readonly (readonly [name: string, value: string])[] | null = null,
  alsoWithheld: readonly string[] = [],
  scheme: 'https' | null = null,
): RequestPlan {
  const injected = [
    ...headers.map(([name, value]) => [name, value.reveal()]),
    ...(explicitHeaders ?? []),
  ].flat();
  const withheld = new Set([
    ...hopByHop,
    ...gatewayOnly,
    ...headers.map(([name]) => canonical(name)),
    ...alsoWithheld.map(canonical),
  ]);
  const origin = `${scheme ?? 'http'}://${host}`;
  return { host, origin, scheme, withheld, injected, explicit: explicitHeaders !== null };
}

/** The same for a request whose Authorization is the server's own user's. */
export function passingAuthorization(plan: RequestPlan): RequestPlan {
  return { ...plan, withheld: new Set([...plan.withheld].filter(name => name !== 'authorization')) };
}

/** Servers of the CGI family read every mark in a name as `_`. */
const oddMark = /[^a-z0-9-]/g;

export function plainSpelling(name: string): string {
  return hasOddMark(name) ? name.replaceAll(oddMark, '-') : name;
}

/** The same as `oddMark`, without the expression: it is asked of each header of each request. */
function hasOddMark(name: string): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    const isLetter = code >= 0x61 && code <= 0x7a;
    const isDigit = code >= 0x30 && code <= 0x39;
    if (!isLetter && !isDigit && code !== 0x2d) return true;
  }
  return false;
}

function canonical(name: string): string {
  return plainSpelling(name.toLowerCase());
}

/** The headers for the server, name and value alternating. */
export function requestHeaders(
  rawHeaders: readonly string[],
  facts: Facts,
  plan: RequestPlan,
  upgrade: boolean,
): string[] {
  const result = ['host', plan.host];
  const listed = connectionOptions(rawHeaders, facts.names);
  for (let index = 0; index < facts.names.length; index += 1) {
    const name = facts.names[index] ?? '';
    const value = rawHeaders[2 * index + 1] ?? '';
    const known = plainSpelling(name);
    if (plan.withheld.has(known) || isGatewayOnly(known) || listed?.has(name) === true) continue;
    if (facts.credentialLocations.headers.has(known)) continue;
    // `content_length` and its like: two spellings of a name that frames, routes or authenticates.
    if (known !== name && isPlain(known)) continue;
    const kept = keep(known, value, facts, plan);
    if (kept !== null) result.push(rawHeaders[2 * index] ?? '', kept);
  }
  result.push('x-forwarded-for', facts.client, 'x-forwarded-proto', plan.scheme ?? facts.scheme);
  result.push('x-forwarded-host', facts.host, ...plan.injected);
  const offered = facts.subprotocolToken?.offered ?? '';
  if (offered !== '') result.push('sec-websocket-protocol', offered);
  if (upgrade) result.push('connection', 'Upgrade', 'upgrade', 'websocket');
  return result;
}

const plainNames: ReadonlySet<string> = new Set([
  'content-length',
  'content-type',
  'set-cookie',
  'x-xsrftoken',
]);

function isPlain(name: string): boolean {
  return plainNames.has(name) || name.startsWith('sec-');
}

/** The value as it is passed on; null drops the header. */
function keep(name: string, value: string, facts: Facts, plan: RequestPlan): string | null {
  switch (name) {
    case 'cookie':
      return withoutOwnCookies(value);
    case 'origin':
      return plan.explicit || value === facts.ownOrigin ? plan.origin : value;
    case 'referer':
      return referer(value, facts, plan.origin);
    case 'sec-websocket-protocol':
      // Said again below, without the token.
      return facts.subprotocolToken === null ? value : null;
    default:
      return value;
  }
}

/**
 * A Referer of ours with the server's origin and without a token; one of another site is nobody's business.
 */
function referer(value: string, { ownOrigin, credentialLocations }: Facts, origin: string): string | null {
  if (!value.startsWith(`${ownOrigin}/`)) return null;
  return origin + splitTokens(value.slice(ownOrigin.length), credentialLocations).target;
}

/** Names that `Connection` declares to be for this hop only; null for none, the usual case. */
function connectionOptions(
  rawHeaders: readonly string[],
  names: readonly string[],
): ReadonlySet<string> | null {
  let listed: Set<string> | null = null;
  for (let index = 0; index < names.length; index += 1) {
    if (names[index] !== 'connection') continue;
    const value = rawHeaders[2 * index + 1] ?? '';
    if (value === 'keep-alive' || value === 'Upgrade' || value === 'close') continue;
    listed ??= new Set();
    for (const option of value.split(',')) {
      const name = option.trim().toLowerCase();
      // Naming a header that the whole way needs would blind the server to it.
      if (name !== '' && !endToEnd.has(name)) listed.add(name);
    }
  }
  return listed;
}

const endToEnd: ReadonlySet<string> = new Set([
  'cookie',
  'origin',
  'referer',
  'content-length',
  'content-type',
  'sec-websocket-key',
  'sec-websocket-version',
  'sec-websocket-protocol',
  'sec-fetch-site',
]);
