/**
 * How a guest's request or WebSocket goes on once its turn has come, and what the gateway answers where it
 * does not.
 */
import type { Precondition } from '../../role-ports.ts';
import { jsonAnswer, type Answer } from '../http-answer.ts';
import { checkPrecondition } from './precondition.ts';
import { isExplicit } from '../request/authorize.ts';
import type { HttpExchange } from '../exchange.ts';
import type { Facts } from '../request/facts.ts';
import { withAuthorizationPassthrough, type UpstreamRoute } from '../forward/upstream-route.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';
import type { Entry } from './guest-guard.ts';

const banner = Buffer.from('\n<script src="/_gatehouse/guest.js"></script>\n');

export function routeFor(gateway: GuestGatewayState, facts: Facts, entry: Entry): UpstreamRoute | null {
  const { routes } = gateway.upstream;
  if (routes === null) return null;
  const route = gateway.guestRoutes.of(routes, entry.session, {
    explicit: isExplicit(entry.by, facts),
    appended: facts.navigation ? banner : null,
    strictTransport: gateway.strictTransport(facts),
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
  { facts, request }: Pick<HttpExchange, 'facts' | 'request'>,
  condition: Precondition,
): Promise<Answer | null> {
  try {
    const holds = await checkPrecondition(route, request, facts, condition);
    return holds ? null : jsonAnswer(404, 'There is no such file that your link lets you see');
  } catch (error) {
    return gateway.upstream.failure(facts, error instanceof Error ? error : new Error(String(error)));
  }
}
