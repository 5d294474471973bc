/**
 * The only door to one server. It is put together here: limits, facts, authorize, headers, forward (DESIGN, section 4), one guard for requests and
 * upgrades, and a table of everything that is open, so that taking a right back ends what it opened.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AccessLink } from '../../../../shared/model.ts';
import type { Gateway, GatewayRules } from '../../gateway-ports.ts';
import { mintSecret } from '../../secret.ts';
import { sendAnswer, sendRawAnswer, type Answer } from '../http-answer.ts';
import { openBegin, type Begin } from './sign-in-links.ts';
import { addCode } from '../request/one-time-codes.ts';
import { openDoor, type Door } from './owner-door.ts';
import { ownOrigin, type Facts, type Listener } from '../request/facts.ts';
import { forward, unlikePage } from '../forward/forward.ts';
import { passing, upgradeWay, type Way } from '../forward/upstream-route.ts';
import { isExplicit, type Verdict } from '../request/authorize.ts';
import { guard } from './owner-guard.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { listenOnLoopback } from '../listen/loopback-listener.ts';
import { openNamelessListener } from '../listen/nameless-listener.ts';
import { answerOwnPage } from './owner-routes.ts';
import { logField } from '../refusal-log.ts';
import { serve } from '../listen/http-server.ts';
import { splice } from '../websocket/websocket.ts';
import { answerToFault } from '../forward/upstream-fault.ts';

type OpenVerdict = Extract<Verdict, { readonly open: true }>;

/** Listens on loopback and answers at once; until `setUpstream` names a server, with a page that says why there is none. */
export async function openGateway(rules: GatewayRules, limits: Limits = defaultLimits): Promise<Gateway> {
  const door = openDoor(rules, limits);
  const listener = await listenOnLoopback(rules, limits, server => attach(door, server));
  door.setPort(listener.port);
  const { basePath = '' } = rules;
  const origin = `${door.listener.scheme ?? 'http'}://127.0.0.1:${listener.port}`;
  const begun = new Set<Begin>();
  const sweep = setInterval(() => door.sweep(), limits.sweepMs).unref();
  return {
    port: listener.port,
    windowToken: () => door.windowToken,
    holds: token => door.tokenIsRight(token),
    url: `${ownOrigin(door.listener)}${basePath}/`,
    origin,
    setUpstream: state => door.setUpstream(state),
    oneTimeLink: () => oneTimeLink(door, limits),
    beginLink: options => begin(door, limits, options.seen, begun),
    toolLink: () => ({
      // Where nobody is asked for it, the token is told to nobody.
      url: `${origin}${basePath}/${rules.asksForToken === false ? '' : `?token=${encodeURIComponent(door.token.reveal())}`}`,
      expiresAt: null,
    }),
    rotate: token => door.rotate(token),
    connections: () => door.live.size,
    lastUsed: () => door.lastUsed,
    async close() {
      clearInterval(sweep);
      for (const each of begun) each.close();
      door.live.end();
      await Promise.all([listener.close(), door.close()]);
    },
  };
}

function oneTimeLink(door: Door, limits: Limits): AccessLink {
  const code = mintSecret();
  const endsAt = addCode(door.codes, door.rules.clock(), code, limits);
  return {
    url: `${ownOrigin(door.listener)}/_gatehouse/open?code=${code.reveal()}`,
    expiresAt: new Date(endsAt).toISOString(),
  };
}

async function begin(door: Door, limits: Limits, seen: boolean, begun: Set<Begin>): Promise<AccessLink> {
  const { ownAccount } = door.rules;
  const one: Begin = await openBegin({
    limits,
    seen,
    ownAccount,
    link: () => oneTimeLink(door, limits).url,
    // A certificate that the browser does not know yet would look like a name that it does not know.
    here: door.secure ? null : `${ownOrigin(door.listener)}/_gatehouse/here`,
    async otherLink() {
      door.namelessOpening ??= openNamelessListener(limits, ownAccount, process.platform, server =>
        attach(door, server, () => door.namelessListener),
      );
      const nameless = await door.namelessOpening;
      door.nameless = nameless;
      return nameless === null ? null : `http://${nameless.host}/_gatehouse/open?code=${door.makeCode()}`;
    },
    closed: () => begun.delete(one),
  });
  begun.add(one);
  return one.link;
}

function attach(door: Door, server: Server, listener = (): Listener => door.listener): void {
  const connection = door.rules.tls === undefined ? 'connection' : 'secureConnection';
  server.on(connection, (socket: Socket) => door.crowd.enter(socket));
  serve<OpenVerdict>(
    {
      limits: door.limits,
      connections: door.connections,
      crowd: door.crowd,
      log: door.rules.log,
      decide: (request, connection, upgrade) => guard(door, request, connection, upgrade, listener()),
      ownPage: (facts, request, connection) => answerOwnPage(door, facts, request, connection),
      forward: (facts, verdict, request, response) => onForward(door, facts, verdict, request, response),
      upgrade: (facts, verdict, request, socket, head) =>
        onUpgrade(door, facts, verdict, request, socket, head),
    },
    server,
  );
}

function onForward(
  door: Door,
  facts: Facts,
  verdict: OpenVerdict,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { session } = verdict;
  door.used(session);
  const route = routeFor(door, facts, verdict);
  if (route === null) {
    sendAnswer(response, door.unavailable(facts));
    return;
  }
  const slot = door.live.add({ kind: 'request', session, request, response });
  response.once('close', () => door.live.delete(slot));
  forward(route, request, response, facts, {
    failed(error) {
      if (!response.destroyed) sendAnswer(response, failure(door, facts, error));
    },
    broken(error) {
      door.rules.log.warn('the server broke off an answer', {
        path: logField(facts.path),
        error: error.message,
      });
    },
    unlike: () => door.rules.log.warn(unlikePage, { path: logField(facts.path) }),
  });
}

function onUpgrade(
  door: Door,
  facts: Facts,
  verdict: OpenVerdict,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  door.used(verdict.session);
  const route = routeFor(door, facts, verdict);
  if (route === null) {
    sendRawAnswer(socket, door.unavailable(facts));
    return;
  }
  const slot = door.live.add({ kind: 'websocket', session: verdict.session, socket });
  socket.once('close', () => door.live.delete(slot));
  const leads = upgradeWay(route, facts);
  splice(leads.way, request, socket, head, leads.facts, door.limits, {
    failed: error => sendRawAnswer(socket, failure(door, facts, error)),
  });
}

/** The way to the server for this kind of credential; null while there is none. */
function routeFor(door: Door, facts: Facts, verdict: OpenVerdict): Way | null {
  if (door.route === null) return null;
  const way = isExplicit(verdict.by, facts) ? door.route.explicit : door.route;
  return verdict.foreign === true ? passing(way) : way;
}

/** The server was there a moment ago and gave no answer: it may be dying, or it was asked something that cannot be sent. */
function failure(door: Door, facts: Facts, error: Error): Answer {
  door.rules.log.warn('the server did not answer', { path: logField(facts.path), error: error.message });
  return answerToFault(error) ?? door.unavailable(facts);
}
