/** What is remembered of one connection while it lives. */
import type { ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { rememberLast, type DigestOf } from '../request/digest.ts';

export interface Connection {
  /** Address of the peer; empty when it is gone already. */
  readonly peer: string;
  readonly digestOf: DigestOf;
  /** Its bytes had two readings: nothing more on it is believed. */
  condemned: boolean;
  /** The answer to the last request on it. */
  response: ServerResponse | null;
  /** It is a WebSocket now. */
  upgraded: boolean;
  /** A right credential was shown on it. */
  trusted: boolean;
  /** Answers that are not wholly sent, in their order. */
  readonly pending: ServerResponse[];
  /** The answer that was next when somebody last looked, and since when it is. */
  watched: ServerResponse | null;
  watchedSince: number;
  /** The connection itself; null when only what was said on it is known. */
  readonly socket: Socket | null;
  /** The one session that was shown on it; '' for several, null for none. */
  owner: string | null;
}

export type Connections = WeakMap<object, Connection>;

export function connectionOf(
  table: Connections,
  socket: object & { readonly remoteAddress?: string | undefined },
): Connection {
  const known = table.get(socket);
  if (known !== undefined) return known;
  const made: Connection = {
    peer: socket.remoteAddress ?? '',
    digestOf: rememberLast(),
    condemned: false,
    response: null,
    upgraded: false,
    trusted: false,
    pending: [],
    watched: null,
    watchedSince: 0,
    socket: socket instanceof Socket ? socket : null,
    owner: null,
  };
  table.set(socket, made);
  return made;
}

/** Keeps an answer in mind until it is sent. */
export function expectAnswer(connection: Connection, response: ServerResponse): void {
  const { pending } = connection;
  pending.push(response);
  response.once('close', () => {
    const at = pending.indexOf(response);
    if (at >= 0) pending.splice(at, 1);
  });
}

/**
 * What to do when the parser gives up on a connection: `answer` with a refusal, `finish` what has been said
 * and close, or `cut`. A second answer to one request would be taken for the answer to the next, and one in
 * the middle of another for part of its body.
 */
export function afterParseError(response: ServerResponse | null): 'answer' | 'finish' | 'cut' {
  if (response === null) return 'answer';
  const isItsBody = !response.req.complete;
  if (response.writableEnded) return isItsBody ? 'finish' : 'answer';
  return isItsBody && !response.headersSent ? 'answer' : 'cut';
}
