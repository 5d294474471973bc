/**
 * The attack: the HTTP side of a proxy is guarded and the WebSocket side is not (CVE-2024-28179,
 * CVE-2026-39987). Here nothing is decided: this file is only reached through the same guard as every
 * request, before any `101`. The handshake is made on a new connection, so that nothing of another request
 * can be on it, and the two sockets are then spliced: whatever each side has already sent is kept.
 */
import {
  request as httpRequest,
  type ClientRequest,
  type ClientRequestArgs,
  type IncomingMessage,
} from 'node:http';
import type { Duplex } from 'node:stream';
import { connectUpstream } from '../forward/connect-upstream.ts';
import type { UpgradeExchange } from '../exchange.ts';
import type { Facts } from '../request/facts.ts';
import type { UpstreamRoute } from '../forward/upstream-route.ts';
import type { Limits } from '../limits.ts';
import { requestHeaders } from '../forward/request-headers.ts';
import { responseHeaders, responseReason } from '../forward/response-headers.ts';
import type { QueueSlot } from '../guest/fair-queue.ts';
import { ownSubprotocol } from '../request/credential-locations.ts';
import { maxUpstreamHeaderBytes } from '../forward/upstream-fault.ts';

export interface SpliceEnd {
  /** The server gave no answer to the handshake; nothing was sent to the client. */
  failed(error: Error): void;
  /** The server's answer is no 101, and the client may not read it. Absent: it is passed on. */
  refused?: (() => void) | undefined;
  /** Where the handshake is a guest's: its time with the server, ended here. */
  readonly turn?: QueueSlot | undefined;
}

/** RFC 6455, 4.2.1. */
export function isHandshake({ headers }: Pick<IncomingMessage, 'headers'>): boolean {
  return (
    headers.upgrade?.toLowerCase() === 'websocket' &&
    headers['sec-websocket-version'] === '13' &&
    /^[A-Za-z0-9+/]{22}==$/.test(headers['sec-websocket-key'] ?? '')
  );
}

/**
 * Makes the handshake with the server and joins the two sockets. The caller owns `socket` and destroys it to
 * end the splice.
 */
export function splice(
  route: UpstreamRoute,
  exchange: UpgradeExchange,
  limits: Pick<Limits, 'handshakeMs' | 'halfClosedMs'>,
  end: SpliceEnd,
): void {
  const { facts, request, socket, head } = exchange;
  const asked = {
    target: facts.target,
    headers: requestHeaders(request.rawHeaders, facts, route.request, true),
  };
  shakeHands(route, exchange, asked, limits.handshakeMs, {
    ...end,
    met(answer, upstream, upstreamHead) {
      socket.write(rawHead(answer, route, facts, upgradeHeaders, true));
      if (upstreamHead.length > 0) socket.write(upstreamHead);
      if (head.length > 0) upstream.write(head);
      join(socket, upstream, limits.halfClosedMs);
    },
  });
}

export const upgradeHeaders: readonly string[] = ['Connection', 'Upgrade', 'Upgrade', 'websocket'];

/** What the server is asked for. */
export interface AskedUpgrade {
  readonly target: string;
  /** Name and value alternating. */
  readonly headers: string[];
}

export interface HandshakeEnd extends SpliceEnd {
  /** The server answered 101; `upstream` is its side, and `head` what it has sent behind the answer. */
  met(answer: IncomingMessage, upstream: Duplex, head: Buffer): void;
}

/**
 * Makes the handshake with the server. Every answer but 101 reaches the client as it is, unless it may not.
 */
export function shakeHands(
  route: UpstreamRoute,
  { facts, socket }: UpgradeExchange,
  asked: AskedUpgrade,
  handshakeMs: number,
  end: HandshakeEnd,
): void {
  const { turn } = end;
  const failed = (error: Error): void => {
    turn?.end();
    if (!socket.destroyed) end.failed(error);
  };
  const handshake = httpRequest({
    method: 'GET',
    path: asked.target,
    headers: asked.headers,
    setHost: false,
    maxHeaderSize: maxUpstreamHeaderBytes,
    createConnection: connectionFor(route, handshakeMs, failed),
    timeout: handshakeMs,
  });
  const leave = leaveWith(handshake, socket, turn);
  handshake.on('timeout', () => handshake.destroy(new Error('the server did not answer the handshake')));
  handshake.on('error', failed);
  handshake.on('response', answer => {
    turn?.end();
    if (socket.destroyed) {
      handshake.destroy();
      return;
    }
    relayRefusal(answer, socket, route, facts, end.refused);
  });
  handshake.on('upgrade', (answer, upstream, upstreamHead) => {
    turn?.end();
    socket.off('close', leave);
    const protocol = (answer.headers.upgrade ?? '').toLowerCase();
    if (socket.destroyed || protocol !== 'websocket') {
      upstream.destroy();
      socket.destroy();
      return;
    }
    handshake.setTimeout(0);
    end.met(answer, upstream, upstreamHead);
  });
  handshake.end();
}

