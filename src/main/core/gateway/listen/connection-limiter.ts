/**
 * The attack: nobody needs a credential to open a connection. A thousand that say nothing, a thousand forms
 * that never arrive, or a few that ask for the same page a thousand times and read none of it, and the owner
 * cannot connect or the memory is full. So a connection that has never shown a right credential is a
 * stranger. When there are too many connections, the oldest stranger of the address that has most of them is
 * cut, and a stranger that does not take an answer in time is cut too.
 *
 * A right credential does not entitle a guest to every connection: one guest who opened eight thousand kept
 * all others out. So a session and a link have a share of the connections. Where it is used up, or every
 * connection is a guest's, the session that holds most loses the connection that it has not used for longest.
 */
import type { Socket } from 'node:net';
import type { Connection } from './connection.ts';
import type { Payer } from '../guest/guest-budgets.ts';
import { GuestSockets, SocketGroups } from '../guest/guest-sockets.ts';
import type { Limits } from '../limits.ts';

/** Connections of guests at once. */
export interface GuestConnections {
  readonly session: number;
  readonly link: number;
}

export interface ConnectionLimiter {
  /**
   * Takes in a new connection. When it is one too many, a stranger is cut; when it is the only stranger, a
   * guest's connection is, or else the new one.
   */
  enter(socket: Socket): void;
  /** It has shown a right credential. */
  trust(socket: Socket): void;
  /** This guest uses it now. It stays this guest's, even if another session is shown on it later. */
  use(socket: Socket, guest: Payer): void;
  /** Cuts strangers that do not take their answer. */
  sweep(now: number): void;
}

/** @param guests absent: connections are not a guest's */
export function openConnectionLimiter(
  limits: Pick<Limits, 'connections' | 'strangerMs'>,
  connectionOf: (socket: Socket) => Connection,
  guests: GuestConnections = { session: Number.POSITIVE_INFINITY, link: Number.POSITIVE_INFINITY },
): ConnectionLimiter {
  const all = new Set<Socket>();
  const strangers = new SocketGroups();
  const used = new GuestSockets(socket => isBusy(connectionOf(socket)));
  const forget = (socket: Socket): void => {
    all.delete(socket);
    strangers.delete(socket);
    used.delete(socket);
  };
  const cut = (socket: Socket | null): boolean => {
    if (socket === null) return false;
    // It is gone for us now, whenever its end is reported.
    forget(socket);
    socket.destroy();
    return true;
  };
  return {
    enter(socket) {
      all.add(socket);
      strangers.add(connectionOf(socket).peer, socket);
      socket.on('close', () => forget(socket));
      if (all.size <= limits.connections) return;
      const [oldest = null] = strangers.largest();
      if (strangers.size > 1 || !cut(used.leastUsed(used.heaviestSession(null)))) cut(oldest);
    },
    trust(socket) {
      strangers.delete(socket);
    },
    use(socket, guest) {
      // Only a new one can be one too many.
      if (!used.use(socket, guest)) return;
      const { id, link } = guest;
      if (used.ofSession(id) > guests.session) cut(used.leastUsed(id));
      else if (used.ofLink(link) > guests.link) cut(used.leastUsed(used.heaviestSession(link)));
    },
    sweep(now) {
      for (const socket of strangers.all()) {
        if (isOverdue(connectionOf(socket), now, limits.strangerMs)) socket.destroy();
      }
    },
  };
}

/** An answer is on its way, or it is a WebSocket. */
function isBusy({ pending, upgraded }: Connection): boolean {
  return upgraded || pending.length > 0;
}

/** Whether the answer that is next has been so for too long; the first look only begins to count. */
export function isOverdue(connection: Connection, now: number, maxMs: number): boolean {
  const [next = null] = connection.pending;
  if (next !== connection.watched) {
    connection.watched = next;
    connection.watchedSince = now;
  }
  return next !== null && now - connection.watchedSince >= maxMs;
}
