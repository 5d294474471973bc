/**
 * The desk of one server at which guests show what they have. The attacks: an approval that was given to one
 * name and is used under another; a stranger who learns from an answer which links exist; a guest of one
 * server who is let into another. What is decided is decided in `link.ts`, `ledger-state.ts` and
 * `join-requests.ts`; here it is put together and told.
 */
import type { Role } from '../../../shared/model.ts';
import type { RoleOffer } from '../../../shared/share-model.ts';
import type {
  GuestEvent,
  GuestAccess,
  GuestFacts,
  GuestSession,
  JoinAnswer,
  JoinAsked,
  NoEntry,
  GuestSessionVerdict,
} from '../share-ports.ts';
import { mintSecret } from '../secret.ts';
import {
  addJoinRequest,
  spendApproval,
  joinRequestOf,
  joinRequestState,
  type JoinRequest,
  type JoinRequestTable,
} from './ledger/join-requests.ts';
import { plain, sessionIdOf, type StoredGuestSession, type GuestVerdict } from './ledger/guest-sessions.ts';
import type { JoinLimits } from './ledger/join-limits.ts';
import type { Joined, Ledger, ListedLink } from './ledger/ledger.ts';
import { toldReason } from './ledger/link.ts';

export interface GuestAccessDeps {
  readonly ledger: Ledger;
  readonly joinRequests: JoinRequestTable;
  readonly joins: JoinLimits;
  readonly serverId: string;
  readonly serverName: () => string;
  readonly owner: string;
  readonly computer: string;
  readonly asksName: () => boolean;
  /** What the role means; as it was last looked at. */
  readonly offer: (role: Role) => RoleOffer;
  joined(session: StoredGuestSession): void;
  waiting(wait: JoinRequest): void;
  left(session: string): void;
  /**
   * Why a session is over that is not in the ledger any more; null for one that never was, or is long gone.
   */
  readonly ended: (session: string) => string | null;
  note(event: GuestEvent): void;
}

export function makeGuestAccess(deps: GuestAccessDeps): GuestAccess {
  const { ledger, joinRequests, serverId } = deps;
  /** A link opens its own server only, and what is said of another one is what is said of none. */
  const linkHere = (id: string): ListedLink | null => {
    const link = ledger.link(id);
    return link?.serverId === serverId ? link : null;
  };
  return {
    look(id, secret) {
      const verdict = ledger.look(id, secret);
      const link = linkHere(id);
      if (link === null) return { open: false, reason: 'no-such-link' };
      if (!verdict.open && verdict.reason !== 'needs-approval') {
        return { open: false, reason: told(verdict.reason) };
      }
      const invitation = {
        owner: deps.owner,
        computer: deps.computer,
        serverName: deps.serverName(),
        offer: deps.offer(link.role),
        until: link.expiresAt,
        asksName: deps.asksName(),
        approval: link.approval,
        opens: link.opens,
      };
      return { open: true, invitation };
    },
    join: asked => join(deps, linkHere(asked.id), asked),
    waiting: (id, ticket) => joinRequestState(joinRequests, ledger.now(), ticket, id),
    find: (cookie, digestOf) => sessionVerdict(ledger.find(cookie, serverId, digestOf?.(cookie).key)),
    peek(cookie) {
      const verdict = sessionVerdict(ledger.peek(cookie, serverId));
      if (verdict.open || verdict.reason !== 'unknown') return verdict;
      return { open: false, reason: deps.ended(sessionIdOf(cookie)) ?? 'unknown' };
    },
    leave: session => deps.left(session),
    inUse: sessions => ledger.touch(new Set(sessions)),
    note: event => deps.note(event),
  };
}

function told(reason: Parameters<typeof toldReason>[0]): NoEntry {
  const said = toldReason(reason);
  // A link that only needs an approval is open.
  return said === 'needs-approval' ? 'no-such-link' : said;
}

async function join(deps: GuestAccessDeps, link: ListedLink | null, asked: JoinAsked): Promise<JoinAnswer> {
  const { ledger, joinRequests } = deps;
  const verdict = ledger.look(asked.id, asked.secret);
  if (link === null) return no('no-such-link');
  if (!verdict.open && verdict.reason !== 'needs-approval') return no(told(verdict.reason));
  const name = plain(asked.guest.name, 100);
  if (asked.ticket === null) {
    if (name === '' && deps.asksName() && !asked.tool) return no('name-missing');
    const waitMs = deps.joins.take(ledger.now(), link.id, asked.guest.address);
    if (waitMs > 0) return { kind: 'later', retrySeconds: Math.ceil(waitMs / 1000) };
    const guest = { ...asked.guest, name: name === '' && asked.tool ? plain(link.label, 100) : name };
    return link.approval ? wait(deps, link, guest) : enter(deps, link, asked, guest, false);
  }
  const now = ledger.now();
  const state = joinRequestState(joinRequests, now, asked.ticket, link.id);
  const waited = joinRequestOf(joinRequests, asked.ticket);
  if (state === 'denied') return no('denied');
  if (waited === null || !spendApproval(joinRequests, now, asked.ticket, link.id)) return no('wait-over');
  // As the owner saw the guest, not as the guest calls himself now.
  return enter(deps, link, asked, { ...asked.guest, name: waited.name }, true);
}

function wait(deps: GuestAccessDeps, link: ListedLink, guest: GuestFacts): JoinAnswer {
  const ticket = mintSecret();
  const clean = { ...guest, address: plain(guest.address, 60), browser: plain(guest.browser, 100) };
  const waiting = addJoinRequest(deps.joinRequests, deps.ledger.now(), link, ticket, clean);
  if (waiting === 'full') return no('too-many-waiting');
  deps.waiting(waiting);
  return { kind: 'wait', ticket, endsAt: waiting.endsAt };
}

async function enter(
  deps: GuestAccessDeps,
  { opens }: ListedLink,
  { id, secret }: JoinAsked,
  guest: GuestFacts,
  approved: boolean,
): Promise<JoinAnswer> {
  const joined: Joined = await deps.ledger.join({ id, secret, approved, guest });
  if (joined.open) {
    deps.joined(joined.session);
    return { kind: 'in', session: toSession(joined.session), cookie: joined.cookie, opens };
  }
  switch (joined.reason) {
    case 'too-many-guests':
      return no('too-many-guests');
    // The link ended while the disk was waited for.
    case 'idle':
    case 'over':
      return no('expired');
    case 'link-gone':
      return no('revoked');
    case 'unknown':
    case 'wrong-secret':
    case 'revoked':
    case 'expired':
    case 'used-up':
    case 'needs-approval':
      return no(told(joined.reason));
    default:
      return joined.reason satisfies never;
  }
}

function no(reason: NoEntry): JoinAnswer {
  return { kind: 'no', reason };
}

function sessionVerdict(verdict: GuestVerdict): GuestSessionVerdict {
  return verdict.open ? { open: true, session: toSession(verdict.session) } : verdict;
}

function toSession({ id, linkId, role, name, endsAt, permissions }: StoredGuestSession): GuestSession {
  return { id, link: linkId, role, name, endsAt, permissions };
}