/** A client that leaves ends its handshake; a guest's waits, because the server works on until its answer. */
function leaveWith(handshake: ClientRequest, socket: Duplex, turn: QueueSlot | undefined): () => void {
  const leave = (): void => {
    if (turn === undefined) handshake.destroy();
    else turn.abandon(() => handshake.destroy());
  };
  socket.on('close', leave);
  socket.on('error', leave);
  handshake.on('close', () => turn?.end());
  return leave;
}

/** @param failed told where there is no connection: Node tells the request of it only by its socket */
function connectionFor(
  { upstream, checkHolder }: UpstreamRoute,
  idleMs: number,
  failed: (error: Error) => void,
): ClientRequestArgs['createConnection'] {
  return (_options, done) => {
    void connectUpstream(upstream.address, checkHolder, {
      connected(socket) {
        socket.setTimeout(idleMs);
        done(null, socket);
      },
      failed,
    });
    return undefined;
  };
}

function join(socket: Duplex, upstream: Duplex, halfClosedMs: number): void {
  let half: NodeJS.Timeout | undefined;
  const destroyBoth = (): void => {
    clearTimeout(half);
    socket.destroy();
    upstream.destroy();
  };
  for (const side of [socket, upstream]) {
    if ('setNoDelay' in side && typeof side.setNoDelay === 'function') side.setNoDelay(true);
    side.on('error', destroyBoth);
    side.on('close', destroyBoth);
    side.on('end', () => {
      half ??= setTimeout(destroyBoth, halfClosedMs).unref();
    });
  }
  socket.pipe(upstream);
  upstream.pipe(socket);
}

/**
 * An answer that is no `101` (404, 403 of the server's own checks) reaches the client as it is, unless it may
 * not read it; then the connection ends.
 */
function relayRefusal(
  answer: IncomingMessage,
  socket: Duplex,
  route: UpstreamRoute,
  facts: Facts,
  refused: SpliceEnd['refused'],
): void {
  if (refused !== undefined) {
    // It ends with the client's connection, however long it is.
    answer.on('error', () => {});
    answer.resume();
    refused();
    return;
  }
  const length = answer.headers['content-length'];
  const framing = length === undefined ? [] : ['Content-Length', length];
  socket.write(rawHead(answer, route, facts, ['Connection', 'close', ...framing], false));
  answer.on('error', () => socket.destroy());
  answer.on('close', () => {
    if (!answer.complete) socket.destroy();
  });
  answer.pipe(socket);
}

/** The head of an answer as it is written on a bare socket. @param added name and value alternating */
export function rawHead(
  answer: IncomingMessage,
  route: UpstreamRoute,
  facts: Facts,
  added: readonly string[],
  upgrade: boolean,
): Buffer {
  const said = answer.statusCode ?? 0;
  const status = said >= (upgrade ? 101 : 200) ? said : 502;
  const headers = responseHeaders(answer.rawHeaders, route.response, facts.ownOrigin, upgrade);
  const lines = [`HTTP/1.1 ${status} ${responseReason(status, answer.statusMessage)}`];
  for (let index = 0; index < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== 'content-length')
      lines.push(`${headers[index]}: ${headers[index + 1]}`);
  }
  if (
    upgrade &&
    facts.subprotocolToken?.wantsAnswer === true &&
    answer.headers['sec-websocket-protocol'] === undefined
  )
    lines.push(`Sec-WebSocket-Protocol: ${ownSubprotocol}`);
  for (let index = 0; index < added.length; index += 2) lines.push(`${added[index]}: ${added[index + 1]}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
}
