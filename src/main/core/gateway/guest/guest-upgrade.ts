/** A guest's WebSocket on its way to the server: its handshake waits for its turn. */
import { jsonAnswer, sendRawAnswer } from '../http-answer.ts';
import type { Facts } from '../request/facts.ts';
import type { UpgradeExchange } from '../exchange.ts';
import { upgradeExchange } from '../forward/forward-exchange.ts';
import type { FilterRules } from '../websocket/filter-rules.ts';
import { routeFor, tooBusy, unmet } from './guest-answers.ts';
import { logField } from '../refusal-log.ts';
import type { QueueSlot } from './fair-queue.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';
import type { Entry } from './guest-guard.ts';
import { isHandshake } from '../websocket/websocket.ts';

export function upgradeGuest(gateway: GuestGatewayState, exchange: UpgradeExchange, entry: Entry): void {
  const { facts, request, socket } = exchange;
  const { session, socket: verdict } = entry;
  if (verdict === null) {
    sendRawAnswer(socket, gateway.upstream.unavailable(facts));
    return;
  }
  if (!isHandshake(request)) {
    sendRawAnswer(socket, jsonAnswer(426, 'This is no WebSocket handshake', ['Sec-WebSocket-Version', '13']));
    return;
  }
  socket.on('error', () => socket.destroy());
  const takeBack = gateway.queue.ask(
    session,
    turn => void startUpgrade(gateway, exchange, { ...entry, socket: verdict }, turn),
    () => sendRawAnswer(socket, tooBusy()),
  );
  gateway.traffic.addWebSocket(exchange, session.id, takeBack);
}

type SocketEntry = Entry & { readonly socket: NonNullable<Entry['socket']> };

async function startUpgrade(
  gateway: GuestGatewayState,
  exchange: UpgradeExchange,
  entry: SocketEntry,
  turn: QueueSlot,
): Promise<void> {
  const { facts, socket } = exchange;
  const { onlyIf } = entry;
  const route = routeFor(gateway, facts, entry);
  const answer =
    route === null
      ? gateway.upstream.unavailable(facts)
      : onlyIf === null
        ? null
        : await unmet(gateway, route, exchange, onlyIf);
  if (route === null || answer !== null || socket.destroyed) {
    turn.end();
    if (!socket.destroyed) sendRawAnswer(socket, answer ?? gateway.upstream.unavailable(facts));
    return;
  }
  upgradeExchange(gateway, route, exchange, {
    turn,
    refused: mayRead(gateway, facts, entry)
      ? undefined
      : () => sendRawAnswer(socket, jsonAnswer(502, 'The server did not open this WebSocket')),
    filter: filterRules(gateway, facts, entry),
  });
}

function filterRules(
  gateway: GuestGatewayState,
  facts: Facts,
  { session, socket: verdict }: SocketEntry,
): FilterRules | undefined {
  if (verdict.relay === 'splice') return undefined;
  const rate = verdict.messageRate;
  return {
    verdict,
    admits:
      rate === undefined
        ? undefined
        : bytes => gateway.rates.take(session.id, rate, gateway.rules.clock(), bytes),
    dropped: reason => gateway.noteRole(session, `${logField(facts.path)}: ${reason}`),
    share: giveWay => gateway.work.open(session, giveWay),
  };
}

/**
 * The attack: a `GET` with `Upgrade: websocket` of a path that a role opens for sockets only. A server that
 * knows no socket there answers it as any other, with what the role may not read.
 */
function mayRead(
  gateway: GuestGatewayState,
  { path, query }: Facts,
  { session, socket }: SocketEntry,
): boolean {
  return socket.relay === 'splice' && gateway.roles.decideRequest(session.role, 'GET', path, query).allow;
}
