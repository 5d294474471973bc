/**
 * Tells what happens in sharing: to the audit log, for good; and to whoever looks at the window. The log is
 * written first.
 */
import type { Events } from '../../../shared/contract.ts';
import type { GuestSessionInfo, GuestSessionEnded, JoinRequestInfo } from '../../../shared/share-model.ts';
import type { GuestEvent } from '../share-ports.ts';
import type { JoinRequest } from './ledger/join-requests.ts';
import type { AuditEvent } from './audit/audit-entry.ts';
import { describeGuestSession, describeJoinRequest } from './to-contract.ts';
import type { StoredGuestSession } from './ledger/guest-sessions.ts';
import type { Ledger, ListedLink } from './ledger/ledger.ts';
import type { Audit } from './audit/audit.ts';
import { createOnce } from './audit/report-once.ts';

export interface ShareEventReporterDeps {
  readonly ledger: Pick<Ledger, 'link'>;
  readonly audit: Pick<Audit, 'record'>;
  /** What the owner calls a server, also one that is forgotten. */
  readonly serverName: (id: string) => string;
  /** Requests and sockets of a session that are open now. */
  readonly connections: (serverId: string, session: string) => number;
  announce<K extends keyof Events>(name: K, value: Events[K]): void;
}

const maxEnded = 5000;

export class ShareEventReporter {
  readonly #deps: ShareEventReporterDeps;
  readonly #once = createOnce();
  /** Why the last sessions are over, for the guests' own page. */
  readonly #ended = new Map<string, GuestSessionEnded['reason']>();

  constructor(deps: ShareEventReporterDeps) {
    this.#deps = deps;
  }

  record(event: AuditEvent): void {
    void this.#deps.audit.record(event);
  }

  changed(server: string | null): void {
    this.#deps.announce('share.changed', { server });
  }

  person(session: StoredGuestSession): GuestSessionInfo {
    const label = this.#deps.ledger.link(session.linkId)?.label ?? '';
    const connections = this.#deps.connections(session.serverId, session.id);
    return describeGuestSession(session, label, this.#deps.serverName(session.serverId), connections);
  }

  /** Null where the link is gone. */
  waiting(wait: JoinRequest): JoinRequestInfo | null {
    const link = this.#deps.ledger.link(wait.linkId);
    return link === null ? null : describeJoinRequest(wait, link, this.#deps.serverName(wait.serverId));
  }

  /** What the door of a server tells. */
  note(serverId: string, event: GuestEvent): void {
    if (event.kind === 'role-limit') {
      const { id: session, link, role } = event.session;
      const what = this.#once(Date.now(), session, event.what);
      if (what === null) return;
      this.record({ event: 'role-limit', link, server: serverId, session, role, what });
      return;
    }
    const { link, address, reason } = event;
    this.record({ event: 'refused', server: serverId, link, address, reason, times: 1 });
  }

  made(link: ListedLink, by: string): void {
    const { id, serverId: server, role, label, group, usesLeft: uses, approval, permissions } = link;
    const expiresAt = new Date(link.expiresAt).toISOString();
    const about = { link: id, server, role, label, group, expiresAt, uses, approval, by };
    const types =
      permissions === null
        ? {}
        : { send: permissions.send.join(' '), receive: permissions.receive.join(' ') };
    this.record({ event: 'link-made', ...about, ...types });
  }

  joined(session: StoredGuestSession): void {
    const { id, linkId: link, serverId: server, role, name, address, browser } = session;
    this.record({ event: 'joined', link, server, role, session: id, name, address, browser });
    this.#deps.announce('share.joined', this.person(session));
    this.changed(server);
  }

  asked(wait: JoinRequest): void {
    const { linkId: link, serverId: server, name, address } = wait;
    this.record({ event: 'approval-asked', link, server, name, address });
    const waiting = this.waiting(wait);
    if (waiting !== null) this.#deps.announce('share.waiting', waiting);
    this.changed(server);
  }

  /** The owner ends a visit; that it has ended is told by `ended`. */
  removed(session: StoredGuestSession, by: string): void {
    const { id, linkId: link, serverId: server, name } = session;
    this.record({ event: 'removed', link, server, session: id, name, by });
  }

  ended(session: StoredGuestSession, reason: GuestSessionEnded['reason']): void {
    const { id, linkId: link, serverId: server, name } = session;
    this.record({ event: 'session-ended', link, server, session: id, name, reason });
    this.#ended.set(id, reason);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= maxEnded) break;
      this.#ended.delete(oldest);
    }
    this.#deps.announce('share.left', { session: id, server, name, reason });
  }

  /** Null for a session that has not ended, or ended long ago. */
  whyEnded(session: string): GuestSessionEnded['reason'] | null {
    return this.#ended.get(session) ?? null;
  }
}
