/**
 * A guest's request on its way to the server: it waits for its turn, and is looked at once more before it is
 * sent.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Precondition } from '../../role-ports.ts';
import { jsonAnswer, sendAnswer, type Answer } from '../http-answer.ts';
import type { Facts } from '../request/facts.ts';
import { forward, rewriteMissed, type ExchangeEnd } from '../forward/forward.ts';
import { failure, secured, tooBusy, unmet, routeFor } from './guest-answers.ts';
import { watchGuestUpload, type GuestUpload } from './guest-upload.ts';
import { logField } from '../refusal-log.ts';
import type { UpstreamRoute } from '../forward/upstream-route.ts';
import type { QueueSlot } from './fair-queue.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';
import type { Entry } from './guest-guard.ts';
import type { Outcome } from '../forward/uploaded-files.ts';

export function forwardGuest(
  gateway: GuestGatewayState,
  facts: Facts,
  entry: Entry,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const slot = gateway.exchanges.add({ kind: 'request', session: entry.session.id, request, response });
  let begun: GuestRequest | null = null;
  const takeBack = gateway.turns.ask(
    entry.session,
    turn => {
      begun = new GuestRequest(gateway, facts, entry, request, response, turn);
      begun.begin();
    },
    () => sendAnswer(response, secured(gateway, facts, tooBusy())),
  );
  response.once('close', () => {
    gateway.exchanges.delete(slot);
    takeBack();
    begun?.closed();
  });
}

/**
 * One that has its turn. A class, and no promise where nothing is waited for: every small request comes
 * through here.
 */
class GuestRequest implements ExchangeEnd {
  readonly turn: QueueSlot;
  readonly #gateway: GuestGatewayState;
  readonly #facts: Facts;
  readonly #entry: Entry;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #upload: GuestUpload | null = null;

  constructor(
    gateway: GuestGatewayState,
    facts: Facts,
    entry: Entry,
    request: IncomingMessage,
    response: ServerResponse,
    turn: QueueSlot,
  ) {
    this.turn = turn;
    this.#gateway = gateway;
    this.#facts = facts;
    this.#entry = entry;
    this.#request = request;
    this.#response = response;
  }

  begin(): void {
    const { onlyIf } = this.#entry;
    const route = routeFor(this.#gateway, this.#facts, this.#entry);
    if (route === null)
      this.#refuse(secured(this.#gateway, this.#facts, this.#gateway.unavailable(this.#facts)));
    else if (onlyIf !== null) void this.#sendIf(route, onlyIf);
    else if (this.#response.destroyed) this.turn.end();
    else this.#send(route);
  }

  async #sendIf(route: UpstreamRoute, condition: Precondition): Promise<void> {
    const answer = await unmet(this.#gateway, route, this.#request, this.#facts, condition);
    if (answer !== null) this.#refuse(answer);
    else if (this.#response.destroyed) this.turn.end();
    else this.#send(route);
  }

  #send(route: UpstreamRoute): void {
    const gateway = this.#gateway;
    const { session } = this.#entry;
    const upload = watchGuestUpload(gateway, this.#facts, session, route);
    if (upload.refusal !== null) {
      gateway.noteRole(session, `upload: ${upload.refusal.message}`);
      this.#refuse(jsonAnswer(upload.refusal.status, upload.refusal.message, ['Connection', 'close']));
      return;
    }
    this.#upload = upload;
    const response = this.#response;
    const { inspect } = upload;
    const watch =
      inspect === null ? null : { inspect, share: gateway.work.open(session, () => response.destroy()) };
    forward(route, this.#request, response, this.#facts, this, watch);
  }

  #refuse(answer: Answer): void {
    this.turn.end();
    if (!this.#response.destroyed) sendAnswer(this.#response, answer);
  }

  closed(): void {
    this.#upload?.over(outcomeOf(this.#response));
  }

  failed(error: Error): void {
    if (this.#response.destroyed) return;
    sendAnswer(
      this.#response,
      secured(this.#gateway, this.#facts, failure(this.#gateway, this.#facts, error)),
    );
  }

  broken(error: Error): void {
    const path = logField(this.#facts.path);
    this.#gateway.rules.log.warn('the server broke off an answer', { path, error: error.message });
  }

  unlike(): void {
    this.#gateway.rules.log.warn(rewriteMissed, { path: logField(this.#facts.path) });
  }
}

function outcomeOf({ writableFinished, statusCode }: ServerResponse): Outcome {
  if (!writableFinished || statusCode >= 500) return 'unknown';
  return statusCode < 300 ? 'written' : 'refused';
}
