/**
 * A WebSocket of a guest whose role reads along. The attacks: a message that slips past the filter (in the
 * first bytes, in pieces, compressed, as another kind of frame), an answer of ours that lands within a
 * message of the server, and a guest who sends without reading until the memory is full. So nothing of the
 * guest's reaches the server but what the filter has said again or let pass, compression is never agreed on,
 * and each side is paused while the other is full.
 */
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { jsonAnswer, sendRawAnswer } from '../http-answer.ts';
import type { Facts } from '../request/facts.ts';
import type { UpstreamRoute } from '../forward/upstream-route.ts';
import { FilteredJoin } from '../guest/filtered-join.ts';
import type { Limits } from '../limits.ts';
import { requestHeaders } from '../forward/request-headers.ts';
import type { FilterEnd, FilterVerdict } from './filter-end.ts';
import { rawHead, shakeHands, upgradeHeaders } from './websocket.ts';

/**
 * Makes the handshake with the server for the verdict's own target, and joins the two with the filter
 * between. The caller owns `socket` and destroys it to end the join.
 */
export function joinFiltered(
  routes: UpstreamRoute,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  facts: Facts,
  verdict: FilterVerdict,
  limits: Pick<Limits, 'handshakeMs' | 'halfClosedMs' | 'messageMs'>,
  end: FilterEnd,
): void {
  const key = request.headers['sec-websocket-key'] ?? '';
  const asked = { target: verdict.target, headers: filteredHeaders(request, facts, routes, verdict) };
  shakeHands(routes, asked, socket, facts, limits, end, (answer, upstream, upstreamHead) => {
    const chosen = answer.headers['sec-websocket-protocol'] ?? null;
    const isSound =
      answer.headers['sec-websocket-accept'] === acceptOf(key) &&
      answer.headers['sec-websocket-extensions'] === undefined;
    const filter = isSound ? verdict.filter(chosen) : null;
    if (filter === null) {
      upstream.destroy();
      sendRawAnswer(socket, jsonAnswer(502, 'The server agreed to something that was not asked for'));
      return;
    }
    socket.write(rawHead(answer, routes, facts, upgradeHeaders, true));
    new FilteredJoin(socket, upstream, filter, verdict, limits, end).start(head, upstreamHead);
  });
}

/** RFC 6455, 4.2.2. */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function filteredHeaders(
  request: IncomingMessage,
  facts: Facts,
  routes: UpstreamRoute,
  verdict: FilterVerdict,
): string[] {
  const all = requestHeaders(request.rawHeaders, facts, routes.request, true);
  const kept: string[] = [];
  for (let index = 0; index < all.length; index += 2) {
    const name = all[index] ?? '';
    if (/^sec-websocket-(?:extensions|protocol)$/i.test(name)) continue;
    kept.push(name, all[index + 1] ?? '');
  }
  if (verdict.subprotocols.length > 0) kept.push('Sec-WebSocket-Protocol', verdict.subprotocols.join(', '));
  return kept;
}
