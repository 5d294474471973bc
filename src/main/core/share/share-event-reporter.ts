/** Tells what happens in sharing: to the audit log, for good; and to whoever looks at the window. The log is written first. */
import type { Events } from '../../../shared/contract.ts';
import type { Person, PersonLeft, Waiting } from '../../../shared/sharing.ts';
import type { DoorEvent } from '../share-ports.ts';
import type { Wait } from './ledger/join-requests.ts';
import type { AuditEvent } from './audit/audit-entry.ts';
import { describeGuest, describeWait } from './to-contract.ts';
import type { Guest } from './ledger/guest-sessions.ts';
import type { ListedLink } from './ledger/ledger.ts';
import { createOnce } from './audit/report-once.ts';
import type { Rooms } from './share-storage.ts';

export interface TellerParts {
  /** What the owner calls a server, also one that is forgotten. */
  readonly serverName: (id: string) => string;
  /** Requests and sockets of a session that are open now. */
  readonly connections: (serverId: string, session: string) => number;
  announce<K extends keyof Events>(name: K, value: Events[K]): void;
}

const mostEnded = 5000;

export class ShareTeller {
  readonly #parts: TellerParts;
  readonly #once = createOnce();
  /** Why the last sessions are over, for the guests' own page. */
  readonly #ended = new Map<string, PersonLeft['reason']>();

  constructor(parts: TellerParts) {
    this.#parts = parts;
  }

  record(rooms: Rooms, event: AuditEvent): void {
    void rooms.audit.record(event);
  }

  changed(server: string | null): void {
    this.#parts.announce('share.changed', { server });
  }

  person(rooms: Rooms, guest: Guest): Person {
    const label = rooms.ledger.link(guest.linkId)?.label ?? '';
    const connections = this.#parts.connections(guest.serverId, guest.id);
    return describeGuest(guest, label, this.#parts.serverName(guest.serverId), connections);
  }

  /** Null where the link is gone. */
  waiting(rooms: Rooms, wait: Wait): Waiting | null {
    const link = rooms.ledger.link(wait.linkId);
    return link === null ? null : describeWait(wait, link, this.#parts.serverName(wait.serverId));
  }

  /** What the door of a server tells. */
  note(rooms: Rooms, serverId: string, event: DoorEvent): void {
    if (event.kind === 'role-limit') {
      const { session, link, role } = event.pass;
      const what = this.#once(Date.now(), session, event.what);
      if (what === null) return;
      this.record(rooms, { event: 'role-limit', link, server: serverId, session, role, what });
      return;
    }
    const { link, address, reason } = event;
    this.record(rooms, { event: 'refused', server: serverId, link, address, reason, times: 1 });
  }

  made(rooms: Rooms, link: ListedLink, by: string): void {
    const { id, serverId: server, role, label, group, usesLeft: uses, approval, permissions } = link;
    const expiresAt = new Date(link.expiresAt).toISOString();
    const about = { link: id, server, role, label, group, expiresAt, uses, approval, by };
    const types =
      permissions === null
        ? {}
        : { send: permissions.send.join(' '), receive: permissions.receive.join(' ') };
    this.record(rooms, { event: 'link-made', ...about, ...types });
  }

  joined(rooms: Rooms, guest: Guest): void {
    const { id: session, linkId: link, serverId: server, role, name, address, browser } = guest;
    this.record(rooms, { event: 'joined', link, server, role, session, name, address, browser });
    this.#parts.announce('share.joined', this.person(rooms, guest));
    this.changed(server);
  }

  asked(rooms: Rooms, wait: Wait): void {
    const { linkId: link, serverId: server, name, address } = wait;
    this.record(rooms, { event: 'approval-asked', link, server, name, address });
    const waiting = this.waiting(rooms, wait);
    if (waiting !== null) this.#parts.announce('share.waiting', waiting);
    this.changed(server);
  }

  /** The owner ends a visit; that it has ended is told by `ended`. */
  removed(rooms: Rooms, guest: Guest, by: string): void {
    const { id: session, linkId: link, serverId: server, name } = guest;
    this.record(rooms, { event: 'removed', link, server, session, name, by });
  }

  ended(rooms: Rooms, guest: Guest, reason: PersonLeft['reason']): void {
    const { id: session, linkId: link, serverId: server, name } = guest;
    this.record(rooms, { event: 'session-ended', link, server, session, name, reason });
    this.#ended.set(session, reason);
    for (const oldest of this.#ended.keys()) {
      if (this.#ended.size <= mostEnded) break;
      this.#ended.delete(oldest);
    }
    this.#parts.announce('share.left', { session, server, name, reason });
  }
  whyEnded(session: string): PersonLeft['reason'] | null {
    return this.#ended.get(session) ?? null;
  }
}
