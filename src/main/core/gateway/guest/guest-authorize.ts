/**
 * Whose a guest's request is. The attacks are those of `authorize.ts`, and one more: a link's secret that a
 * tool shows with each request must spend one use, not one each time, and must not be believed longer than
 * the session that it opened.
 */
import type { GuestSession, GuestSessionVerdict } from '../../share-ports.ts';
import { crossSite, isAuthorization, type Asked, type Reason } from '../request/authorize.ts';
import type { Credential, CredentialKind } from '../request/credential.ts';
import { isForeignAuthorization, looksLikeOurs } from '../request/foreign-authorization.ts';

export type GuestVerdict =
  | {
      readonly open: true;
      readonly session: GuestSession;
      readonly by: CredentialKind;
      readonly foreign?: true;
    }
  | {
      readonly open: false;
      readonly reason: Reason;
      /** Why the session that was shown is over; null where none was. */
      readonly ended: string | null;
    }
  /** A tool shows a link's secret for the first time: it has to be redeemed before anything is known. */
  | { readonly open: 'later'; readonly token: string; readonly by: CredentialKind };

/** What opens a guests' gateway. */
export interface GuestKeys {
  find(cookie: string): GuestSessionVerdict;
  /** The session that a tool's token has opened; null before it has. */
  redeemed(token: string): GuestSessionVerdict | null;
  /** `Upstream.passesAuthorization`; no when absent. */
  readonly passesAuthorization?: boolean;
  /** Whether this is the owner's own token, which a guests' gateway does not take. */
  readonly isOwners?: (token: string) => boolean;
}

interface Right {
  readonly kind: CredentialKind;
  readonly session: GuestSession;
}

/**
 * Decides one request or upgrade. Pure but for what `keys` look up. The first credential that is right
 * decides; without one the answer is no.
 */
export function authorizeGuest(facts: Asked, keys: GuestKeys): GuestVerdict {
  if (facts.ambiguousCredential) return refuse('ambiguous-credential');
  let reason: Reason = 'no-credential';
  let ended: string | null = null;
  let right: Right | null = null;
  let foreign = false;
  let later: { readonly token: string; readonly by: CredentialKind } | null = null;
  for (const credential of facts.credentials) {
    const { kind, value } = credential;
    if (kind === 'cookie') {
      const verdict = keys.find(value);
      if (verdict.open) {
        if (right !== null && right.session.id !== verdict.session.id) return refuse('ambiguous-credential');
        right ??= { kind, session: verdict.session };
      } else {
        ended = verdict.reason;
        if (reason === 'no-credential') reason = 'expired-session';
      }
      continue;
    }
    const known = looksLikeOurs(value) ? keys.redeemed(value) : undefined;
    if (known?.open === true) right ??= { kind, session: known.session };
    else if (known === null) later ??= { token: value, by: kind };
    else {
      if (known !== undefined) ended = known.reason;
      // An Authorization that is not ours is an error even together with a right cookie: it would be dropped
      // silently or, worse, passed on. Unless the server has users of its own: then it is theirs, and opens
      // nothing here.
      if (isAuthorization(kind)) {
        if (!passes(credential, keys)) return { open: false, reason: 'wrong-credential', ended };
        foreign = true;
      }
      reason = 'wrong-credential';
    }
  }
  const by = right?.kind ?? later?.by;
  if (by === undefined) return { open: false, reason, ended };
  const crossing = crossSite(by, facts);
  if (crossing !== null) return refuse(crossing);
  if (right !== null) return { open: true, session: right.session, by, ...(foreign ? { foreign } : {}) };
  return later === null ? refuse(reason) : { open: 'later', ...later };
}

function passes(credential: Credential, keys: GuestKeys): boolean {
  const isOurs = (word: string): boolean => looksLikeOurs(word) || keys.isOwners?.(word) === true;
  return keys.passesAuthorization === true && isForeignAuthorization(credential, isOurs);
}

function refuse(reason: Reason): GuestVerdict {
  return { open: false, reason, ended: null };
}
