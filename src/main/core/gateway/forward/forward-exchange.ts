/** The one way on which both gateways send what their guards have let through to the server. */
import { sendAnswer, sendRawAnswer, type Answer } from '../http-answer.ts';
import type { HttpExchange, UpgradeExchange } from '../exchange.ts';
import type { QueueSlot } from '../guest/fair-queue.ts';
import type { Traffic } from '../listen/traffic.ts';
import { logField } from '../refusal-log.ts';
import type { Facts } from '../request/facts.ts';
import type { FilterRules } from '../websocket/filter-rules.ts';
import { joinFiltered } from '../websocket/filtered-socket.ts';
import { splice } from '../websocket/websocket.ts';
import { forward, type ExchangeEnd } from './forward.ts';
import type { GatewayUpstream } from './gateway-upstream.ts';
import type { WatchedBody } from './request-body.ts';
import { upgradeRoute, type UpstreamRoute } from './upstream-route.ts';

export interface ForwardingGateway {
  readonly upstream: GatewayUpstream;
  readonly traffic: Pick<Traffic<unknown>, 'log' | 'limits'>;
  /** Adds the headers that this gateway puts on answers of its own; none when absent. */
  secured?(facts: Facts, answer: Answer): Answer;
}

const rewriteMissed =
  'A page has none of the addresses that its profile says are written into it, and is passed on as it is: what it dials may not be reached.';

/** @param turn the time with the server of a guest's request */
export function forwardExchange(
  gateway: ForwardingGateway,
  route: UpstreamRoute,
  exchange: HttpExchange,
  turn?: QueueSlot,
  watch: WatchedBody | null = null,
): void {
  forward(route, exchange, new LoggedEnd(gateway, exchange, turn), watch);
}

class LoggedEnd implements ExchangeEnd {
  readonly turn: QueueSlot | undefined;
  readonly #gateway: ForwardingGateway;
  readonly #exchange: HttpExchange;

  constructor(gateway: ForwardingGateway, exchange: HttpExchange, turn: QueueSlot | undefined) {
    this.#gateway = gateway;
    this.#exchange = exchange;
    this.turn = turn;
  }

  failed(error: Error): void {
    const { facts, response } = this.#exchange;
    if (response.destroyed) return;
    const answer = this.#gateway.upstream.failure(facts, error);
    sendAnswer(response, this.#gateway.secured?.(facts, answer) ?? answer);
  }

  broken(error: Error): void {
    const path = logField(this.#exchange.facts.path);
    this.#gateway.traffic.log.warn('the server broke off an answer', { path, error: error.message });
  }

  rewriteMissed(): void {
    this.#gateway.traffic.log.warn(rewriteMissed, { path: logField(this.#exchange.facts.path) });
  }
}

/** What is different for a guest's WebSocket. */
export interface UpgradeOptions {
  readonly turn?: QueueSlot | undefined;
  /** The server's answer is no 101, and the client may not read it. Absent: it is passed on. */
  readonly refused?: (() => void) | undefined;
  /** Each message is judged; absent: the two sockets are spliced. */
  readonly filter?: FilterRules | undefined;
}

export function upgradeExchange(
  gateway: ForwardingGateway,
  route: UpstreamRoute,
  exchange: UpgradeExchange,
  { turn, refused, filter }: UpgradeOptions = {},
): void {
  const { facts, socket } = exchange;
  const { limits } = gateway.traffic;
  const leads = upgradeRoute(route, facts);
  const end = {
    failed: (error: Error): void => sendRawAnswer(socket, gateway.upstream.failure(facts, error)),
    refused,
    turn,
  };
  if (filter === undefined) splice(leads.route, { ...exchange, facts: leads.facts }, limits, end);
  else joinFiltered(leads.route, exchange, limits, filter, end);
}
