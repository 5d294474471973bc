/**
 * A WebSocket of a guest whose role reads along. The attacks: a message that slips past the filter (in the
 * first bytes, in pieces, compressed, as another kind of frame), an answer of ours that lands within a
 * message of the server, and a guest who sends without reading until the memory is full. So nothing of the
 * guest's reaches the server but what the filter has said again or let pass, compression is never agreed on,
 * and each side is paused while the other is full.
 */
import { createHash } from 'node:crypto';
import { jsonAnswer, sendRawAnswer } from '../http-answer.ts';
import type { UpgradeExchange } from '../exchange.ts';
import type { UpstreamRoute } from '../forward/upstream-route.ts';
import { FilteredJoin } from '../guest/filtered-join.ts';
import type { Limits } from '../limits.ts';
import type { FilterRules, FilterVerdict } from './filter-rules.ts';
import { requestHeaders } from '../forward/request-headers.ts';
import { rawHead, shakeHands, upgradeHeaders, type SpliceEnd } from './websocket.ts';

/**
 * Makes the handshake with the server for the verdict's own target, and joins the two with the filter
 * between. The caller owns `socket` and destroys it to end the join.
 */
export function joinFiltered(
  route: UpstreamRoute,
  exchange: UpgradeExchange,
  limits: Pick<Limits, 'handshakeMs' | 'halfClosedMs' | 'messageMs'>,
  rules: FilterRules,
  end: SpliceEnd,
): void {
  const { facts, request, socket, head } = exchange;
  const { verdict } = rules;
  const key = request.headers['sec-websocket-key'] ?? '';
  const asked = { target: verdict.target, headers: filteredHeaders(exchange, route, verdict) };
  shakeHands(route, exchange, asked, limits.handshakeMs, {
    ...end,
    met(answer, upstream, upstreamHead) {
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
      socket.write(rawHead(answer, route, facts, upgradeHeaders, true));
      new FilteredJoin({ guest: socket, server: upstream }, filter, rules, limits).start(head, upstreamHead);
    },
  });
}

/** RFC 6455, 4.2.2. */
function acceptOf(key: string): string {
  return createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
}

function filteredHeaders(
  { facts, request }: UpgradeExchange,
  route: UpstreamRoute,
  verdict: FilterVerdict,
): string[] {
  const all = requestHeaders(request.rawHeaders, facts, route.request, true);
  const kept: string[] = [];
  for (let index = 0; index < all.length; index += 2) {
    const name = all[index] ?? '';
    if (/^sec-websocket-(?:extensions|protocol)$/i.test(name)) continue;
    kept.push(name, all[index + 1] ?? '');
  }
  if (verdict.subprotocols.length > 0) kept.push('Sec-WebSocket-Protocol', verdict.subprotocols.join(', '));
  return kept;
}
