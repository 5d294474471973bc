/**
 * The attacks: a request without a right to be here; and cross-site request forgery, where another page makes
 * the browser of somebody who has that right send a request (a form, an image, a WebSocket: CVE-2024-28179,
 * CVE-2023-26114, CVE-2026-40864 are of this family). A browser adds a cookie, a Basic credential or the
 * window's injected header to such a request without being told to, so for these the request must also show
 * that it comes from the server's own pages.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Credential, CredentialKind } from './credential.ts';
import type { DigestOf } from './digest.ts';
import type { Facts } from './facts.ts';
import { isFromElsewhere, isTopNavigation } from './fetch-metadata.ts';
import { isForeignAuthorization, looksLikeOurs } from './foreign-authorization.ts';
import { findSession, type Session, type SessionLimits } from './owner-session.ts';

export type Reason =
  /** Nothing was shown, and the gateway asks for a token. */
  | 'no-credential'
  /** Two credentials of one kind, or two cookies of different sessions that are both right. */
  | 'ambiguous-credential'
  /** A token that is not right, or an `Authorization` that is neither ours nor one of the server's users. */
  | 'wrong-credential'
  /** Only a cookie of no open session was shown: it was idle too long, too old, signed out or made up. */
  | 'expired-session'
  /**
   * `Origin` names another origin, in spite of a right credential or in a CORS preflight; or it is missing
   * where a cookie changes something.
   */
  | 'foreign-origin'
  /** A right credential, but `Sec-Fetch-Site` says that the page of another site made the browser send it. */
  | 'cross-site';

export type Verdict =
  | {
      readonly open: true;
      /** Null when the token itself was shown with the request. */
      readonly session: Session | null;
      readonly by: CredentialKind;
      /** Its Authorization is the server's own user's, and goes on to the server. */
      readonly foreign?: true;
    }
  | { readonly open: false; readonly reason: Reason };

/** What opens the gateway. */
export interface Keys {
  /** SHA-256 of the access token. */
  readonly tokenHash: Buffer;
  /**
   * SHA-256 of the token that the desktop window shows in its header, and that is good nowhere else; none
   * when absent.
   */
  readonly windowHash?: Buffer | undefined;
  /** False: no token is needed, but requests from other sites are refused as always. True when absent. */
  readonly asksForToken?: boolean | undefined;
  readonly sessions: ReadonlyMap<string, Session>;
  readonly limits: SessionLimits;
  /** SHA-256 of what was shown; a pure function, perhaps with a memory. */
  readonly digestOf: DigestOf;
  /** `Upstream.passesAuthorization`; no when absent. */
  readonly passesAuthorization?: boolean;
}

/** The facts that decide. */
export type Asked = Pick<
  Facts,
  | 'credentials'
  | 'ambiguousCredential'
  | 'safe'
  | 'upgrade'
  | 'origin'
  | 'ownOrigin'
  | 'site'
  | 'mode'
  | 'dest'
>;

/**
 * Decides one request or upgrade. Pure. The first credential that is right decides; without one the answer is
 * no.
 */
export function authorize(now: number, facts: Asked, keys: Keys): Verdict {
  if (facts.ambiguousCredential) return refuse('ambiguous-credential');
  let reason: Reason = 'no-credential';
  let foreign = false;
  let right: { readonly kind: CredentialKind; readonly session: Session | null } | null = null;
  for (const credential of facts.credentials) {
    const result = check(now, credential, keys);
    if (typeof result !== 'string') {
      // Two people in one request: whose it is would depend on the reader.
      if (credential.kind === 'cookie' && right?.kind === 'cookie' && right.session !== result.session) {
        return refuse('ambiguous-credential');
      }
      right ??= { kind: credential.kind, session: result.session };
      continue;
    }
    // An Authorization that is not ours is an error even together with a right cookie: it would otherwise be
    // dropped silently or, worse, passed on. Unless the server has users of its own: then it is theirs, and
    // opens nothing here.
    if (isAuthorization(credential.kind)) {
      if (!passes(credential, keys)) return refuse('wrong-credential');
      foreign = true;
    }
    if (reason !== 'wrong-credential') reason = result;
  }
  if (right === null && keys.asksForToken === false) right = { kind: 'none', session: null };
  if (right === null) return refuse(reason);
  const crossing = crossSite(right.kind, facts);
  if (crossing !== null) return refuse(crossing);
  return { open: true, session: right.session, by: right.kind, ...(foreign ? { foreign } : {}) };
}

