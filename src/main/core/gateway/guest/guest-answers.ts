/** How a guest's request or WebSocket goes on once its turn has come, and what the gateway answers where it does not. */
import type { IncomingMessage } from 'node:http';
import type { Condition } from '../../role-ports.ts';
import { jsonAnswer, type Answer } from '../http-answer.ts';
import { askFirst } from './precondition.ts';
import { isExplicit } from '../request/authorize.ts';
import type { Facts } from '../request/facts.ts';
import { logField } from '../refusal-log.ts';
import { passing, type Way } from '../forward/upstream-route.ts';
import type { ShareDoor } from './guest-door.ts';
import type { Entry } from './guest-guard.ts';
import { answerToFault } from '../forward/upstream-fault.ts';

const banner = Buffer.from('\n<script src="/_gatehouse/guest.js"></script>\n');

/** With Strict-Transport-Security where the certificate is one that every browser trusts. */
export function secured(door: ShareDoor, facts: Facts, answer: Answer): Answer {
  const value = strictTransport(door, facts);
  if (value === null) return answer;
  return { ...answer, headers: [...answer.headers, 'Strict-Transport-Security', value] };
}

function strictTransport(door: ShareDoor, facts: Facts): string | null {
  return door.rules.tls.strictTransport(nameOf(facts.host));
}

/** Of a host that we trust: without the port, and without the brackets of IPv6. */
function nameOf(host: string): string {
  const colon = host.lastIndexOf(':');
  const name = colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
  return name.startsWith('[') ? name.slice(1, -1) : name;
}

export function wayFor(door: ShareDoor, facts: Facts, entry: Entry): Way | null {
  if (door.route === null) return null;
  const way = door.ways.of(door.route, entry.pass, {
    explicit: isExplicit(entry.by, facts),
    appended: facts.navigation ? banner : null,
    strictTransport: strictTransport(door, facts),
  });
  return entry.foreign ? passing(way) : way;
}

export function tooBusy(): Answer {
  return jsonAnswer(503, 'The server is busy with the requests of guests', ['Retry-After', '5']);
}

/** The answer where a condition does not hold; null where it does. */
export async function unmet(
  door: ShareDoor,
  way: Way,
  request: IncomingMessage,
  facts: Facts,
  condition: Condition,
): Promise<Answer | null> {
  try {
    const holds = await askFirst(way, request, facts, condition);
    return holds ? null : jsonAnswer(404, 'There is no such file that your link lets you see');
  } catch (error) {
    return failure(door, facts, error instanceof Error ? error : new Error(String(error)));
  }
}

export function failure(door: ShareDoor, facts: Facts, error: Error): Answer {
  door.rules.log.warn('the server did not answer', { path: logField(facts.path), error: error.message });
  return answerToFault(error) ?? door.unavailable(facts);
}
