/**
 * The only door to one server. It is put together here: limits, facts, authorize, headers, forward (DESIGN, section 4), one guard for requests and
 * upgrades, and a table of everything that is open, so that taking a right back ends what it opened.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AccessLink } from '../../../shared/model.ts';
import type { Gateway, GatewayRules } from '../ports.ts';
import { mintSecret } from '../secret.ts';
import { jsonAnswer, sendAnswer, sendRawAnswer, type Answer } from './answers.ts';
import { addCode } from './code.ts';
import { afterParseError, connectionOf, expectAnswer, type Connection } from './connection.ts';
import { openDoor, type Door } from './door.ts';
import type { Facts } from './facts.ts';
import { forward, type Way } from './forward.ts';
import { isExplicit, type Verdict } from './authorize.ts';
import { guard } from './guard.ts';
import { defaultLimits, type Limits } from './limits.ts';
import { listenOnLoopback } from './listener.ts';
import { answerOwnPage } from './own-pages.ts';
import { logField } from './refusal-log.ts';
import { splice } from './websocket.ts';

type OpenVerdict = Extract<Verdict, { readonly open: true }>;

/** Listens on loopback and answers at once; until `setUpstream` names a server, with a page that says why there is none. */
export async function openGateway(rules: GatewayRules, limits: Limits = defaultLimits): Promise<Gateway> {
  const door = openDoor(rules, limits);
  const listener = await listenOnLoopback(rules.preferredPort, limits, server => attach(door, server));
  door.setPort(listener.port);
  const sweep = setInterval(() => door.sweep(), limits.sweepMs).unref();
  return {
    port: listener.port,
    url: `http://${door.listener.hosts.own}/`,
    setUpstream: state => door.setUpstream(state),
    oneTimeLink: () => oneTimeLink(door, limits),
    toolLink: () => ({
      url: `http://127.0.0.1:${listener.port}/?token=${encodeURIComponent(door.token.reveal())}`,
      expiresAt: null,
    }),
    rotate: token => door.rotate(token),
    connections: () => door.live.size,
    lastUsed: () => door.lastUsed,
    async close() {
      clearInterval(sweep);
      door.live.end();
      await Promise.all([listener.close(), door.close()]);
    },
  };
}

function oneTimeLink(door: Door, limits: Limits): AccessLink {
  const code = mintSecret();
  const endsAt = addCode(door.codes, door.rules.clock(), code, limits);
  return {
    url: `http://${door.listener.hosts.own}/_gatehouse/open?code=${code.reveal()}`,
    expiresAt: new Date(endsAt).toISOString(),
  };
}

function attach(door: Door, server: Server): void {
  server.on('connection', (socket: Socket) => door.crowd.enter(socket));
  server.on('request', (request, response) => onRequest(door, request, response, 'nothing'));
  // Nothing is promised to a body before it is known who sends it.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    onRequest(door, request, response, 'continue'),
  );
  // Node would answer these before anybody is asked.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    onRequest(door, request, response, 'unknown'),
  );
  server.on('upgrade', (request, socket, head) => onUpgrade(door, request, socket, head));
  server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
    sendRawAnswer(socket, jsonAnswer(405, 'Method CONNECT is not allowed')),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => onClientError(door, error, socket));
}

/** What a request wants to hear before it sends its body (RFC 9110, 10.1.1). */
type Expected = 'nothing' | 'continue' | 'unknown';

