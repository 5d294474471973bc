/** How the gateway reaches one run of a server: connections, and the headers that it sends each time. */
import type { Pool as PoolType } from 'undici';
import Pool from 'undici/lib/dispatcher/pool.js';
import type { Role } from '../../../../shared/model.ts';
import type { Address, CheckHolder, Upstream } from '../../ports.ts';
import { connectUpstream } from './connect-upstream.ts';
import { passingAuthorization, planRequestHeaders, type RequestPlan } from './request-headers.ts';
import type { Facts } from '../request/facts.ts';
import { branchPath } from './page-rewriter.ts';
import type { ResponsePlan } from './response-headers.ts';
import { maxUpstreamHeaderBytes } from './upstream-fault.ts';

/** Everything that one run of a server needs, made once. */
export interface UpstreamRoute {
  readonly upstream: Upstream;
  readonly checkHolder: CheckHolder;
  readonly pool: PoolType;
  readonly request: RequestPlan;
  readonly response: ResponsePlan;
  /** Put behind the HTML of a page that a person opens; null or absent: nothing. */
  readonly appended?: Buffer | null | undefined;
  /** Paths of pages in which nothing was rewritten: each is logged once. */
  readonly missedRewrites: Set<string>;
}

export interface UpstreamRoutes extends UpstreamRoute {
  /** The route of a request whose credential no page can forge. */
  readonly explicit: UpstreamRoute;
  /** Roles whose guests are sent elsewhere, or with another credential. */
  readonly roles: ReadonlyMap<Role, Pick<UpstreamRoute, 'upstream' | 'pool'>>;
}

/** Lets answers in progress finish. */
export async function closeRoute(routes: UpstreamRoutes): Promise<void> {
  await Promise.all(poolsOf(routes).map(pool => pool.close()));
}

export async function destroyRoute(routes: UpstreamRoutes): Promise<void> {
  await Promise.all(poolsOf(routes).map(pool => pool.destroy()));
}

function poolsOf({ pool, roles }: UpstreamRoutes): readonly PoolType[] {
  return [...new Set([pool, ...[...roles.values()].map(route => route.pool)])];
}

export function openRoute(upstream: Upstream, checkHolder: CheckHolder): UpstreamRoutes {
  const { address, host } = upstream;
  const scheme = upstream.scheme ?? null;
  const pool = openPool(address, checkHolder);
  const names = new Set([host.toLowerCase(), ...namesOf(address)]);
  const roles = new Map<Role, Pick<UpstreamRoute, 'upstream' | 'pool'>>();
  for (const role of allRoles) {
    const own = upstream.forRole?.[role];
    if (own === undefined) continue;
    for (const name of namesOf(own.address)) names.add(name);
    const same = JSON.stringify(own.address) === JSON.stringify(address);
    roles.set(role, {
      upstream: { ...upstream, ...own },
      pool: same ? pool : openPool(own.address, checkHolder),
    });
  }
  const route = {
    upstream,
    checkHolder,
    pool,
    missedRewrites: new Set<string>(),
    request: planRequestHeaders(host, upstream.headers, null, ownNames(upstream), scheme),
    response: {
      withheldCookies: upstream.withheldCookies.map(
        pattern => new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, '')),
      ),
      upstreamOrigins: [...names].flatMap(name =>
        scheme === null ? [`http://${name}`] : [`http://${name}`, `https://${name}`],
      ),
      scheme,
      contentPaths: upstream.contentPaths,
    },
  };
  const explicit = {
    ...route,
    request: planRequestHeaders(
      host,
      upstream.headers,
      upstream.explicitHeaders ?? [],
      ownNames(upstream),
      scheme,
    ),
  };
  return { ...route, explicit, roles };
}

/**
 * Where an upgrade leads: to a further port of the server, where its path is one of a branch. Any other
 * spelling of that path leads to the server itself.
 */
export function upgradeRoute(
  route: UpstreamRoute,
  facts: Facts,
): { readonly route: UpstreamRoute; readonly facts: Facts } {
  const branch = route.upstream.branches?.find(({ paths }) =>
    paths.some(path => branchPath(path, facts) === facts.path),
  );
  if (branch === undefined) return { route, facts };
  const target = facts.query === '' ? branch.target : `${branch.target}?${facts.query}`;
  return {
    route: { ...route, upstream: { ...route.upstream, address: branch.address } },
    facts: { ...facts, target },
  };
}

/**
 * The route of a request whose Authorization is for the server's own users. It does not change where the
 * gateway sets an Authorization itself.
 */
export function withAuthorizationPassthrough(route: UpstreamRoute): UpstreamRoute {
  const said = ownNames(route.upstream).some(name => name.toLowerCase() === 'authorization');
  return said ? route : { ...route, request: passingAuthorization(route.request) };
}

/** Every header that the gateway sends to the server, for any client. */
export function ownNames({ headers, explicitHeaders, forRole }: Upstream): readonly string[] {
  const ofRoles = Object.values(forRole ?? {}).flatMap(own => own.headers);
  return [...headers, ...ofRoles, ...(explicitHeaders ?? [])].map(([name]) => name);
}

const allRoles: readonly Role[] = ['viewer', 'editor', 'full'];

function authorityOf(address: Address): string {
  return address.kind === 'port' ? `127.0.0.1:${address.port}` : 'localhost';
}

/** The names by which the server may call itself. */
function namesOf(address: Address): readonly string[] {
  const authority = authorityOf(address);
  return address.kind === 'port' ? [authority, `localhost:${address.port}`] : [authority];
}

function openPool(address: Address, checkHolder: CheckHolder): PoolType {
  return new Pool(`http://${authorityOf(address)}`, {
    // Idle streams and slow cells are normal here; a client that has waited enough hangs up, and that ends
    // the request.
    headersTimeout: 0,
    bodyTimeout: 0,
    maxHeaderSize: maxUpstreamHeaderBytes,
    connect: (_options, done) => {
      void connectUpstream(address, checkHolder, {
        connected: socket => done(null, socket),
        failed: error => done(error, null),
      });
    },
  });
}
