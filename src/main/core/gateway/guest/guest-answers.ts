/**
 * How a guest's request or WebSocket goes on once its turn has come, and what the gateway answers where it
 * does not.
 */
import type { IncomingMessage } from 'node:http';
import type { Precondition } from '../../role-ports.ts';
import { jsonAnswer, type Answer } from '../http-answer.ts';
import { checkPrecondition } from './precondition.ts';
import { isExplicit } from '../request/authorize.ts';
import type { Facts } from '../request/facts.ts';
import { logField } from '../refusal-log.ts';
import { withAuthorizationPassthrough, type UpstreamRoute } from '../forward/upstream-route.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';
import type { Entry } from './guest-guard.ts';
import { answerToFault } from '../forward/upstream-fault.ts';

const banner = Buffer.from('\n<script src="/_gatehouse/guest.js"></script>\n');

/** With Strict-Transport-Security where the certificate is one that every browser trusts. */
export function secured(gateway: GuestGatewayState, facts: Facts, answer: Answer): Answer {
  const value = strictTransport(gateway, facts);
  if (value === null) return answer;
  return { ...answer, headers: [...answer.headers, 'Strict-Transport-Security', value] };
}

function strictTransport(gateway: GuestGatewayState, facts: Facts): string | null {
  return gateway.rules.tls.strictTransport(nameOf(facts.host));
}

/** Of a host that we trust: without the port, and without the brackets of IPv6. */
function nameOf(host: string): string {
  const colon = host.lastIndexOf(':');
  const name = colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
  return name.startsWith('[') ? name.slice(1, -1) : name;
}

export function routeFor(gateway: GuestGatewayState, facts: Facts, entry: Entry): UpstreamRoute | null {
  if (gateway.routes === null) return null;
  const route = gateway.guestRoutes.of(gateway.routes, entry.session, {
    explicit: isExplicit(entry.by, facts),
    appended: facts.navigation ? banner : null,
    strictTransport: strictTransport(gateway, facts),
  });
  return entry.foreign ? withAuthorizationPassthrough(route) : route;
}

export function tooBusy(): Answer {
  return jsonAnswer(503, 'The server is busy with the requests of guests', ['Retry-After', '5']);
}

/** The answer where a condition does not hold; null where it does. */
export async function unmet(
  gateway: GuestGatewayState,
  route: UpstreamRoute,
  request: IncomingMessage,
  facts: Facts,
  condition: Precondition,
): Promise<Answer | null> {
  try {
    const holds = await checkPrecondition(route, request, facts, condition);
    return holds ? null : jsonAnswer(404, 'There is no such file that your link lets you see');
  } catch (error) {
    return failure(gateway, facts, error instanceof Error ? error : new Error(String(error)));
  }
}

export function failure(gateway: GuestGatewayState, facts: Facts, error: Error): Answer {
  gateway.rules.log.warn('the server did not answer', { path: logField(facts.path), error: error.message });
  return answerToFault(error) ?? gateway.unavailable(facts);
}
