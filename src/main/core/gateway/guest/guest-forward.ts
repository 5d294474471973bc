/** A guest's request on its way to the server: it waits for its turn, and is looked at once more before it is sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Condition } from '../../role-ports.ts';
import { jsonAnswer, sendAnswer, type Answer } from '../http-answer.ts';
import type { Facts } from '../request/facts.ts';
import { forward, unlikePage, type ExchangeEnd } from '../forward/forward.ts';
import { failure, secured, tooBusy, unmet, wayFor } from './guest-answers.ts';
import { watchGuestUpload, type GuestUpload } from './guest-upload.ts';
import { logField } from '../refusal-log.ts';
import type { Way } from '../forward/upstream-route.ts';
import type { Turn } from './fair-queue.ts';
import type { ShareDoor } from './guest-door.ts';
import type { Entry } from './guest-guard.ts';
import type { Outcome } from '../forward/uploaded-files.ts';

export function forwardGuest(
  door: ShareDoor,
  facts: Facts,
  entry: Entry,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const slot = door.live.add({ kind: 'request', session: entry.pass.session, request, response });
  let begun: GuestRequest | null = null;
  const takeBack = door.turns.ask(
    entry.pass,
    turn => {
      begun = new GuestRequest(door, facts, entry, request, response, turn);
      begun.begin();
    },
    () => sendAnswer(response, secured(door, facts, tooBusy())),
  );
  response.once('close', () => {
    door.live.delete(slot);
    takeBack();
    begun?.closed();
  });
}

/** One that has its turn. A class, and no promise where nothing is waited for: every small request comes through here. */
class GuestRequest implements ExchangeEnd {
  readonly turn: Turn;
  readonly #door: ShareDoor;
  readonly #facts: Facts;
  readonly #entry: Entry;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  #upload: GuestUpload | null = null;

  constructor(
    door: ShareDoor,
    facts: Facts,
    entry: Entry,
    request: IncomingMessage,
    response: ServerResponse,
    turn: Turn,
  ) {
    this.turn = turn;
    this.#door = door;
    this.#facts = facts;
    this.#entry = entry;
    this.#request = request;
    this.#response = response;
  }

  begin(): void {
    const { onlyIf } = this.#entry;
    const way = wayFor(this.#door, this.#facts, this.#entry);
    if (way === null) this.#refuse(secured(this.#door, this.#facts, this.#door.unavailable(this.#facts)));
    else if (onlyIf !== null) void this.#sendIf(way, onlyIf);
    else if (this.#response.destroyed) this.turn.end();
    else this.#send(way);
  }

  async #sendIf(way: Way, condition: Condition): Promise<void> {
    const answer = await unmet(this.#door, way, this.#request, this.#facts, condition);
    if (answer !== null) this.#refuse(answer);
    else if (this.#response.destroyed) this.turn.end();
    else this.#send(way);
  }

  #send(way: Way): void {
    const door = this.#door;
    const { pass } = this.#entry;
    const upload = watchGuestUpload(door, this.#facts, pass, way);
    if (upload.refusal !== null) {
      door.noteRole(pass, `upload: ${upload.refusal.message}`);
      this.#refuse(jsonAnswer(upload.refusal.status, upload.refusal.message, ['Connection', 'close']));
      return;
    }
    this.#upload = upload;
    const response = this.#response;
    const { inspect } = upload;
    const watch =
      inspect === null ? null : { inspect, share: door.work.open(pass, () => response.destroy()) };
    forward(way, this.#request, response, this.#facts, this, watch);
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
    sendAnswer(this.#response, secured(this.#door, this.#facts, failure(this.#door, this.#facts, error)));
  }

  broken(error: Error): void {
    const path = logField(this.#facts.path);
    this.#door.rules.log.warn('the server broke off an answer', { path, error: error.message });
  }

  unlike(): void {
    this.#door.rules.log.warn(unlikePage, { path: logField(this.#facts.path) });
  }
}

function outcomeOf({ writableFinished, statusCode }: ServerResponse): Outcome {
  if (!writableFinished || statusCode >= 500) return 'unknown';
  return statusCode < 300 ? 'written' : 'refused';
}
