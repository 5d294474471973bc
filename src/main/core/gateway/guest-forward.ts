/** A guest's request on its way to the server: it waits for its turn, and is looked at once more before it is sent. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { jsonAnswer, sendAnswer, type Answer } from './answers.ts';
import type { Facts } from './facts.ts';
import { forward, unlikePage, type ExchangeEnd } from './forward.ts';
import { failure, secured, tooBusy, unmet, wayFor } from './guest-answers.ts';
import { watchGuestUpload } from './guest-upload.ts';
import { logField } from './refusal-log.ts';
import type { Turn } from './server-turns.ts';
import type { ShareDoor } from './share-door.ts';
import type { Entry } from './share-guard.ts';
import type { Outcome } from './uploaded-files.ts';

export function forwardGuest(
  door: ShareDoor,
  facts: Facts,
  entry: Entry,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const slot = door.live.add({ kind: 'request', session: entry.pass.session, request, response });
  const takeBack = door.turns.ask(
    entry.pass,
    turn => void onTurn(door, facts, entry, request, response, turn),
    () => sendAnswer(response, secured(door, facts, tooBusy())),
  );
  response.once('close', () => {
    door.live.delete(slot);
    takeBack();
  });
}

async function onTurn(
  door: ShareDoor,
  facts: Facts,
  entry: Entry,
  request: IncomingMessage,
  response: ServerResponse,
  turn: Turn,
): Promise<void> {
  const refuse = (answer: Answer): void => {
    turn.end();
    if (!response.destroyed) sendAnswer(response, answer);
  };
  const way = wayFor(door, facts, entry);
  if (way === null) {
    refuse(secured(door, facts, door.unavailable(facts)));
    return;
  }
  const answer = entry.onlyIf === null ? null : await unmet(door, way, request, facts, entry.onlyIf);
  if (answer !== null || response.destroyed) {
    refuse(answer ?? door.unavailable(facts));
    return;
  }
  const upload = watchGuestUpload(door, facts, entry.pass, way);
  if (upload.refusal !== null) {
    door.noteRole(entry.pass, `upload: ${upload.refusal.message}`);
    refuse(jsonAnswer(upload.refusal.status, upload.refusal.message, ['Connection', 'close']));
    return;
  }
  response.once('close', () => upload.over(outcomeOf(response)));
  const share = door.work.open(entry.pass, () => response.destroy());
  forward(
    way,
    request,
    response,
    facts,
    endOf(door, facts, response, turn),
    upload.inspect === null ? null : { inspect: upload.inspect, share },
  );
}

function outcomeOf({ writableFinished, statusCode }: ServerResponse): Outcome {
  if (!writableFinished || statusCode >= 500) return 'unknown';
  return statusCode < 300 ? 'written' : 'refused';
}

function endOf(door: ShareDoor, facts: Facts, response: ServerResponse, turn: Turn): ExchangeEnd {
  const { log } = door.rules;
  return {
    turn,
    failed(error) {
      if (!response.destroyed) sendAnswer(response, secured(door, facts, failure(door, facts, error)));
    },
    broken: error =>
      log.warn('the server broke off an answer', { path: logField(facts.path), error: error.message }),
    unlike: () => log.warn(unlikePage, { path: logField(facts.path) }),
  };
}
