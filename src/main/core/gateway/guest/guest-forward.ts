/**
 * A guest's request on its way to the server: it waits for its turn, and is checked once more before it is
 * sent.
 */
import type { ServerResponse } from 'node:http';
import type { Precondition } from '../../role-ports.ts';
import { jsonAnswer, sendAnswer, type Answer } from '../http-answer.ts';
import type { HttpExchange } from '../exchange.ts';
import { forwardExchange } from '../forward/forward-exchange.ts';
import { routeFor, tooBusy, unmet } from './guest-answers.ts';
import { watchGuestUpload, type GuestUpload } from './guest-upload.ts';
import type { UpstreamRoute } from '../forward/upstream-route.ts';
import type { QueueSlot } from './fair-queue.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';
import type { Entry } from './guest-guard.ts';
import type { Outcome } from '../forward/uploaded-files.ts';

export function forwardGuest(gateway: GuestGatewayState, exchange: HttpExchange, entry: Entry): void {
  const { facts, response } = exchange;
  let started: GuestRequest | null = null;
  const takeBack = gateway.queue.ask(
    entry.session,
    turn => {
      started = new GuestRequest(gateway, exchange, entry, turn);
      started.start();
    },
    () => sendAnswer(response, gateway.secured(facts, tooBusy())),
  );
  gateway.traffic.addRequest(exchange, entry.session.id, () => {
    takeBack();
    started?.closed();
  });
}

/**
 * One that has its turn. A class, and no promise where nothing is waited for: every small request comes
 * through here.
 */
class GuestRequest {
  readonly #turn: QueueSlot;
  readonly #gateway: GuestGatewayState;
  readonly #exchange: HttpExchange;
  readonly #entry: Entry;
  #upload: GuestUpload | null = null;

  constructor(gateway: GuestGatewayState, exchange: HttpExchange, entry: Entry, turn: QueueSlot) {
    this.#turn = turn;
    this.#gateway = gateway;
    this.#exchange = exchange;
    this.#entry = entry;
  }

  start(): void {
    const { onlyIf } = this.#entry;
    const gateway = this.#gateway;
    const { facts, response } = this.#exchange;
    const route = routeFor(gateway, facts, this.#entry);
    if (route === null) this.#refuse(gateway.secured(facts, gateway.upstream.unavailable(facts)));
    else if (onlyIf !== null) void this.#sendIf(route, onlyIf);
    else if (response.destroyed) this.#turn.end();
    else this.#send(route);
  }

  async #sendIf(route: UpstreamRoute, condition: Precondition): Promise<void> {
    const answer = await unmet(this.#gateway, route, this.#exchange, condition);
    if (answer !== null) this.#refuse(answer);
    else if (this.#exchange.response.destroyed) this.#turn.end();
    else this.#send(route);
  }

  #send(route: UpstreamRoute): void {
    const gateway = this.#gateway;
    const { session } = this.#entry;
    const { facts, response } = this.#exchange;
    const upload = watchGuestUpload(gateway, facts, session, route);
    if (upload.refusal !== null) {
      gateway.noteRole(session, `upload: ${upload.refusal.message}`);
      this.#refuse(jsonAnswer(upload.refusal.status, upload.refusal.message, ['Connection', 'close']));
      return;
    }
    this.#upload = upload;
    const { inspect } = upload;
    const watch =
      inspect === null ? null : { inspect, share: gateway.work.open(session, () => response.destroy()) };
    forwardExchange(gateway, route, this.#exchange, this.#turn, watch);
  }

  #refuse(answer: Answer): void {
    this.#turn.end();
    const { response } = this.#exchange;
    if (!response.destroyed) sendAnswer(response, answer);
  }

  closed(): void {
    this.#upload?.over(outcomeOf(this.#exchange.response));
  }
}

function outcomeOf({ writableFinished, statusCode }: ServerResponse): Outcome {
  if (!writableFinished || statusCode >= 500) return 'unknown';
  return statusCode < 300 ? 'written' : 'refused';
}
