/**
 * The attack: the server's own answer gives access away. A cookie that authenticates on its own and
 * outlives a revocation, an `Access-Control-Allow-Origin` that lets any page read, a `Location` that leads a
 * browser to the server behind the gateway. And content of a notebook is hostile: what the server does not
 * forbid (framing, sniffing, leaking Referers), the gateway does.
 */
import { STATUS_CODES } from 'node:http';
import { isUserContent } from '../request/user-content.ts';
import { isOwnCookie } from '../request/cookies.ts';

export interface ResponsePlan {
  /** Names of cookies that never reach a browser. */
  readonly withheldCookies: readonly RegExp[];
  /** Origins under which the server may name itself, in lower case: `http://localhost`. */
  readonly upstreamOrigins: readonly string[];
  /** What the server is told of the scheme, where that is not what the client used. */
  readonly scheme?: 'https' | null | undefined;
  /** Paths that hand out what people have uploaded. */
  readonly contentPaths?: readonly RegExp[] | undefined;
  /** Said with each answer that is no upgrade; name and value alternating. */
  readonly added?: readonly string[] | undefined;
}

const dropped: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'server',
  'x-powered-by',
  // Would lead a browser around the gateway, or switch its rules off.
  'alt-svc',
  'strict-transport-security',
  // Would give a script of a deep path the whole origin, Gatehouse's pages included.
  'service-worker-allowed',
  // Would sign the owner out of a server that he never asked to.
  'clear-site-data',
  // Said here for every answer.
  'x-content-type-options',
  'cross-origin-resource-policy',
]);

function isDropped(name: string): boolean {
  return name.startsWith('access-control-') || name.startsWith('proxy-');
}

/**
 * The words behind the status. Node throws on what HTTP does not allow there, and the client would wait for
 * an answer for ever.
 */
export function responseReason(status: number, words: string | undefined): string {
  return words !== undefined && /^[\t\u0020-\u007e]*$/.test(words) ? words : (STATUS_CODES[status] ?? '');
}

/**
 * Trailers that may follow: well-formed, and nothing that would have had to stand in front. Nobody's browser
 * reads them.
 */
export function responseTrailers(trailers: readonly (string | Buffer)[]): [string, string][] {
  const result: [string, string][] = [];
  for (let index = 0; index < trailers.length; index += 2) {
    const name = text(trailers[index]);
    const value = text(trailers[index + 1]);
    const lower = name.toLowerCase();
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || /[^\t\u0020-\u007e\u0080-\u00ff]/.test(value)) continue;
    if (dropped.has(lower) || isDropped(lower) || neverBehind.has(lower)) continue;
    result.push([name, value]);
  }
  return result;
}

/** RFC 9110, 6.5.1. */
const neverBehind: ReadonlySet<string> = new Set([
  'content-length',
  'content-encoding',
  'content-type',
  'content-range',
  'content-security-policy',
  'set-cookie',
  'location',
  'cache-control',
]);

/** Policies of the server that are kept when it sends one: it knows its own pages better. */
interface Seen {
  frame: boolean;
  policy: boolean;
  opener: boolean;
  referrer: boolean;
  /** A browser may run what comes. */
  active: boolean;
}

/**
 * The headers for the client, name and value alternating.
 *
 * `Referrer-Policy: same-origin`, not `no-referrer`: Jupyter compares the Referer of `/files/` with its host.
 * No token is ever in a URL of these pages, and nothing at all goes to another site.
 */
