/** The way of a guest's request to the server: the owner's, with the guest's name in the place of the owner's. */
import type { GuestPass } from '../../share-ports.ts';
import { Secret } from '../../secret.ts';
import type { Upstream } from '../../ports.ts';
import { ownNames, type Route, type Way } from '../forward/upstream-route.ts';
import { planRequestHeaders } from '../forward/request-headers.ts';

export interface GuestWayOptions {
  /** No page can have made a browser send the credential. */
  readonly explicit: boolean;
  /** A person opens a page, to which this is appended; null for everything else. */
  readonly appended: Buffer | null;
  /** Value of Strict-Transport-Security; null for none. */
  readonly strictTransport: string | null;
}

/** What the server is told of who asks. Marked, so that nobody can call himself as the owner is called. */
export function guestName(pass: Pick<GuestPass, 'name'>): string {
  return pass.name === '' ? 'guest' : `${pass.name} (guest)`;
}

export function makeGuestWay(route: Route, pass: GuestPass, options: GuestWayOptions): Way {
  const { host, explicitHeaders, personHeader, scheme } = route.upstream;
  const { headers, pool, upstream } = ofRole(route, pass);
  const person = new Secret(encodeURIComponent(guestName(pass)));
  const own = headers.map(([name, value]) =>
    name === personHeader ? ([name, person] as const) : ([name, value] as const),
  );
  const added = options.explicit ? (explicitHeaders ?? []) : null;
  const request = planRequestHeaders(host, own, added, ownNames(route.upstream), scheme);
  const strict =
    options.strictTransport === null ? [] : ['Strict-Transport-Security', options.strictTransport];
  return {
    upstream: { ...upstream, rewrites: upstream.guestRewrites ?? upstream.rewrites },
    checkHolder: route.checkHolder,
    pool,
    unlike: route.unlike,
    // Something can only be put behind a page that is not compressed.
    request:
      options.appended === null
        ? request
        : { ...request, withheld: new Set([...request.withheld, 'accept-encoding']) },
    response: { ...route.response, added: strict },
    appended: options.appended,
  };
}

/** Where the server wants guests of this role to be sent to. What the role's way does not say, a client may not say either. */
function ofRole(
  route: Route,
  { role }: GuestPass,
): Pick<Way, 'upstream' | 'pool'> & Pick<Upstream, 'headers'> {
  const own = route.roles.get(role);
  if (own === undefined) return { ...route, headers: route.upstream.headers };
  return { upstream: own.upstream, pool: own.pool, headers: own.upstream.headers };
}

interface Made {
  readonly way: Way;
  /** What it says; towards the end of a certificate another with each second, so only the last is kept. */
  readonly strictTransport: string | null;
}

/** Made once for each session and kind of request. */
export class GuestWays {
  #route: Route | null = null;
  readonly #ways = new Map<string, Map<number, Made>>();

  of(route: Route, pass: GuestPass, options: GuestWayOptions): Way {
    if (route !== this.#route) this.#ways.clear();
    this.#route = route;
    const { strictTransport } = options;
    const key = (options.explicit ? 2 : 0) + (options.appended === null ? 0 : 1);
    const known = this.#ways.get(pass.session)?.get(key);
    if (known !== undefined && known.strictTransport === strictTransport) return known.way;
    const way = makeGuestWay(route, pass, options);
    const ofSession = this.#ways.get(pass.session) ?? new Map<number, Made>();
    this.#ways.set(pass.session, ofSession.set(key, { way, strictTransport }));
    return way;
  }

  forget(session: string): void {
    this.#ways.delete(session);
  }
}
