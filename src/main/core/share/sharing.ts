/**
 * Sharing as a whole: makes and takes back links, and keeps a listener for each server that has one. The
 * attacks are met in the files that it puts together; its own is the moment between two of them. So what
 * takes a right back cuts the sockets first and waits for the disk afterwards, and nothing is made before its
 * listener stands.
 */
import type {
  NewShareLink,
  GuestSessionInfo,
  GuestSessionEnded,
  ShareLinkInfo,
  SharePreview,
  SharePreviewRequest,
  ShareRequest,
  RevokeResult,
} from '../../../shared/sharing.ts';
import type { Log } from '../ports.ts';
import type { UpstreamState } from '../gateway-ports.ts';
import { dropJoinRequests, type JoinRequestTable } from './ledger/join-requests.ts';
import { describeLink, describeNewLink } from './to-contract.ts';
import { permissionsFor } from './ledger/message-permissions.ts';
import type { StoredGuestSession } from './ledger/guest-sessions.ts';
import type { Unsaved } from './ledger/ledger.ts';
import { notAcknowledged, notOffered, notRunning, notShared } from './share-errors.ts';
import type { ShareStorage } from './share-storage.ts';
import type { SharePreviewer } from './share-previewer.ts';
import type { SharedServer } from '../share-ports.ts';
import type { ShareListeners } from './share-listeners.ts';
import type { ShareEventReporter } from './share-event-reporter.ts';
import { needsAcknowledgement } from './share-warnings.ts';

export interface SharingDeps {
  readonly storage: () => Promise<ShareStorage>;
  /**
   * The same where something was shared before; null where nothing ever was, so that nothing is asked of the
   * keychain.
   */
  readonly knownStorage: () => Promise<ShareStorage | null>;
  /** The same if they are open now. */
  readonly storageIfOpen: () => Promise<ShareStorage | null>;
  readonly server: (id: string) => SharedServer;
  /** What the owner calls a server, also one that is forgotten. */
  readonly serverName: (id: string) => string;
  readonly listeners: ShareListeners;
  readonly previewer: SharePreviewer;
  readonly joinRequests: JoinRequestTable;
  readonly reporter: ShareEventReporter;
  readonly user: string;
  readonly endWithLastLink: () => boolean;
  readonly log: Log;
}

/**
 * How often what time has ended is looked for, in milliseconds. A request is judged at its own moment; this
 * is for sockets that are open.
 */
const settleMs = 1000;

export class Sharing {
  readonly #deps: SharingDeps;
  readonly #reporter: ShareEventReporter;
  /** Links that are being made, by server. */
  readonly #making = new Map<string, number>();
  #settling: NodeJS.Timeout | null = null;

  constructor(deps: SharingDeps) {
    this.#deps = deps;
    this.#reporter = deps.reporter;
  }

  async preview(request: SharePreviewRequest): Promise<SharePreview> {
    return this.#deps.previewer.preview(this.#deps.server(request.server), request);
  }

