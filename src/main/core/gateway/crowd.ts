/**
 * The attack: nobody needs a right to open a connection. A thousand that say nothing, a thousand forms that never arrive, or a few that ask for the same
 * page a thousand times and read none of it, and the owner finds the door shut or the memory full. So a connection that has never shown a
 * right credential is a stranger: when there are too many connections the oldest stranger goes, and a stranger takes each answer in time or goes.
 */
import type { Socket } from 'node:net';
import type { Connection } from './connection.ts';
import type { Limits } from './limits.ts';

export interface Crowd {
  /** A connection has come. When it is one too many, a stranger goes; when there is none but itself, it does. */
  enter(socket: Socket): void;
  /** It has shown a right credential. */
  trust(socket: Socket): void;
  /** Cuts strangers that do not take their answer. */
  sweep(now: number): void;
}

export function openCrowd(
  limits: Pick<Limits, 'connections' | 'strangerMs'>,
  connectionOf: (socket: Socket) => Connection,
): Crowd {
  const all = new Set<Socket>();
  /** In the order of their coming. */
  const strangers = new Set<Socket>();
  const forget = (socket: Socket): void => {
    all.delete(socket);
    strangers.delete(socket);
  };
  return {
    enter(socket) {
      all.add(socket);
      strangers.add(socket);
      socket.on('close', () => forget(socket));
      const [oldest] = strangers;
      if (all.size <= limits.connections || oldest === undefined) return;
      // It is gone for us now, whenever its end is told.
      forget(oldest);
      oldest.destroy();
    },
    trust(socket) {
      strangers.delete(socket);
    },
    sweep(now) {
      for (const socket of strangers) {
        if (isOverdue(connectionOf(socket), now, limits.strangerMs)) socket.destroy();
      }
    },
  };
}

/** Whether the answer that is next has been so for too long; the first look only begins to count. */
export function isOverdue(connection: Connection, now: number, longestMs: number): boolean {
  const [next = null] = connection.pending;
  if (next !== connection.watched) {
    connection.watched = next;
    connection.watchedSince = now;
  }
  return next !== null && now - connection.watchedSince >= longestMs;
}
