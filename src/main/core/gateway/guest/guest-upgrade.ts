/** A guest's WebSocket on its way to the server: its handshake waits for its turn. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { jsonAnswer, sendRawAnswer } from '../http-answer.ts';
import type { Facts } from '../request/facts.ts';
import { joinFiltered } from '../websocket/filtered-socket.ts';
import { failure, tooBusy, unmet, routeFor } from './guest-answers.ts';
import { logField } from '../refusal-log.ts';
import { upgradeRoute, type UpstreamRoute } from '../forward/upstream-route.ts';
import type { QueueSlot } from './fair-queue.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';
import type { Entry } from './guest-guard.ts';
import { isHandshake, splice } from '../websocket/websocket.ts';

export function upgradeGuest(
  gateway: GuestGatewayState,
  facts: Facts,
  entry: Entry,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  if (entry.socket === null) {
    sendRawAnswer(socket, gateway.unavailable(facts));
    return;
  }
  if (!isHandshake(request)) {
    sendRawAnswer(socket, jsonAnswer(426, 'This is no WebSocket handshake', ['Sec-WebSocket-Version', '13']));
    return;
  }
  const { session, socket: verdict } = entry;
  const slot = gateway.exchanges.add({ kind: 'websocket', session: session.id, socket });
  socket.on('error', () => socket.destroy());
  const takeBack = gateway.turns.ask(
    session,
    turn => void onUpgradeTurn(gateway, facts, { ...entry, socket: verdict }, request, socket, head, turn),
    () => sendRawAnswer(socket, tooBusy()),
  );
  socket.once('close', () => {
    gateway.exchanges.delete(slot);
    takeBack();
  });
}

type SocketEntry = Entry & { readonly socket: NonNullable<Entry['socket']> };

async function onUpgradeTurn(
  gateway: GuestGatewayState,
  facts: Facts,
  { session, socket: verdict, onlyIf, ...entry }: SocketEntry,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  turn: QueueSlot,
): Promise<void> {
  const route = routeFor(gateway, facts, { session, socket: verdict, onlyIf, ...entry });
  const answer =
    route === null
      ? gateway.unavailable(facts)
      : onlyIf === null
        ? null
        : await unmet(gateway, route, request, facts, onlyIf);
  if (route === null || answer !== null || socket.destroyed) {
    turn.end();
    if (!socket.destroyed) sendRawAnswer(socket, answer ?? gateway.unavailable(facts));
    return;
  }
  join(gateway, facts, route, { session, socket: verdict }, request, socket, head, turn);
}

function join(
  gateway: GuestGatewayState,
  facts: Facts,
  route: UpstreamRoute,
  { session, socket: verdict }: Pick<SocketEntry, 'session' | 'socket'>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  turn: QueueSlot,
): void {
  const failed = (error: Error): void => sendRawAnswer(socket, failure(gateway, facts, error));
  const mayRead = verdict.relay === 'splice' && reads(gateway, facts, session);
  const refused = mayRead
    ? undefined
    : (): void => sendRawAnswer(socket, jsonAnswer(502, 'The server did not open this WebSocket'));
  const leads = upgradeRoute(route, facts);
  if (verdict.relay === 'splice') {
    splice(leads.route, request, socket, head, leads.facts, gateway.limits, { failed, refused, turn });
    return;
  }
  const rate = verdict.messageRate;
  joinFiltered(leads.route, request, socket, head, facts, verdict, gateway.limits, {
    failed,
    refused,
    turn,
    admits:
      rate === undefined
        ? undefined
        : bytes => gateway.rates.take(session.id, rate, gateway.rules.clock(), bytes),
    dropped: reason => gateway.noteRole(session, `${logField(facts.path)}: ${reason}`),
    share: giveWay => gateway.work.open(session, giveWay),
  });
}

/**
 * The attack: a `GET` with `Upgrade: websocket` of a path that a role opens for sockets only. A server that
 * knows no socket there answers it as any other, with what the role may not read.
 */
function reads(gateway: GuestGatewayState, { path, query }: Facts, { role }: Entry['session']): boolean {
  return gateway.roles.decideRequest(role, 'GET', path, query).allow;
}