function passes(credential: Credential, keys: Keys): boolean {
  const isOurs = (word: string): boolean =>
    looksLikeOurs(word) || timingSafeEqual(keys.digestOf(word).bytes, keys.tokenHash);
  return keys.passesAuthorization === true && isForeignAuthorization(credential, isOurs);
}

function check(
  now: number,
  credential: Credential,
  keys: Keys,
): { readonly session: Session | null } | Reason {
  switch (credential.kind) {
    case 'cookie': {
      const session = findSession(keys.sessions, now, keys.digestOf(credential.value), keys.limits);
      // A cookie of yesterday is no guess: it does not count as a wrong credential.
      return typeof session === 'string' ? 'expired-session' : { session };
    }
    case 'header':
      return isToken(credential, keys) || isWindowToken(credential, keys)
        ? { session: null }
        : 'wrong-credential';
    case 'authorization':
    case 'basic':
    case 'query':
      return isToken(credential, keys) ? { session: null } : 'wrong-credential';
    case 'other':
    case 'none':
      return 'wrong-credential';
    default:
      return credential.kind satisfies never;
  }
}

function isToken({ value }: Credential, keys: Keys): boolean {
  return timingSafeEqual(keys.digestOf(value).bytes, keys.tokenHash);
}

function isWindowToken({ value }: Credential, { digestOf, windowHash }: Keys): boolean {
  return windowHash !== undefined && timingSafeEqual(digestOf(value).bytes, windowHash);
}

export function isAuthorization(kind: CredentialKind): boolean {
  return kind === 'authorization' || kind === 'basic' || kind === 'other';
}

/**
 * Why a request with a right credential of this kind must be taken for another site's; null when it need not.
 */
export function crossSite(kind: CredentialKind, facts: Asked): Reason | null {
  const foreignOrigin = facts.origin !== null && facts.origin !== facts.ownOrigin;
  const otherSite = isFromElsewhere(facts);
  switch (kind) {
    case 'cookie':
      if (foreignOrigin) return 'foreign-origin';
      if (facts.upgrade || !facts.safe) {
        if (otherSite) return 'cross-site';
        return facts.origin !== null || facts.site === 'same-origin' ? null : 'foreign-origin';
      }
      return otherSite && !isTopNavigation(facts) ? 'cross-site' : null;
    case 'none':
      // Every browser of this computer holds this one. A tool tells of no site and no origin; a link from
      // elsewhere may lead to a page.
      if (foreignOrigin) return 'foreign-origin';
      if (!otherSite) return null;
      return facts.safe && !facts.upgrade && isTopNavigation(facts) ? null : 'cross-site';
    case 'header':
    case 'basic':
      if (foreignOrigin) return 'foreign-origin';
      return otherSite ? 'cross-site' : null;
    case 'authorization':
    case 'query':
      // Tools may send any Origin they like; a browser that sends Sec-Fetch-Site tells the truth in both.
      return foreignOrigin && facts.site !== null ? 'foreign-origin' : null;
    case 'other':
      return 'cross-site';
    default:
      return kind satisfies never;
  }
}

/**
 * Whether no foreign page can have made a browser send this credential: it was spelled out in the request, or
 * the header that the window injects came from something that is no browser.
 */
export function isExplicit(kind: CredentialKind, facts: Pick<Facts, 'origin' | 'site'>): boolean {
  if (kind === 'authorization' || kind === 'query') return true;
  return kind !== 'cookie' && facts.origin === null && facts.site === null;
}

function refuse(reason: Reason): Verdict {
  return { open: false, reason };
}
