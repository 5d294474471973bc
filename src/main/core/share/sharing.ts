/**
 * Sharing as a whole: makes and takes back links, and keeps a listener for each server that has one. The attacks are met in the files that it puts together; its own is the moment
 * between two of them. So what takes a right back cuts the sockets first and waits for the disk afterwards, and nothing is made before its listener stands.
 */
import type {
  NewShareLink,
  Person,
  PersonLeft,
  ShareLinkInfo,
  SharePreview,
  SharePreviewRequest,
  ShareRequest,
  TakenBack,
} from '../../../shared/sharing.ts';
import type { Log } from '../ports.ts';
import type { UpstreamState } from '../gateway-ports.ts';
import { dropWaits, type WaitTable } from './ledger/join-requests.ts';
import { describeLink, describeNewLink } from './to-contract.ts';
import { permissionsFor } from './ledger/message-permissions.ts';
import type { Guest } from './ledger/guest-sessions.ts';
import type { Taken } from './ledger/ledger.ts';
import { notAcknowledged, notOffered, notRunning, notShared } from './share-errors.ts';
import type { Rooms } from './share-storage.ts';
import type { ShareOutlook } from './share-previewer.ts';
import type { SharedServer, ShareListeners } from './share-listeners.ts';
import type { ShareTeller } from './share-event-reporter.ts';
import { needsAcknowledgement } from './share-warnings.ts';

export interface SharingParts {
  readonly rooms: () => Promise<Rooms>;
  /** The same where something was shared before; null where nothing ever was, so that nothing is asked of the keychain. */
  readonly knownRooms: () => Promise<Rooms | null>;
  /** The same if they are open now. */
  readonly openRooms: () => Promise<Rooms | null>;
  readonly server: (id: string) => SharedServer;
  /** What the owner calls a server, also one that is forgotten. */
  readonly serverName: (id: string) => string;
  readonly listeners: ShareListeners;
  readonly outlook: ShareOutlook;
  readonly waits: WaitTable;
  readonly teller: ShareTeller;
  readonly user: string;
  readonly endWithLastLink: () => boolean;
  readonly log: Log;
}

/** How often what time has ended is looked for, in milliseconds. A request is judged at its own moment; this is for sockets that are open. */
const settleMs = 1000;

export class Sharing {
  readonly #parts: SharingParts;
  readonly #teller: ShareTeller;
  /** Links that are being made, by server. */
  readonly #making = new Map<string, number>();
  #settling: NodeJS.Timeout | null = null;

  constructor(parts: SharingParts) {
    this.#parts = parts;
    this.#teller = parts.teller;
  }

  async preview(request: SharePreviewRequest): Promise<SharePreview> {
    return this.#parts.outlook.preview(this.#parts.server(request.server), request);
  }

