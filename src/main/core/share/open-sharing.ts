/**
 * Sharing once it is open: makes and revokes links, and keeps a listener for each server that has one. The
 * attacks are met in the files that it puts together; its own is the moment between two of them. So a
 * revocation is synchronous from the ledger until the sockets are cut: no request of the guest is answered in
 * between, and the disk is waited for afterwards. And no link is made before its listener is open.
 */
import type {
  GuestSessionEnded,
  GuestSessionInfo,
  NewShareLink,
  RevokeResult,
  ShareLinkInfo,
  SharePreview,
  SharePreviewRequest,
  ShareRequest,
} from '../../../shared/share-model.ts';
import type { UpstreamState } from '../gateway-ports.ts';
import type { Log } from '../ports.ts';
import type { Audit } from './audit/audit.ts';
import type { AuthorityStore } from './certificate/authority-store.ts';
import type { CertificateManager } from './certificate/certificate-manager.ts';
import { JoinRequestList } from './join-request-list.ts';
import { dropJoinRequests, type JoinRequestTable } from './ledger/join-requests.ts';
import type { StoredGuestSession } from './ledger/guest-sessions.ts';
import type { Ledger, Unsaved } from './ledger/ledger.ts';
import { permissionsFor } from './ledger/message-permissions.ts';
import { notAcknowledged, notOffered } from './share-errors.ts';
import type { ShareEventReporter } from './share-event-reporter.ts';
import type { SharedServer } from '../share-ports.ts';
import type { ShareListeners } from './share-listeners.ts';
import type { SharePreviewer } from './share-previewer.ts';
import type { ShareStorage } from './share-storage.ts';
import { needsAcknowledgement } from './share-warnings.ts';
import { describeLink, describeNewLink } from './to-contract.ts';

export interface OpenSharingDeps {
  readonly storage: ShareStorage;
  readonly listeners: ShareListeners;
  readonly previewer: SharePreviewer;
  readonly reporter: ShareEventReporter;
  readonly joinRequests: JoinRequestTable;
  /** What the owner calls a server, even a forgotten one. */
  readonly serverName: (id: string) => string;
  /** Login name of the owner. */
  readonly user: string;
  readonly endWithLastLink: () => boolean;
  readonly log: Log;
}

type EndReason = GuestSessionEnded['reason'];

/**
 * Milliseconds between two looks at what has run out. Each request is judged at its own moment; this is for
 * sockets that are open.
 */
const settleMs = 1000;

export class OpenSharing {
  readonly ledger: Ledger;
  readonly audit: Audit;
  readonly authorities: AuthorityStore;
  /** See `ShareStorage`. */
  readonly certificate: () => Promise<CertificateManager>;
  readonly listeners: ShareListeners;
  readonly joinRequests: JoinRequestList;
  readonly #deps: OpenSharingDeps;
  readonly #reporter: ShareEventReporter;
  /** How many links of a server are being made. */
  readonly #making = new Map<string, number>();
  readonly #settling: NodeJS.Timeout;

  constructor(deps: OpenSharingDeps) {
    const { storage, reporter, joinRequests: table, user } = deps;
    this.ledger = storage.ledger;
    this.audit = storage.audit;
    this.authorities = storage.authorities;
    this.certificate = storage.certificate;
    this.listeners = deps.listeners;
    this.joinRequests = new JoinRequestList({ ledger: storage.ledger, table, reporter, user });
    this.#deps = deps;
    this.#reporter = reporter;
    this.#settling = setInterval(() => this.#settle(), settleMs).unref();
  }

  preview(server: SharedServer, request: SharePreviewRequest): Promise<SharePreview> {
    return this.#deps.previewer.preview(server, request);
  }

