/**
 * The door for guests: TLS only, one link's role at a time, and everything that came by a link gone the moment it is taken back (DESIGN, sections 4 and 7). It is put together here; what is decided is
 * decided in `share-guard.ts` and by the profile's role rules.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ShareGateway, ShareGatewayRules } from '../share-ports.ts';
import { jsonAnswer, sendAnswer, sendRawAnswer, type Answer } from './answers.ts';
import { isExplicit } from './authorize.ts';
import type { Facts } from './facts.ts';
import { joinFiltered } from './filtered-socket.ts';
import { forward, unlikePage } from './forward.ts';
import { passing, upgradeWay, type Way } from './route.ts';
import { defaultBudgets } from './guest-budgets.ts';
import { watchGuestUpload } from './guest-upload.ts';
import { GuestWork } from './guest-work.ts';
import { defaultLimits } from './limits.ts';
import { logField } from './refusal-log.ts';
import { serve } from './serve.ts';
import { ShareDoor, type ShareLimits } from './share-door.ts';
import { shareGuard, type Entry } from './share-guard.ts';
import { listenForGuests } from './share-listener.ts';
import { answerSharePage } from './share-own-pages.ts';
import type { Outcome } from './uploaded-files.ts';
import { answerToFault } from './upstream-fault.ts';
import { isHandshake, splice } from './websocket.ts';

export const defaultShareLimits: ShareLimits = {
  ...defaultLimits,
  // A guest is a browser with six connections and a WebSocket for each open document.
  connections: 8192,
  // A session may have `openEach` in use, and a browser's idle ones; a class of thirty takes some 1,000.
  guestConnections: { session: 192, link: 4096 },
  openEach: 128,
  guestRequests: 3000,
  strangerRequests: 600,
  rateMs: 60_000,
};

const banner = Buffer.from('\n<script src="/_gatehouse/guest.js"></script>\n');

/** Listens on the addresses, and answers at once. @param work of the guests of all servers: one for a process */
export async function openShareGateway(
  rules: ShareGatewayRules,
  limits: ShareLimits = defaultShareLimits,
  work: GuestWork = new GuestWork(defaultBudgets),
): Promise<ShareGateway> {
  const door = new ShareDoor(rules, limits, work);
  const listener = await listenForGuests({
    addresses: rules.addresses,
    preferredPort: rules.preferredPort,
    tls: rules.tls,
    limits,
    attach: server => attach(door, server),
    hosts: port => {
      door.setPort(port);
      return new Set(door.listener.hosts.kinds.keys());
    },
  });
  door.setPort(listener.port);
  const sweep = setInterval(() => door.sweep(), limits.sweepMs).unref();
  return {
    port: listener.port,
    setUpstream: state => door.setUpstream(state),
    end: sessions => door.end(sessions),
    connections: session => door.open(session),
    async close() {
      clearInterval(sweep);
      await Promise.all([listener.close(), door.close()]);
    },
  };
}

function attach(door: ShareDoor, server: Server): void {
  serve<Entry>(
    {
      limits: door.limits,
      connections: door.connections,
      crowd: door.crowd,
      log: door.rules.log,
      decide: (request, connection, upgrade) => shareGuard(door, request, connection, upgrade),
      ownPage: async (facts, request) => secured(door, facts, await answerSharePage(door, facts, request)),
      forward: (facts, entry, request, response) => onForward(door, facts, entry, request, response),
      upgrade: (facts, entry, request, socket, head) => onUpgrade(door, facts, entry, request, socket, head),
    },
    server,
  );
  server.on('secureConnection', (socket: Socket) => door.crowd.enter(socket));
}

/** With Strict-Transport-Security where the certificate is one that every browser trusts. */
function secured(door: ShareDoor, facts: Facts, answer: Answer): Answer {
  const value = strictTransport(door, facts);
  if (value === null) return answer;
  return { ...answer, headers: [...answer.headers, 'Strict-Transport-Security', value] };
}

function strictTransport(door: ShareDoor, facts: Facts): string | null {
  return door.rules.tls.strictTransport(facts.host.replace(/:\d+$/, '').replace(/^\[|\]$/g, ''));
}

function wayFor(door: ShareDoor, facts: Facts, entry: Entry): Way | null {
  if (door.route === null) return null;
  const way = door.ways.of(door.route, entry.pass, {
    explicit: isExplicit(entry.by, facts),
    appended: facts.navigation ? banner : null,
    strictTransport: strictTransport(door, facts),
  });
  return entry.foreign ? passing(way) : way;
}

function onForward(
  door: ShareDoor,
  facts: Facts,
  entry: Entry,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const way = wayFor(door, facts, entry);
  if (way === null) {
    sendAnswer(response, secured(door, facts, door.unavailable(facts)));
    return;
  }
  const upload = watchGuestUpload(door, facts, entry.pass, way);
  if (upload.refusal !== null) {
    door.noteRole(entry.pass, `upload: ${upload.refusal.message}`);
    sendAnswer(response, jsonAnswer(upload.refusal.status, upload.refusal.message, ['Connection', 'close']));
    return;
  }
  const slot = door.live.add({ kind: 'request', session: entry.pass.session, request, response });
  response.once('close', () => {
    door.live.delete(slot);
    upload.over(outcomeOf(response));
  });
  const end = {
    failed(error: Error) {
      if (!response.destroyed) sendAnswer(response, secured(door, facts, failure(door, facts, error)));
    },
    broken(error: Error) {
      door.rules.log.warn('the server broke off an answer', {
        path: logField(facts.path),
        error: error.message,
      });
    },
    unlike: () => door.rules.log.warn(unlikePage, { path: logField(facts.path) }),
  };
  const share = door.work.open(entry.pass, () => response.destroy());
  forward(
    way,
    request,
    response,
    facts,
    end,
    upload.inspect === null ? null : { inspect: upload.inspect, share },
  );
}

function outcomeOf({ writableFinished, statusCode }: ServerResponse): Outcome {
  if (!writableFinished || statusCode >= 500) return 'unknown';
  return statusCode < 300 ? 'written' : 'refused';
}

function onUpgrade(
  door: ShareDoor,
  facts: Facts,
  entry: Entry,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const way = wayFor(door, facts, entry);
  const verdict = entry.socket;
  if (way === null || verdict === null) {
    sendRawAnswer(socket, door.unavailable(facts));
    return;
  }
  if (!isHandshake(request)) {
    sendRawAnswer(socket, jsonAnswer(426, 'This is no WebSocket handshake', ['Sec-WebSocket-Version', '13']));
    return;
  }
  const { pass } = entry;
  const slot = door.live.add({ kind: 'websocket', session: pass.session, socket });
  socket.once('close', () => door.live.delete(slot));
  const failed = (error: Error): void => sendRawAnswer(socket, failure(door, facts, error));
  const mayRead = verdict.way === 'splice' && reads(door, facts, pass);
  const refused = mayRead
    ? undefined
    : (): void => sendRawAnswer(socket, jsonAnswer(502, 'The server did not open this WebSocket'));
  const leads = upgradeWay(way, facts);
  if (verdict.way === 'splice') {
    splice(leads.way, request, socket, head, leads.facts, door.limits, { failed, refused });
    return;
  }
  const rate = verdict.messageRate;
  joinFiltered(leads.way, request, socket, head, facts, verdict, door.limits, {
    failed,
    refused,
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

function failure(door: ShareDoor, facts: Facts, error: Error): Answer {
  door.rules.log.warn('the server did not answer', { path: logField(facts.path), error: error.message });
  return answerToFault(error) ?? door.unavailable(facts);
}
