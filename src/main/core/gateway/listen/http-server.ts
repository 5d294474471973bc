/**
 * What every door of Gatehouse has in common: one guard for requests and upgrades, before anything else is
 * done with them; nothing promised to a body before it is known who sends it; no second answer where the
 * parser gave up; and a bound on what waits on one connection.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Log } from '../../ports.ts';
import { jsonAnswer, sendAnswer, sendRawAnswer, type Answer } from '../http-answer.ts';
import {
  afterParseError,
  connectionOf,
  expectAnswer,
  type Connection,
  type Connections,
} from './connection.ts';
import type { ConnectionLimiter } from './connection-limiter.ts';
import type { Facts } from '../request/facts.ts';
import type { Limits } from '../limits.ts';

/** `V` is what the guard found out about who asks. */
export type Decision<V> =
  /** `last`: the bytes of this connection have two readings; nothing more on it is believed. */
  | { readonly kind: 'answer'; readonly answer: Answer; readonly last?: true }
  /** One of Gatehouse's own pages. */
  | { readonly kind: 'own'; readonly facts: Facts }
  | { readonly kind: 'forward'; readonly facts: Facts; readonly verdict: V };

/** What a door does with what comes. */
export interface ServerHandlers<V> {
  readonly limits: Pick<Limits, 'pipelined' | 'pipelinedTrusted'>;
  readonly connections: Connections;
  readonly connectionLimiter: ConnectionLimiter;
  readonly log: Log;
  /** A promise only where something has to be written down before the answer is known. */
  decide(
    request: IncomingMessage,
    connection: Connection,
    upgrade: boolean,
  ): Decision<V> | Promise<Decision<V>>;
  ownPage(facts: Facts, request: IncomingMessage, connection: Connection): Promise<Answer>;
  forward(facts: Facts, verdict: V, request: IncomingMessage, response: ServerResponse): void;
  upgrade(facts: Facts, verdict: V, request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export function serve<V>(context: ServerHandlers<V>, server: Server): void {
  server.on('request', (request, response) => onRequest(context, request, response, 'nothing'));
  // Nothing is promised to a body before it is known who sends it.
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
    onRequest(context, request, response, 'continue'),
  );
  // Node would answer these before anybody is asked.
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
  const connection = connectionOf(context.connections, request.socket);
  // Node has parsed what was sent behind an ambiguous request, too.
  if (connection.condemned) return;
  connection.response = response;
  const decision = context.decide(request, connection, false);
  const known = decision instanceof Promise ? null : decision;
  if (known?.kind === 'forward') trust(context, connection, request.socket);
  if (isTooMany(context, connection)) {
    // Not a refusal: it would only be one more answer that waits.
    connection.condemned = true;
    request.socket.destroy();
    return;
  }
  expectAnswer(connection, response);
  if (known !== null) {
    act(context, known, connection, request, response, expected);
    return;
  }
  actLater(context, decision, connection, request, response, expected).catch((error: unknown) =>
    fail(context, error, response),
  );
}

async function actLater<V>(
  context: ServerHandlers<V>,
  decision: Decision<V> | Promise<Decision<V>>,
  connection: Connection,
  request: IncomingMessage,
  response: ServerResponse,
  expected: Expected,
): Promise<void> {
  const later = await decision;
  if (later.kind === 'forward') trust(context, connection, request.socket);
  if (!response.destroyed) act(context, later, connection, request, response, expected);
}

function act<V>(
  context: ServerHandlers<V>,
  decision: Decision<V>,
  connection: Connection,
  request: IncomingMessage,
  response: ServerResponse,
  expected: Expected,
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
      context.ownPage(decision.facts, request, connection).then(
        answer => sendAnswer(response, answer),
        (error: unknown) => fail(context, error, response),
      );
      return;
    case 'forward':
      if (expected === 'continue') response.writeContinue();
      context.forward(decision.facts, decision.verdict, request, response);
      return;
    default:
      decision satisfies never;
  }
}

function fail<V>(context: ServerHandlers<V>, error: unknown, response: ServerResponse): void {
  context.log.error('a page of Gatehouse failed', { error });
  response.destroy();
}

function trust<V>(context: ServerHandlers<V>, connection: Connection, socket: Socket): void {
  if (connection.trusted) return;
  connection.trusted = true;
  context.connectionLimiter.trust(socket);
}

function isTooMany<V>(context: ServerHandlers<V>, connection: Connection): boolean {
  const { pipelined, pipelinedTrusted } = context.limits;
  return connection.pending.length >= (connection.trusted ? pipelinedTrusted : pipelined);
}

function onUpgrade<V>(
  context: ServerHandlers<V>,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  const connection = connectionOf(context.connections, request.socket);
  if (connection.condemned) {
    socket.destroy();
    return;
  }
  const decision = context.decide(request, connection, true);
  if (!(decision instanceof Promise)) {
    actUpgrade(context, decision, connection, request, socket, head);
    return;
  }
  upgradeLater(context, decision, connection, request, socket, head).catch((error: unknown) => {
    context.log.error('an upgrade failed', { error });
    socket.destroy();
  });
}

async function upgradeLater<V>(
  context: ServerHandlers<V>,
  decision: Promise<Decision<V>>,
  connection: Connection,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): Promise<void> {
  const gone = (): void => void socket.destroy();
  socket.on('error', gone);
  const later = await decision;
  socket.off('error', gone);
  if (!socket.destroyed) actUpgrade(context, later, connection, request, socket, head);
}

function actUpgrade<V>(
  context: ServerHandlers<V>,
  decision: Decision<V>,
  connection: Connection,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  if (decision.kind !== 'forward') {
    const answer =
      decision.kind === 'answer' ? decision.answer : jsonAnswer(404, 'There is no such page of Gatehouse');
    sendRawAnswer(socket, answer);
    return;
  }
  trust(context, connection, request.socket);
  connection.upgraded = true;
  context.upgrade(decision.facts, decision.verdict, request, socket, head);
}

function onClientError<V>(context: ServerHandlers<V>, error: NodeJS.ErrnoException, socket: Duplex): void {
  const todo = afterParseError(connectionOf(context.connections, socket).response);
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