  async create(server: SharedServer, request: ShareRequest): Promise<NewShareLink> {
    const { previewer, user } = this.#deps;
    const { warnings, roles } = await previewer.preview(server, request);
    if (!roles.some(({ role }) => role === request.role)) throw notOffered(server, request.role, roles);
    if (needsAcknowledgement(warnings) && !request.acknowledged) throw notAcknowledged();
    const permissions = permissionsFor(server.sharing.rules, request);
    const { addresses, made } = await this.#whileMaking(server.id, async () => ({
      addresses: (await this.listeners.ensure(server, request.listen)).addresses,
      made: await this.ledger.make({
        label: request.label,
        group: request.group ?? null,
        role: request.role,
        serverId: server.id,
        lifeMs: request.expiresSeconds * 1000,
        uses: request.uses,
        approval: request.approval,
        permissions,
        opens: request.opens,
        madeBy: user,
      }),
    }));
    const { link, secret } = made;
    this.#reporter.made(link, user);
    this.#reporter.changed(server.id);
    const certificate = (await this.certificate()).current();
    return describeNewLink(describeLink(link, server.name, 0), secret, addresses, certificate, warnings);
  }

  /** Nobody turns the listener off between its opening and the link that it was opened for. */
  async #whileMaking<T>(serverId: string, work: () => Promise<T>): Promise<T> {
    const before = this.#making.get(serverId) ?? 0;
    this.#making.set(serverId, before + 1);
    try {
      return await work();
    } finally {
      this.#making.set(serverId, (this.#making.get(serverId) ?? 1) - 1);
      await this.#endIfLast(serverId);
    }
  }

  links(): readonly ShareLinkInfo[] {
    const guests = this.ledger.guests();
    return this.ledger.links().map(link => {
      const people = guests.filter(session => session.linkId === link.id).length;
      return describeLink(link, this.#deps.serverName(link.serverId), people);
    });
  }

  async revoke(id: string): Promise<RevokeResult> {
    const serverId = this.ledger.link(id)?.serverId ?? null;
    return this.#afterRevoking([id], serverId, this.ledger.revoke(id));
  }

  /** Revokes every link of a server and turns its listener off. */
  async stop(serverId: string): Promise<RevokeResult> {
    const links = this.ledger.links().filter(link => link.serverId === serverId && link.state !== 'revoked');
    const ids = links.map(link => link.id);
    const answer = await this.#afterRevoking(ids, serverId, this.ledger.revokeAll(serverId));
    await this.#close(serverId, 'Sharing was stopped.', () => !this.#isNeeded(serverId));
    return answer;
  }

  people(): readonly GuestSessionInfo[] {
    return this.ledger.guests().map(session => this.#reporter.person(session));
  }

  async kick(id: string): Promise<RevokeResult> {
    const unsaved = this.ledger.endGuest(id);
    for (const session of unsaved.ended) this.#reporter.removed(session, this.#deps.user);
    return this.#afterEnding(unsaved, 'ended-by-owner');
  }

  /** A guest leaves. */
  left(id: string): void {
    if (!this.ledger.guests().some(session => session.id === id)) return;
    this.#afterEnding(this.ledger.endGuest(id), 'left').catch((error: unknown) =>
      this.#deps.log.error('The end of a guest session could not be saved.', { error }),
    );
  }

  /** Where a server can be reached now; null when it was stopped. False where it has no listener. */
  async setUpstream(serverId: string, state: UpstreamState | null): Promise<boolean> {
    if (!this.listeners.setUpstream(serverId, state)) return false;
    if (state === null) await this.#close(serverId, 'The server was stopped.');
    return true;
  }

  /** A server started again: its listener opens where it was, if the server has a link or a guest. */
  async listenAgain(serverId: string, server: (id: string) => SharedServer): Promise<void> {
    if (!this.#hasLinkOrGuest(serverId)) return;
    await this.listeners.ensure(server(serverId), undefined, true);
    this.#reporter.changed(serverId);
  }

  async close(): Promise<void> {
    clearInterval(this.#settling);
    await this.listeners.closeAll();
    await this.#deps.storage.close();
  }

  /** Ends what has run out. */
  #settle(): void {
    const { ledger } = this;
    const { ended, saved } = ledger.settle();
    saved.catch((error: unknown) => this.#deps.log.error('The share links could not be saved.', { error }));
    void this.audit.flush();
    dropJoinRequests(this.#deps.joinRequests, ledger.now(), id => ledger.link(id)?.state !== 'open');
    if (ended.links.length + ended.guests.length === 0) return;
    this.#cut(ended.guests, session => {
      if (ledger.link(session.linkId)?.state === 'expired') return 'expired';
      return ledger.now() < session.endsAt ? 'idle' : 'over';
    });
    const servers = new Set([...ended.links, ...ended.guests].map(({ serverId }) => serverId));
    for (const server of servers) {
      this.#reporter.changed(server);
      void this.#endIfLast(server);
    }
  }

  /** Runs in the same turn as the revocation until the sockets are cut; only then waits for the disk. */
  async #afterRevoking(
    links: readonly string[],
    serverId: string | null,
    { ended, saved }: Unsaved<readonly StoredGuestSession[]>,
  ): Promise<RevokeResult> {
    this.#cut(ended, () => 'revoked');
    dropJoinRequests(this.#deps.joinRequests, this.ledger.now(), id => links.includes(id));
    for (const link of links) {
      const sessions = ended.filter(session => session.linkId === link).length;
      const server = this.ledger.link(link)?.serverId ?? serverId ?? '';
      this.#reporter.record({ event: 'revoked', link, server, by: this.#deps.user, sessions });
    }
    this.#reporter.changed(serverId);
    if (serverId !== null) await this.#endIfLast(serverId);
    await saved;
    return { links, sessions: ended.length };
  }

  /** The same for the end of one guest session. */
  async #afterEnding(
    { ended, saved }: Unsaved<readonly StoredGuestSession[]>,
    reason: EndReason,
  ): Promise<RevokeResult> {
    this.#cut(ended, () => reason);
    const serverId = ended[0]?.serverId ?? null;
    this.#reporter.changed(serverId);
    if (serverId !== null) await this.#endIfLast(serverId);
    await saved;
    return { links: [], sessions: ended.length };
  }

  #cut(sessions: readonly StoredGuestSession[], why: (session: StoredGuestSession) => EndReason): void {
    this.listeners.end(sessions);
    for (const session of sessions) this.#reporter.ended(session, why(session));
  }

  /** Where the owner wants it, a server stops listening with its last link and guest. */
  async #endIfLast(serverId: string): Promise<void> {
    if (!this.#deps.endWithLastLink() || this.#isNeeded(serverId)) return;
    await this.#close(serverId, 'Its last link has ended.', () => !this.#isNeeded(serverId));
  }

  #isNeeded(serverId: string): boolean {
    return (this.#making.get(serverId) ?? 0) > 0 || this.#hasLinkOrGuest(serverId);
  }

  #hasLinkOrGuest(serverId: string): boolean {
    return (
      this.ledger.links().some(link => link.serverId === serverId && link.state === 'open') ||
      this.ledger.guests().some(session => session.serverId === serverId)
    );
  }

  /** @param still asked at the last moment: a link may be made in the meantime */
  async #close(serverId: string, reason: string, still = (): boolean => true): Promise<void> {
    if (!(await this.listeners.close(serverId, still))) return;
    this.#reporter.record({ event: 'listener-off', server: serverId, reason });
    this.#reporter.changed(serverId);
  }
}
