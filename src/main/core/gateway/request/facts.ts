/**
 * The attack: a request that two programs read differently. What the guard allowed is then not what the
 * server executes (request smuggling), or the host that was checked is not the host that is used. So a
 * request is parsed once, here, from the header lines as they came (`rawHeaders`: Node keeps only one of two
 * `Host` lines elsewhere), everything later uses these facts, and whatever has two readings is 400.
 *
 * Node's own parser already refuses bare LF, obsolete folding, NUL, two framings, a blank before a colon (RFC
 * 9112, sections 2.2, 5, 6); the tests send each of them to the real listener, so that a change of Node is
 * noticed.
 */
import { readCredentials, type Credential } from './credential.ts';
import { readFetchMetadata, type FetchMetadata } from './fetch-metadata.ts';
import { collect, type Found } from './found-headers.ts';
import type { HostKind, Hosts } from './hosts.ts';
import { splitTokens } from './query.ts';
import {
  splitSubprotocols,
  usualCredentialLocations,
  type CredentialLocations,
  type SplitSubprotocols,
} from './credential-locations.ts';
import type { TrustedProxies } from './trusted-proxies.ts';

/** What is read of a request; Node's IncomingMessage has it. */
export interface RawRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly httpVersion: string;
  readonly rawHeaders: readonly string[];
}

export interface Listener {
  readonly hosts: Hosts;
  readonly headerCount: number;
  readonly trustedProxies: TrustedProxies;
  /** Whether it speaks TLS itself; http when absent. */
  readonly scheme?: 'http' | 'https';
  /** Where else a credential may stand; only in the usual places when absent. */
  readonly credentialLocations?: CredentialLocations;
  /** Name of the cookie that holds a session here; the owner's when absent. */
  readonly cookie?: string;
}

/** The one origin of a listener that may have cookies. */
export function ownOrigin({ scheme, hosts }: Pick<Listener, 'scheme' | 'hosts'>): string {
  return `${scheme ?? 'http'}://${hosts.own}`;
}

export interface Facts extends FetchMetadata {
  readonly method: string;
  /** Path and query as they go to the server: origin form, token parameters removed, nothing else touched. */
  readonly target: string;
  /** The same with the token parameters still in it: never logged, never sent to the server. */
  readonly whole: string;
  /** Path alone, undecoded. */
  readonly path: string;
  /** Query without the mark; token parameters removed. */
  readonly query: string;
  /** True when token parameters were removed. */
  readonly hadQueryToken: boolean;
  readonly host: string;
  readonly hostKind: HostKind;
  readonly scheme: 'http' | 'https';
  readonly ownOrigin: string;
  readonly origin: string | null;
  readonly upgrade: boolean;
  /** A browser fetches the script of a service worker. */
  readonly workerScript: boolean;
  /** Changes nothing at the server, by RFC 9110, 9.2.1. */
  readonly safe: boolean;
  /** A person's browser loads a page into its top frame. */
  readonly navigation: boolean;
  readonly hasBody: boolean;
  /** Sec-WebSocket-Protocol as it was sent, without a token; '' for none. */
  readonly subprotocols: string;
  /** What was split off it; null where no token was in it. */
  readonly subprotocolToken: SplitSubprotocols | null;
  readonly credentialLocations: CredentialLocations;
  readonly userAgent: string;
  readonly contentType: string | null;
  /** What Content-Length announces; null where it announces nothing. */
  readonly contentLength: number | null;
  /** In the order in which they are tried. */
  readonly credentials: readonly Credential[];
  /** Two of one kind: which one counts would depend on who reads. */
  readonly ambiguousCredential: boolean;
  /** Address of the client: the peer, or whom the trusted proxies name. */
  readonly client: string;
  /** Names of `rawHeaders` in lower case, in order. */
  readonly names: readonly string[];
}

export interface Fault {
  readonly status: number;
  readonly message: string;
  /** A person's browser named a host that is not trusted: what it named. */
  readonly strangeHost?: string;
}

/** Reads a request once; a Fault is the refusal to send. */
export function readFacts(
  request: RawRequest,
  peer: string,
  upgrade: boolean,
  listener: Listener,
): Facts | Fault {
  if (request.rawHeaders.length > 2 * listener.headerCount) {
    return { status: 431, message: `More than ${listener.headerCount} header fields` };
  }
  const found = collect(request.rawHeaders);
  const host = (found.host ?? '').toLowerCase();
  const method = request.method ?? '';
  const fault = faultOfFraming(request, found, upgrade) ?? faultOfMethod(method, upgrade);
  if (fault !== null) return fault;
  const hostKind = listener.hosts.kinds.get(host);
  if (hostKind === undefined) {
    const fault = { status: 400, message: `Host ${shown(host)} is not trusted` };
    const person = method === 'GET' && !upgrade && asksForPage(readFetchMetadata(found), found.accept);
    return person ? { ...fault, strangeHost: host } : fault;
  }
  const whole = originForm(request.url ?? '', host, listener.scheme ?? 'http');
  if (typeof whole !== 'string') return whole;
  return makeFacts(method, whole, host, hostKind, found, peer, upgrade, listener);
}