export function responseHeaders(
  headers: readonly (string | Buffer)[],
  plan: ResponsePlan,
  ownOrigin: string,
  upgrade = false,
  path = '',
): string[] {
  const result: string[] = [];
  const seen: Seen = { frame: false, policy: false, opener: false, referrer: false, active: true };
  for (let index = 0; index < headers.length; index += 2) {
    const rawName = text(headers[index]);
    const name = rawName.toLowerCase();
    if (dropped.has(name) || isDropped(name)) continue;
    const value = keep(name, text(headers[index + 1]), plan, ownOrigin, seen);
    if (value !== null) result.push(rawName, value);
  }
  if (upgrade) return result;
  result.push('X-Content-Type-Options', 'nosniff', 'Cross-Origin-Resource-Policy', 'same-origin');
  if (!seen.referrer) result.push('Referrer-Policy', 'same-origin');
  if (!seen.opener) result.push('Cross-Origin-Opener-Policy', 'same-origin');
  if (!seen.policy) result.push('Content-Security-Policy', defaultPolicy);
  if (!seen.frame) result.push('X-Frame-Options', 'SAMEORIGIN');
  if (seen.active && isUserContent(plan.contentPaths, path)) result.push('Content-Security-Policy', sandbox);
  if (plan.added !== undefined) result.push(...plan.added);
  return result;
}

/**
 * The attack (CVE-2026-44727 is of this family): a guest uploads a page, the owner opens it, and it acts as
 * the owner. In a sandbox without `allow-same-origin` it has an origin of its own: no cookie, no answer of
 * the server. Several policies hold together, so the server's own cannot loosen it.
 */
const sandbox = 'sandbox allow-scripts allow-popups allow-downloads';

/** What no browser runs, whatever is in it; everything else, and what has no type, may be. */
const harmless =
  /^(?:image\/(?!svg)|audio\/|video\/|font\/|text\/(?:plain|csv|css)|application\/(?:json|octet-stream|zip|gzip|x-ipynb\+json))/i;

/**
 * For a server that sends no policy: nothing that a page of it may need, only what an attacker would. No
 * `base-uri`: VS Code's webviews have their base where their files are, and who can write a `<base>` into a
 * page could write a script there.
 */
const defaultPolicy = "frame-ancestors 'self'; object-src 'self'";

function text(value: string | Buffer | undefined): string {
  return typeof value === 'string' ? value : (value?.toString('latin1') ?? '');
}

function keep(name: string, value: string, plan: ResponsePlan, ownOrigin: string, seen: Seen): string | null {
  switch (name) {
    case 'set-cookie':
      return keepCookie(value, plan) ? value : null;
    case 'location':
    case 'content-location':
      return ownLocation(value, plan, ownOrigin);
    case 'x-frame-options':
      seen.frame = true;
      return value;
    case 'content-security-policy':
      seen.policy = true;
      if (/frame-ancestors/i.test(value)) seen.frame = true;
      return value;
    case 'cross-origin-opener-policy':
      seen.opener = true;
      return value;
    case 'content-type':
      seen.active = !harmless.test(value);
      return value;
    case 'referrer-policy':
      // A laxer one would send paths of this server to other sites.
      seen.referrer = value === 'no-referrer' || value === 'same-origin';
      return seen.referrer ? value : null;
    default:
      return value;
  }
}

function keepCookie(value: string, plan: ResponsePlan): boolean {
  const name = (value.split(/[=;]/, 1)[0] ?? '').trim();
  // A nameless one is sent back as its value alone, and that may read as a name: `=gatehouse-session=x`.
  return (
    name !== '' && !isOwnCookie(name) && !plan.withheldCookies.some(pattern => new RegExp(pattern).test(name))
  );
}

/** A Location that names the server behind becomes one of this origin; every other stays. */
function ownLocation(value: string, plan: ResponsePlan, ownOrigin: string): string {
  const lower = value.toLowerCase();
  // A server that was told https by the plain gateway on this computer leads back to it by https, where
  // nothing listens.
  const told = plan.scheme === 'https' ? [ownOrigin.replace(/^http:/, 'https:')] : [];
  for (const origin of [...plan.upstreamOrigins, ...told]) {
    if (!lower.startsWith(origin)) continue;
    const rest = value.slice(origin.length);
    if (rest === '' || /^[/?#]/.test(rest)) return ownOrigin + rest;
  }
  return value;
}