  async create(request: ShareRequest): Promise<NewShareLink> {
    const { outlook, listeners, user } = this.#parts;
    const server = this.#parts.server(request.server);
    if (server.state() === null) throw notRunning(server.id);
    await server.look();
    const refusal = server.refusal();
    if (refusal !== null) throw notShared(server, refusal);
    const { warnings, roles } = await outlook.preview(server, request);
    if (!roles.some(({ role }) => role === request.role)) throw notOffered(server, request.role, roles);
    if (needsAcknowledgement(warnings) && !request.acknowledged) throw notAcknowledged();
    const permissions = permissionsFor(server.sharing.rules, request);
    const rooms = await this.#rooms();
    const { listen, made } = await this.#whileMaking(server.id, async () => ({
      listen: await listeners.ensure(server, rooms, request.listen),
      made: await rooms.ledger.make({
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
    this.#teller.made(rooms, link, user);
    this.#teller.changed(server.id);
    const certificate = (await rooms.certificate()).current();
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
    const rooms = await this.#parts.knownRooms();
    if (rooms === null) return [];
    const guests = rooms.ledger.guests();
    return rooms.ledger.links().map(link => {
      const people = guests.filter(guest => guest.linkId === link.id).length;
      return describeLink(link, this.#parts.serverName(link.serverId), people);
    });
  }

  async revoke(id: string): Promise<TakenBack> {
    const { ledger } = await this.#rooms();
    const before = ledger.link(id);
    return this.#takeBack([id], before?.serverId ?? null, ledger.revoke(id));
  }

  /** Also for a server that is forgotten. */
  async stop(serverId: string): Promise<TakenBack> {
    const rooms = await this.#parts.knownRooms();
    if (rooms === null) return { links: [], sessions: 0 };
    const { ledger } = rooms;
    const ids = ledger.links().filter(link => link.serverId === serverId && link.state !== 'revoked');
    const taken = ledger.revokeAll(serverId);
    const answer = await this.#takeBack(
      ids.map(link => link.id),
      serverId,
      taken,
    );
    await this.#close(serverId, 'Sharing was stopped.', () => !this.#isNeeded(rooms, serverId));
    return answer;
  }

  async people(): Promise<readonly Person[]> {
    const rooms = await this.#parts.knownRooms();
    return rooms === null ? [] : rooms.ledger.guests().map(guest => this.#teller.person(rooms, guest));
  }

  async kick(session: string): Promise<TakenBack> {
    const rooms = await this.#rooms();
    const taken = rooms.ledger.endGuest(session);
    for (const guest of taken.ended) this.#teller.removed(rooms, guest, this.#parts.user);
    return this.#endGuest(taken, 'ended-by-owner');
  }

  /** A server came up, went, or has another address: its listener follows. */
  async follow(serverId: string, state: UpstreamState | null): Promise<void> {
    const { listeners, log } = this.#parts;
    if (listeners.setUpstream(serverId, state)) {
      if (state === null) await this.#close(serverId, 'The server was stopped.');
      return;
    }
    if (state === null) return;
    try {
      const rooms = await this.#parts.knownRooms();
      const open = rooms?.ledger.links().some(link => link.serverId === serverId && link.state === 'open');
      const inside = rooms?.ledger.guests().some(guest => guest.serverId === serverId);
      if (rooms === null || (open !== true && inside !== true)) return;
      this.#watch(rooms);
      await listeners.ensure(this.#parts.server(serverId), rooms, undefined, true);
      this.#teller.changed(serverId);
    } catch (error) {
      log.error('A server is not shared, although it has links.', { server: serverId, error });
    }
  }

  async forgotten(serverId: string): Promise<void> {
    await this.stop(serverId);
  }

  left(rooms: Rooms, session: string): void {
    const known = rooms.ledger.guests().some(guest => guest.id === session);
    if (!known) return;
    this.#endGuest(rooms.ledger.endGuest(session), 'left').catch((error: unknown) =>
      this.#parts.log.error('The end of a visit could not be saved.', { error }),
    );
  }

  async close(): Promise<void> {
    if (this.#settling !== null) clearInterval(this.#settling);
    await this.#parts.listeners.closeAll();
    const rooms = await this.#parts.openRooms();
    if (rooms === null) return;
    await rooms.close();
  }

  async #rooms(): Promise<Rooms> {
    const rooms = await this.#parts.rooms();
    this.#watch(rooms);
    return rooms;
  }

  #watch(rooms: Rooms): void {
    this.#settling ??= setInterval(() => this.#settle(rooms), settleMs).unref();
  }

  /** Ends what time has ended. */
  #settle(rooms: Rooms): void {
    const { ended, saved } = rooms.ledger.settle();
    saved.catch((error: unknown) => this.#parts.log.error('The share links could not be saved.', { error }));
    void rooms.audit.flush();
    const { waits } = this.#parts;
    dropWaits(waits, rooms.ledger.now(), id => rooms.ledger.link(id)?.state !== 'open');
    if (ended.links.length + ended.guests.length === 0) return;
    this.#cut(rooms, ended.guests, guest => {
      const link = rooms.ledger.link(guest.linkId);
      if (link?.state === 'expired') return 'expired';
      return rooms.ledger.now() < guest.endsAt ? 'idle' : 'over';
    });
    const servers = new Set([...ended.links, ...ended.guests].map(({ serverId }) => serverId));
    for (const server of servers) {
      this.#teller.changed(server);
      void this.#endIfLast(server);
    }
  }

  /** The sockets first, the disk afterwards. */
  async #takeBack(
    links: readonly string[],
    serverId: string | null,
    taken: Taken<readonly Guest[]>,
  ): Promise<TakenBack> {
    const rooms = await this.#rooms();
    this.#cut(rooms, taken.ended, () => 'revoked');
    dropWaits(this.#parts.waits, rooms.ledger.now(), id => links.includes(id));
    for (const link of links) {
      const sessions = taken.ended.filter(guest => guest.linkId === link).length;
      const server = rooms.ledger.link(link)?.serverId ?? serverId ?? '';
      this.#teller.record(rooms, { event: 'revoked', link, server, by: this.#parts.user, sessions });
    }
    this.#teller.changed(serverId);
    if (serverId !== null) await this.#endIfLast(serverId);
    await taken.saved;
    return { links, sessions: taken.ended.length };
  }

  async #endGuest(taken: Taken<readonly Guest[]>, reason: PersonLeft['reason']): Promise<TakenBack> {
    const rooms = await this.#rooms();
    this.#cut(rooms, taken.ended, () => reason);
    const [guest] = taken.ended;
    this.#teller.changed(guest?.serverId ?? null);
    if (guest !== undefined) await this.#endIfLast(guest.serverId);
    await taken.saved;
    return { links: [], sessions: taken.ended.length };
  }

  #cut(rooms: Rooms, guests: readonly Guest[], why: (guest: Guest) => PersonLeft['reason']): void {
    this.#parts.listeners.end(guests);
    for (const guest of guests) this.#teller.ended(rooms, guest, why(guest));
  }

  /** Where the owner wants it, a server stops listening with its last link and guest. */
  async #endIfLast(serverId: string): Promise<void> {
    const rooms = await this.#parts.knownRooms();
    if (rooms === null || !this.#parts.endWithLastLink() || this.#isNeeded(rooms, serverId)) return;
    await this.#close(serverId, 'Its last link has ended.', () => !this.#isNeeded(rooms, serverId));
  }

  #isNeeded({ ledger }: Rooms, serverId: string): boolean {
    return (
      (this.#making.get(serverId) ?? 0) > 0 ||
      ledger.links().some(link => link.serverId === serverId && link.state === 'open') ||
      ledger.guests().some(guest => guest.serverId === serverId)
    );
  }

  /** @param still asked at the last moment: a link may be made meanwhile */
  async #close(serverId: string, reason: string, still = (): boolean => true): Promise<void> {
    if (!(await this.#parts.listeners.close(serverId, still))) return;
    const rooms = await this.#parts.knownRooms();
    if (rooms !== null) this.#teller.record(rooms, { event: 'listener-off', server: serverId, reason });
    this.#teller.changed(serverId);
  }
}