function makeFacts(
  method: string,
  whole: string,
  host: string,
  hostKind: HostKind,
  found: Found,
  peer: string,
  upgrade: boolean,
  listener: Listener,
): Facts {
  const credentialLocations = listener.credentialLocations ?? usualCredentialLocations;
  const { target, tokens } = splitTokens(whole, credentialLocations);
  const mark = target.indexOf('?');
  const { trustedProxies } = listener;
  const forwarded = trustedProxies.has(peer) && lastOf(found.forwardedProto) === 'https';
  const scheme = forwarded ? 'https' : (listener.scheme ?? 'http');
  const metadata = readFetchMetadata(found);
  const { credentials, ambiguous, inSubprotocol } = shownIn(found, hostKind, tokens, listener);
  return {
    method,
    target,
    whole,
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? '' : target.slice(mark + 1),
    hadQueryToken: tokens.length > 0,
    host,
    hostKind,
    scheme,
    ownOrigin: `${scheme}://${host}`,
    origin: found.origin,
    // Not spread: a literal with a spread in its midst costs ten times as much (measured).
    site: metadata.site,
    mode: metadata.mode,
    dest: metadata.dest,
    upgrade,
    workerScript: found.worker || metadata.dest === 'serviceworker',
    safe: method === 'GET' || method === 'HEAD' || method === 'OPTIONS',
    navigation: !upgrade && method === 'GET' && asksForPage(metadata, found.accept),
    hasBody: found.coding !== null || (found.length !== null && Number(found.length) > 0),
    subprotocols: inSubprotocol?.offered ?? found.subprotocols,
    subprotocolToken: inSubprotocol,
    credentialLocations,
    userAgent: found.userAgent,
    contentType: found.contentType,
    contentLength: found.length === null ? null : Number(found.length),
    credentials,
    ambiguousCredential: ambiguous,
    client: trustedProxies.clientOf(peer, found.forwardedFor),
    names: found.names,
  };
}

function asksForPage({ mode, dest }: FetchMetadata, accept: string): boolean {
  const asks = mode === null ? accept.includes('text/html') : mode === 'navigate';
  return asks && (dest === null || dest === 'document');
}

function shownIn(
  found: Found,
  hostKind: HostKind,
  tokens: readonly string[],
  { credentialLocations = usualCredentialLocations, cookie }: Listener,
): ReturnType<typeof readCredentials> & { readonly inSubprotocol: SplitSubprotocols | null } {
  const inSubprotocol = splitSubprotocols(found.subprotocols, credentialLocations);
  const inHeaders = found.valuesOf(credentialLocations.headers);
  const native = inSubprotocol === null ? inHeaders : [...inHeaders, ...inSubprotocol.tokens];
  return { ...readCredentials(found, hostKind, tokens, cookie, native), inSubprotocol };
}

function faultOfFraming(request: RawRequest, found: Found, upgrade: boolean): Fault | null {
  const { coding, length } = found;
  if (request.httpVersion !== '1.1' && request.httpVersion !== '1.0') {
    return { status: 505, message: 'Only HTTP/1.1 and HTTP/1.0 are spoken here' };
  }
  if (found.twice !== null) return { status: 400, message: `Header ${shown(found.twice)} was sent twice` };
  if (found.host === null) return { status: 400, message: 'Header "host" is missing' };
  if (coding !== null && length !== null) {
    return { status: 400, message: 'Both Content-Length and Transfer-Encoding were sent' };
  }
  if (coding !== null && (coding.toLowerCase() !== 'chunked' || request.httpVersion === '1.0')) {
    return { status: 501, message: 'Only the transfer coding "chunked" is understood' };
  }
  if (length !== null && !/^\d{1,15}$/.test(length)) {
    return { status: 400, message: 'Content-Length is not a number' };
  }
  if (upgrade && (coding !== null || (length !== null && Number(length) > 0))) {
    return { status: 400, message: 'An upgrade cannot carry a body' };
  }
  return null;
}

function faultOfMethod(method: string, upgrade: boolean): Fault | null {
  if (method === 'CONNECT' || method === 'TRACE') {
    return { status: 405, message: `Method ${method} is not allowed` };
  }
  return upgrade && method !== 'GET' ? { status: 405, message: 'An upgrade is made with GET' } : null;
}

/**
 * The target in origin form. A fragment or a backslash in the path has two readings (browsers fold a
 * backslash to a slash) and no honest sender. Nothing is decoded or normalised: what the server gets is what
 * was judged.
 */
function originForm(url: string, host: string, scheme: 'http' | 'https'): string | Fault {
  const absolute = url.startsWith('/') ? null : /^(https?):\/\/([^/?#]*)/i.exec(url);
  let target = url;
  if (absolute !== null) {
    if (absolute[1]?.toLowerCase() !== scheme || (absolute[2] ?? '').toLowerCase() !== host) {
      return { status: 400, message: 'The request line names another host than the Host header' };
    }
    target = url.slice(absolute[0].length);
    if (!target.startsWith('/')) target = `/${target}`;
  }
  if (!target.startsWith('/')) return { status: 400, message: 'The request target is not a path' };
  if (/[^\u0021-\u007e]|#/.test(target) || (target.split('?', 1)[0] ?? '').includes('\\')) {
    return { status: 400, message: 'The request target has characters that do not belong there' };
  }
  return target;
}

/** The last value of a list header: what the nearest proxy wrote, never what the client did. */
function lastOf(list: string): string {
  return list.slice(list.lastIndexOf(',') + 1).trim();
}

/** A value from outside, as it may be shown: quoted, escaped, short. */
function shown(value: string): string {
  return JSON.stringify(value.replace(/:\d*$/, '').slice(0, 100));
}
