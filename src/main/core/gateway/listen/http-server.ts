/**
 * What both gateways have in common: one guard for requests and upgrades, before anything else is
 * done with them; nothing promised to a body before it is known who sends it; no second answer where the
 * parser gave up; and a bound on what waits on one connection.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { HttpExchange, UpgradeExchange } from '../exchange.ts';
import { jsonAnswer, sendAnswer, sendRawAnswer, type Answer } from '../http-answer.ts';
import { noSuchPage } from '../own-routes.ts';
import { afterParseError, connectionOf, expectAnswer, type Connection } from './connection.ts';
import type { Facts } from '../request/facts.ts';
import type { Traffic } from './traffic.ts';

/** `V` is what the guard found out about the client. */
export type Decision<V> =
  /** `last`: the bytes of this connection have two readings; nothing more on it is believed. */
  | { readonly kind: 'answer'; readonly answer: Answer; readonly last?: true }
  /** One of Gatehouse's own pages. */
  | { readonly kind: 'own'; readonly facts: Facts }
  | { readonly kind: 'forward'; readonly facts: Facts; readonly verdict: V };

/** A request or an upgrade on its way to the server's handlers. */
interface Arrived {
  readonly connection: Connection;
  readonly request: IncomingMessage;
}

interface ArrivedRequest extends Arrived {
  readonly response: ServerResponse;
  readonly expected: Expected;
}

interface ArrivedUpgrade extends Arrived {
  readonly socket: Duplex;
  readonly head: Buffer;
}

/** A request for one of Gatehouse's own pages. */
export interface OwnPageRequest extends Arrived {
  readonly facts: Facts;
}

/** What a gateway does with what comes. */
export interface ServerHandlers<V> {
  readonly traffic: Pick<Traffic<unknown>, 'connections' | 'connectionLimiter' | 'limits' | 'log'>;
  /** A promise only where something has to be written down before the answer is known. */
  decide(
    request: IncomingMessage,
    connection: Connection,
    upgrade: boolean,
  ): Decision<V> | Promise<Decision<V>>;
  ownPage(asked: OwnPageRequest): Promise<Answer>;
  forward(exchange: HttpExchange, verdict: V): void;
  upgrade(exchange: UpgradeExchange, verdict: V): void;
}

export function serve<V>(context: ServerHandlers<V>, server: Server): void {
  server.on('request', (request, response) => onRequest(context, request, response, 'nothing'));
  // Nothing is promised to a body before it is known who sends it.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    onRequest(context, request, response, 'continue'),
  );
  // Node would answer these before the guard is asked.
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    onRequest(context, request, response, 'unknown'),
  );
  server.on('upgrade', (request, socket, head) => onUpgrade(context, request, socket, head));
  server.on('connect', (_request: IncomingMessage, socket: Duplex) =>
    sendRawAnswer(socket, jsonAnswer(405, 'Method CONNECT is not allowed')),
  );
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => onClientError(context, error, socket));
}

/** What a request wants to hear before it sends its body (RFC 9110, 10.1.1). */
type Expected = 'nothing' | 'continue' | 'unknown';

function onRequest<V>(
  context: ServerHandlers<V>,
  request: IncomingMessage,
  response: ServerResponse,
  expected: Expected,
): void {
  const connection = connectionOf(context.traffic.connections, request.socket);
  // Node has parsed what was sent behind an ambiguous request, too.
  if (connection.condemned) return;
  connection.response = response;
  const decision = context.decide(request, connection, false);
  const known = decision instanceof Promise ? null : decision;
  if (known?.kind === 'forward') trust(context, connection, request.socket);
  if (isTooMany(context, connection)) {
    // No refusal: it would be one more answer that waits.
    connection.condemned = true;
    request.socket.destroy();
    return;
  }
  expectAnswer(connection, response);
  const arrived = { connection, request, response, expected };
  if (known !== null) {
    act(context, known, arrived);
    return;
  }
  actLater(context, decision, arrived).catch((error: unknown) => fail(context, error, response));
}

async function actLater<V>(
  context: ServerHandlers<V>,
  decision: Decision<V> | Promise<Decision<V>>,
  arrived: ArrivedRequest,
): Promise<void> {
  const later = await decision;
  if (later.kind === 'forward') trust(context, arrived.connection, arrived.request.socket);
  if (!arrived.response.destroyed) act(context, later, arrived);
}

function act<V>(
  context: ServerHandlers<V>,
  decision: Decision<V>,
  { connection, request, response, expected }: ArrivedRequest,
): void {
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
      context.ownPage({ facts: decision.facts, request, connection }).then(
        answer => sendAnswer(response, answer),
        (error: unknown) => fail(context, error, response),
      );
      return;
    case 'forward':
      if (expected === 'continue') response.writeContinue();
      context.forward({ facts: decision.facts, request, response }, decision.verdict);
      return;
    default:
      decision satisfies never;
  }
}

function fail<V>(context: ServerHandlers<V>, error: unknown, response: ServerResponse): void {
  context.traffic.log.error('a page of Gatehouse failed', { error });
  response.destroy();
}

function trust<V>(context: ServerHandlers<V>, connection: Connection, socket: Socket): void {
  if (connection.trusted) return;
  connection.trusted = true;
  context.traffic.connectionLimiter.trust(socket);
}

function isTooMany<V>(context: ServerHandlers<V>, connection: Connection): boolean {
  const { pipelined, pipelinedTrusted } = context.traffic.limits;
  return connection.pending.length >= (connection.trusted ? pipelinedTrusted : pipelined);
}

function onUpgrade<V>(
  context: ServerHandlers<V>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const connection = connectionOf(context.traffic.connections, request.socket);
  if (connection.condemned) {
    socket.destroy();
    return;
  }
  const decision = context.decide(request, connection, true);
  const arrived = { connection, request, socket, head };
  if (!(decision instanceof Promise)) {
    actUpgrade(context, decision, arrived);
    return;
  }
  actUpgradeLater(context, decision, arrived).catch((error: unknown) => {
    context.traffic.log.error('an upgrade failed', { error });
    socket.destroy();
  });
}

async function actUpgradeLater<V>(
  context: ServerHandlers<V>,
  decision: Promise<Decision<V>>,
  arrived: ArrivedUpgrade,
): Promise<void> {
  const { socket } = arrived;
  const gone = (): void => void socket.destroy();
  socket.on('error', gone);
  const later = await decision;
  socket.off('error', gone);
  if (!socket.destroyed) actUpgrade(context, later, arrived);
}

function actUpgrade<V>(
  context: ServerHandlers<V>,
  decision: Decision<V>,
  { connection, request, socket, head }: ArrivedUpgrade,
): void {
  if (decision.kind !== 'forward') {
    sendRawAnswer(socket, decision.kind === 'answer' ? decision.answer : noSuchPage());
    return;
  }
  trust(context, connection, request.socket);
  connection.upgraded = true;
  context.upgrade({ facts: decision.facts, request, socket, head }, decision.verdict);
}

function onClientError<V>(context: ServerHandlers<V>, error: NodeJS.ErrnoException, socket: Duplex): void {
  const todo = afterParseError(connectionOf(context.traffic.connections, socket).response);
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