function onRequest(door: Door, request: IncomingMessage, response: ServerResponse, expected: Expected): void {
  const connection = connectionOf(door.connections, request.socket);
  // Node has parsed what was sent behind an ambiguous request, too.
  if (connection.condemned) return;
  connection.response = response;
  const decision = guard(door, request, connection, false);
  if (decision.kind === 'forward') trust(door, connection, request);
  if (isTooMany(door, connection)) {
    // Not a refusal: it would only be one more answer that waits.
    connection.condemned = true;
    request.socket.destroy();
    return;
  }
  expectAnswer(connection, response);
  if (decision.kind !== 'answer' && expected === 'unknown') {
    sendAnswer(response, jsonAnswer(417, 'Only the expectation "100-continue" is understood'));
    return;
  }
  switch (decision.kind) {
    case 'answer':
      if (decision.last === true) connection.condemned = true;
      sendAnswer(response, decision.answer);
      return;
    case 'own':
      if (expected === 'continue') response.writeContinue();
      answerOwnPage(door, decision.facts, request, connection).then(
        answer => sendAnswer(response, answer),
        (error: unknown) => {
          door.rules.log.error('a page of Gatehouse failed', { error });
          response.destroy();
        },
      );
      return;
    case 'forward':
      if (expected === 'continue') response.writeContinue();
      onForward(door, decision.facts, decision.verdict, request, response);
      return;
    default:
      decision satisfies never;
  }
}

function trust(door: Door, connection: Connection, request: IncomingMessage): void {
  if (connection.trusted) return;
  connection.trusted = true;
  door.crowd.trust(request.socket);
}

function isTooMany(door: Door, connection: Connection): boolean {
  const { pipelined, pipelinedTrusted } = door.limits;
  return connection.pending.length >= (connection.trusted ? pipelinedTrusted : pipelined);
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
  });
}

function onUpgrade(door: Door, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  const connection = connectionOf(door.connections, request.socket);
  if (connection.condemned) {
    socket.destroy();
    return;
  }
  const decision = guard(door, request, connection, true);
  if (decision.kind !== 'forward') {
    const answer =
      decision.kind === 'answer' ? decision.answer : jsonAnswer(404, 'There is no such page of Gatehouse');
    sendRawAnswer(socket, answer);
    return;
  }
  const { facts, verdict } = decision;
  trust(door, connection, request);
  door.used(verdict.session);
  const route = routeFor(door, facts, verdict);
  if (route === null) {
    sendRawAnswer(socket, door.unavailable(facts));
    return;
  }
  const slot = door.live.add({ kind: 'websocket', session: verdict.session, socket });
  socket.once('close', () => door.live.delete(slot));
  splice(route, request, socket, head, facts, door.limits, {
    failed: error => sendRawAnswer(socket, failure(door, facts, error)),
  });
}

/** The way to the server for this kind of credential; null while there is none. */
function routeFor(door: Door, facts: Facts, verdict: OpenVerdict): Way | null {
  if (door.route === null) return null;
  return isExplicit(verdict.by, facts) ? door.route.explicit : door.route;
}

/** The server was there a moment ago and gave no answer: it may be dying, or it was asked something that cannot be sent. */
function failure(door: Door, facts: Facts, error: Error): Answer {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (code === 'UND_ERR_INVALID_ARG') return jsonAnswer(400, 'The request cannot be passed on');
  door.rules.log.warn('the server did not answer', { path: logField(facts.path), error: error.message });
  return door.unavailable(facts);
}

function onClientError(door: Door, error: NodeJS.ErrnoException, socket: Duplex): void {
  const todo = afterParseError(connectionOf(door.connections, socket).response);
  if (todo === 'cut' || !socket.writable || error.code === 'ECONNRESET') {
    socket.destroy();
    return;
  }
  if (todo === 'finish') {
    socket.end(() => socket.destroy());
    return;
  }
  sendRawAnswer(socket, clientErrorAnswer(error.code));
}

function clientErrorAnswer(code: string | undefined): Answer {
  if (code === 'HPE_HEADER_OVERFLOW') return jsonAnswer(431, 'The header fields are too large');
  if (code === 'HPE_CHUNK_EXTENSIONS_OVERFLOW') return jsonAnswer(413, 'The chunk extensions are too large');
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return jsonAnswer(408, 'The request did not arrive in time');
  return jsonAnswer(400, 'The request is not well-formed HTTP/1.1');
}
