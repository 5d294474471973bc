/** Whose the connections of guests are, so that the one who holds most gives way. */
import type { Socket } from 'node:net';
import type { Payer } from './guest-budgets.ts';

const none: ReadonlySet<Socket> = new Set();

/** Connections by what they have in common, each group in the order of their coming. */
export class SocketGroups {
  readonly #groups = new Map<string, Set<Socket>>();
  readonly #keys = new Map<Socket, string>();

  get size(): number {
    return this.#keys.size;
  }

  all(): Iterable<Socket> {
    return this.#keys.keys();
  }

  of(key: string): ReadonlySet<Socket> {
    return this.#groups.get(key) ?? none;
  }

  add(key: string, socket: Socket): void {
    this.#keys.set(socket, key);
    const group = this.#groups.get(key) ?? new Set<Socket>();
    this.#groups.set(key, group.add(socket));
  }

  delete(socket: Socket): void {
    const key = this.#keys.get(socket);
    if (key === undefined) return;
    this.#keys.delete(socket);
    const group = this.#groups.get(key);
    group?.delete(socket);
    if (group?.size === 0) this.#groups.delete(key);
  }

  largest(counts: (group: ReadonlySet<Socket>) => boolean = () => true): ReadonlySet<Socket> {
    let found = none;
    for (const group of this.#groups.values()) {
      if (group.size > found.size && counts(group)) found = group;
    }
    return found;
  }
}

interface Used {
  readonly guest: Payer;
  /** Which use of all uses was its last. */
  turn: number;
}

/** Which connections are whose, and when they were used last. */
export class GuestSockets {
  readonly #used = new Map<Socket, Used>();
  readonly #sessions = new SocketGroups();
  readonly #links = new Map<string, number>();
  readonly #isBusy: (socket: Socket) => boolean;
  #turn = 0;

  constructor(isBusy: (socket: Socket) => boolean) {
    this.#isBusy = isBusy;
  }

  /** @returns whether it is new among those of guests */
  use(socket: Socket, guest: Payer): boolean {
    this.#turn += 1;
    const known = this.#used.get(socket);
    if (known !== undefined) {
      known.turn = this.#turn;
      return false;
    }
    this.#used.set(socket, { guest, turn: this.#turn });
    this.#sessions.add(guest.id, socket);
    this.#links.set(guest.link, this.ofLink(guest.link) + 1);
    return true;
  }

  delete(socket: Socket): void {
    const guest = this.guestOf(socket);
    if (guest === null) return;
    this.#used.delete(socket);
    this.#sessions.delete(socket);
    const left = this.ofLink(guest.link) - 1;
    if (left > 0) this.#links.set(guest.link, left);
    else this.#links.delete(guest.link);
  }

  guestOf(socket: Socket): Payer | null {
    return this.#used.get(socket)?.guest ?? null;
  }

  ofSession(session: string): number {
    return this.#sessions.of(session).size;
  }

  ofLink(link: string): number {
    return this.#links.get(link) ?? 0;
  }

  /** Of this link, or of all; null where nobody has more than one. */
  heaviestSession(link: string | null): string | null {
    const [first] = this.#sessions.largest(
      ([one]) => link === null || (one !== undefined && this.guestOf(one)?.link === link),
    );
    const session = first === undefined ? null : (this.guestOf(first)?.id ?? null);
    return session !== null && this.ofSession(session) > 1 ? session : null;
  }

  /** The one that was used least lately; one that is busy only where all are. */
  leastUsed(session: string | null): Socket | null {
    const sockets = session === null ? [] : [...this.#sessions.of(session)];
    const idle = sockets.filter(socket => !this.#isBusy(socket));
    const turnOf = (socket: Socket): number => this.#used.get(socket)?.turn ?? 0;
    return (idle.length > 0 ? idle : sockets).reduce<Socket | null>(
      (least, socket) => (least === null || turnOf(socket) < turnOf(least) ? socket : least),
      null,
    );
  }
}