  async create(request: ShareRequest): Promise<NewShareLink> {
    const { previewer, listeners, user } = this.#deps;
    const server = this.#deps.server(request.server);
    if (server.state() === null) throw notRunning(server.id);
    await server.look();
    const refusal = server.refusal();
    if (refusal !== null) throw notShared(server, refusal);
    const { warnings, roles } = await previewer.preview(server, request);
    if (!roles.some(({ role }) => role === request.role)) throw notOffered(server, request.role, roles);
    if (needsAcknowledgement(warnings) && !request.acknowledged) throw notAcknowledged();
    const permissions = permissionsFor(server.sharing.rules, request);
    const storage = await this.#storage();
    const { listen, made } = await this.#whileMaking(server.id, async () => ({
      listen: await listeners.ensure(server, storage, request.listen),
      made: await storage.ledger.make({
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
    this.#reporter.made(storage, link, user);
    this.#reporter.changed(server.id);
    const certificate = (await storage.certificate()).current();
    return describeNewLink(
      describeLink(link, server.name, 0),
      secret,
      listen.addresses,
      certificate,
      warnings,
    );
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

  async links(): Promise<readonly ShareLinkInfo[]> {
    const storage = await this.#deps.knownStorage();
    if (storage === null) return [];
    const guests = storage.ledger.guests();
    return storage.ledger.links().map(link => {
      const people = guests.filter(guest => guest.linkId === link.id).length;
      return describeLink(link, this.#deps.serverName(link.serverId), people);
    });
  }

  async revoke(id: string): Promise<RevokeResult> {
    const { ledger } = await this.#storage();
    const before = ledger.link(id);
    return this.#takeBack([id], before?.serverId ?? null, ledger.revoke(id));
  }

  /** Also for a server that is forgotten. */
  async stop(serverId: string): Promise<RevokeResult> {
    const storage = await this.#deps.knownStorage();
    if (storage === null) return { links: [], sessions: 0 };
    const { ledger } = storage;
    const ids = ledger.links().filter(link => link.serverId === serverId && link.state !== 'revoked');
    const taken = ledger.revokeAll(serverId);
    const answer = await this.#takeBack(
      ids.map(link => link.id),
      serverId,
      taken,
    );
    await this.#close(serverId, 'Sharing was stopped.', () => !this.#isNeeded(storage, serverId));
    return answer;
  }

  async people(): Promise<readonly GuestSessionInfo[]> {
    const storage = await this.#deps.knownStorage();
    return storage === null
      ? []
      : storage.ledger.guests().map(guest => this.#reporter.person(storage, guest));
  }

  async kick(session: string): Promise<RevokeResult> {
    const storage = await this.#storage();
    const taken = storage.ledger.endGuest(session);
    for (const guest of taken.ended) this.#reporter.removed(storage, guest, this.#deps.user);
    return this.#endGuest(taken, 'ended-by-owner');
  }

  /** A server came up, went, or has another address: its listener follows. */
  async follow(serverId: string, state: UpstreamState | null): Promise<void> {
    const { listeners, log } = this.#deps;
    if (listeners.setUpstream(serverId, state)) {
      if (state === null) await this.#close(serverId, 'The server was stopped.');
      return;
    }
    if (state === null) return;
    try {
      const storage = await this.#deps.knownStorage();
      const open = storage?.ledger.links().some(link => link.serverId === serverId && link.state === 'open');
      const inside = storage?.ledger.guests().some(guest => guest.serverId === serverId);
      if (storage === null || (open !== true && inside !== true)) return;
      this.#watch(storage);
      await listeners.ensure(this.#deps.server(serverId), storage, undefined, true);
      this.#reporter.changed(serverId);
    } catch (error) {
      log.error('A server is not shared, although it has links.', { server: serverId, error });
    }
  }

  async forgotten(serverId: string): Promise<void> {
    await this.stop(serverId);
  }

  left(storage: ShareStorage, session: string): void {
    const known = storage.ledger.guests().some(guest => guest.id === session);
    if (!known) return;
    this.#endGuest(storage.ledger.endGuest(session), 'left').catch((error: unknown) =>
      this.#deps.log.error('The end of a visit could not be saved.', { error }),
    );
  }

  async close(): Promise<void> {
    if (this.#settling !== null) clearInterval(this.#settling);
    await this.#deps.listeners.closeAll();
    const storage = await this.#deps.storageIfOpen();
    if (storage === null) return;
    await storage.close();
  }

  async #storage(): Promise<ShareStorage> {
    const storage = await this.#deps.storage();
    this.#watch(storage);
    return storage;
  }

  #watch(storage: ShareStorage): void {
    this.#settling ??= setInterval(() => this.#settle(storage), settleMs).unref();
  }

  /** Ends what time has ended. */
  #settle(storage: ShareStorage): void {
    const { ended, saved } = storage.ledger.settle();
    saved.catch((error: unknown) => this.#deps.log.error('The share links could not be saved.', { error }));
    void storage.audit.flush();
    const { joinRequests } = this.#deps;
    dropJoinRequests(joinRequests, storage.ledger.now(), id => storage.ledger.link(id)?.state !== 'open');
    if (ended.links.length + ended.guests.length === 0) return;
    this.#cut(storage, ended.guests, guest => {
      const link = storage.ledger.link(guest.linkId);
      if (link?.state === 'expired') return 'expired';
      return storage.ledger.now() < guest.endsAt ? 'idle' : 'over';
    });
    const servers = new Set([...ended.links, ...ended.guests].map(({ serverId }) => serverId));
    for (const server of servers) {
      this.#reporter.changed(server);
      void this.#endIfLast(server);
    }
  }

  /** The sockets first, the disk afterwards. */
  async #takeBack(
    links: readonly string[],
    serverId: string | null,
    taken: Unsaved<readonly StoredGuestSession[]>,
  ): Promise<RevokeResult> {
    const storage = await this.#storage();
    this.#cut(storage, taken.ended, () => 'revoked');
    dropJoinRequests(this.#deps.joinRequests, storage.ledger.now(), id => links.includes(id));
    for (const link of links) {
      const sessions = taken.ended.filter(guest => guest.linkId === link).length;
      const server = storage.ledger.link(link)?.serverId ?? serverId ?? '';
      this.#reporter.record(storage, { event: 'revoked', link, server, by: this.#deps.user, sessions });
    }
    this.#reporter.changed(serverId);
    if (serverId !== null) await this.#endIfLast(serverId);
    await taken.saved;
    return { links, sessions: taken.ended.length };
  }

  async #endGuest(
    taken: Unsaved<readonly StoredGuestSession[]>,
    reason: GuestSessionEnded['reason'],
  ): Promise<RevokeResult> {
    const storage = await this.#storage();
    this.#cut(storage, taken.ended, () => reason);
    const [guest] = taken.ended;
    this.#reporter.changed(guest?.serverId ?? null);
    if (guest !== undefined) await this.#endIfLast(guest.serverId);
    await taken.saved;
    return { links: [], sessions: taken.ended.length };
  }

  #cut(
    storage: ShareStorage,
    guests: readonly StoredGuestSession[],
    why: (guest: StoredGuestSession) => GuestSessionEnded['reason'],
  ): void {
    this.#deps.listeners.end(guests);
    for (const guest of guests) this.#reporter.ended(storage, guest, why(guest));
  }

  /** Where the owner wants it, a server stops listening with its last link and guest. */
  async #endIfLast(serverId: string): Promise<void> {
    const storage = await this.#deps.knownStorage();
    if (storage === null || !this.#deps.endWithLastLink() || this.#isNeeded(storage, serverId)) return;
    await this.#close(serverId, 'Its last link has ended.', () => !this.#isNeeded(storage, serverId));
  }

  #isNeeded({ ledger }: ShareStorage, serverId: string): boolean {
    return (
      (this.#making.get(serverId) ?? 0) > 0 ||
      ledger.links().some(link => link.serverId === serverId && link.state === 'open') ||
      ledger.guests().some(guest => guest.serverId === serverId)
    );
  }

  /** @param still asked at the last moment: a link may be made meanwhile */
  async #close(serverId: string, reason: string, still = (): boolean => true): Promise<void> {
    if (!(await this.#deps.listeners.close(serverId, still))) return;
    const storage = await this.#deps.knownStorage();
    if (storage !== null) this.#reporter.record(storage, { event: 'listener-off', server: serverId, reason });
    this.#reporter.changed(serverId);
  }
}
