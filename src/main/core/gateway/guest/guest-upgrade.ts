/** A guest's WebSocket on its way to the server: its handshake waits for its turn. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { jsonAnswer, sendRawAnswer } from '../http-answer.ts';
import type { Facts } from '../request/facts.ts';
import { joinFiltered } from '../websocket/filtered-socket.ts';
import { failure, tooBusy, unmet, wayFor } from './guest-answers.ts';
import { logField } from '../refusal-log.ts';
import { upgradeWay, type Way } from '../forward/upstream-route.ts';
import type { Turn } from './fair-queue.ts';
import type { ShareDoor } from './guest-door.ts';
import type { Entry } from './guest-guard.ts';
import { isHandshake, splice } from '../websocket/websocket.ts';

export function upgradeGuest(
  door: ShareDoor,
  facts: Facts,
  entry: Entry,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  if (entry.socket === null) {
    sendRawAnswer(socket, door.unavailable(facts));
    return;
  }
  if (!isHandshake(request)) {
    sendRawAnswer(socket, jsonAnswer(426, 'This is no WebSocket handshake', ['Sec-WebSocket-Version', '13']));
    return;
  }
  const { pass, socket: verdict } = entry;
  const slot = door.live.add({ kind: 'websocket', session: pass.session, socket });
  socket.on('error', () => socket.destroy());
  const takeBack = door.turns.ask(
    pass,
    turn => void onUpgradeTurn(door, facts, { ...entry, socket: verdict }, request, socket, head, turn),
    () => sendRawAnswer(socket, tooBusy()),
  );
  socket.once('close', () => {
    door.live.delete(slot);
    takeBack();
  });
}

type SocketEntry = Entry & { readonly socket: NonNullable<Entry['socket']> };

async function onUpgradeTurn(
  door: ShareDoor,
  facts: Facts,
  { pass, socket: verdict, onlyIf, ...entry }: SocketEntry,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  turn: Turn,
): Promise<void> {
  const way = wayFor(door, facts, { pass, socket: verdict, onlyIf, ...entry });
  const answer =
    way === null
      ? door.unavailable(facts)
      : onlyIf === null
        ? null
        : await unmet(door, way, request, facts, onlyIf);
  if (way === null || answer !== null || socket.destroyed) {
    turn.end();
    if (!socket.destroyed) sendRawAnswer(socket, answer ?? door.unavailable(facts));
    return;
  }
  join(door, facts, way, { pass, socket: verdict }, request, socket, head, turn);
}

function join(
  door: ShareDoor,
  facts: Facts,
  way: Way,
  { pass, socket: verdict }: Pick<SocketEntry, 'pass' | 'socket'>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  turn: Turn,
): void {
  const failed = (error: Error): void => sendRawAnswer(socket, failure(door, facts, error));
  const mayRead = verdict.way === 'splice' && reads(door, facts, pass);
  const refused = mayRead
    ? undefined
    : (): void => sendRawAnswer(socket, jsonAnswer(502, 'The server did not open this WebSocket'));
  const leads = upgradeWay(way, facts);
  if (verdict.way === 'splice') {
    splice(leads.way, request, socket, head, leads.facts, door.limits, { failed, refused, turn });
    return;
  }
  const rate = verdict.messageRate;
  joinFiltered(leads.way, request, socket, head, facts, verdict, door.limits, {
    failed,
    refused,
    turn,
    admits:
      rate === undefined
        ? undefined
        : bytes => door.rates.take(pass.session, rate, door.rules.clock(), bytes),
    dropped: reason => door.noteRole(pass, `${logField(facts.path)}: ${reason}`),
    share: giveWay => door.work.open(pass, giveWay),
  });
}

/**
 * The attack: a `GET` with `Upgrade: websocket` of a path that a role opens for sockets only. A server that knows no socket there answers it as any other, with what the role may not read.
 */
function reads(door: ShareDoor, { path, query }: Facts, { role }: Entry['pass']): boolean {
  return door.roles.decideRequest(role, 'GET', path, query).allow;
}
