/**
 * The route of a guest's request to the server: the owner's, with the guest's name instead of the owner's.
 */
import type { GuestSession } from '../../share-ports.ts';
import { Secret } from '../../secret.ts';
import type { Upstream } from '../../ports.ts';
import { ownNames, type UpstreamRoutes, type UpstreamRoute } from '../forward/upstream-route.ts';
import { planRequestHeaders } from '../forward/request-headers.ts';

export interface GuestRouteOptions {
  /** No page can have made a browser send the credential. */
  readonly explicit: boolean;
  /** A person opens a page, to which this is appended; null for everything else. */
  readonly appended: Buffer | null;
  /** Value of Strict-Transport-Security; null for none. */
  readonly strictTransport: string | null;
}

/** The name that the server is told. Marked, so that no guest can pass as the owner by name. */
export function guestName(session: Pick<GuestSession, 'name'>): string {
  return session.name === '' ? 'guest' : `${session.name} (guest)`;
}

export function makeGuestRoute(
  routes: UpstreamRoutes,
  session: GuestSession,
  options: GuestRouteOptions,
): UpstreamRoute {
  const { host, explicitHeaders, personHeader, scheme } = routes.upstream;
  const { headers, pool, upstream } = ofRole(routes, session);
  const person = new Secret(encodeURIComponent(guestName(session)));
  const own = headers.map(([name, value]) =>
    name === personHeader ? ([name, person] as const) : ([name, value] as const),
  );
  const added = options.explicit ? (explicitHeaders ?? []) : null;
  const request = planRequestHeaders(host, own, added, ownNames(routes.upstream), scheme);
  const strict =
    options.strictTransport === null ? [] : ['Strict-Transport-Security', options.strictTransport];
  return {
    upstream: { ...upstream, rewrites: upstream.guestRewrites ?? upstream.rewrites },
    checkHolder: routes.checkHolder,
    pool,
    missedRewrites: routes.missedRewrites,
    // Something can only be put behind a page that is not compressed.
    request:
      options.appended === null
        ? request
        : { ...request, withheld: new Set([...request.withheld, 'accept-encoding']) },
    response: { ...routes.response, added: strict },
    appended: options.appended,
  };
}

/**
 * Where the server wants guests of this role to be sent to. Headers that the role's
 * route does not set are withheld from a client's request all the same.
 */
function ofRole(
  routes: UpstreamRoutes,
  { role }: GuestSession,
): Pick<UpstreamRoute, 'upstream' | 'pool'> & Pick<Upstream, 'headers'> {
  const own = routes.roles.get(role);
  if (own === undefined) return { ...routes, headers: routes.upstream.headers };
  return { upstream: own.upstream, pool: own.pool, headers: own.upstream.headers };
}

interface Made {
  readonly route: UpstreamRoute;
  /** The header's value; near the end of a certificate it changes each second, so only the last is kept. */
  readonly strictTransport: string | null;
}

/** Made once for each session and kind of request. */
export class GuestUpstreamRoutes {
  #routes: UpstreamRoutes | null = null;
  readonly #guestRoutes = new Map<string, Map<number, Made>>();

  of(routes: UpstreamRoutes, session: GuestSession, options: GuestRouteOptions): UpstreamRoute {
    if (routes !== this.#routes) this.#guestRoutes.clear();
    this.#routes = routes;
    const { strictTransport } = options;
    const key = (options.explicit ? 2 : 0) + (options.appended === null ? 0 : 1);
    const known = this.#guestRoutes.get(session.id)?.get(key);
    if (known !== undefined && known.strictTransport === strictTransport) return known.route;
    const route = makeGuestRoute(routes, session, options);
    const ofSession = this.#guestRoutes.get(session.id) ?? new Map<number, Made>();
    this.#guestRoutes.set(session.id, ofSession.set(key, { route, strictTransport }));
    return route;
  }

  forget(session: string): void {
    this.#guestRoutes.delete(session);
  }
}
