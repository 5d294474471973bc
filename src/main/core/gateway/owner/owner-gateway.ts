/**
 * The owner's gateway of one server, put together: limits, facts, authorize, headers, forward, one guard for
 * requests and upgrades, and a table of everything that is open, so that revoking access ends what it opened.
 */
import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { AccessLink } from '../../../../shared/model.ts';
import type { Gateway, GatewayRules } from '../../gateway-ports.ts';
import { mintSecret } from '../../secret.ts';
import { sendAnswer, sendRawAnswer } from '../http-answer.ts';
import { openSignInLinks, type SignInLinks } from './sign-in-links.ts';
import { addCode } from '../request/one-time-codes.ts';
import { openOwnerGatewayState, type OwnerGatewayState } from './owner-gateway-state.ts';
import type { HttpExchange, UpgradeExchange } from '../exchange.ts';
import { forwardExchange, upgradeExchange } from '../forward/forward-exchange.ts';
import { ownOrigin, type Facts, type Listener } from '../request/facts.ts';
import { withAuthorizationPassthrough, type UpstreamRoute } from '../forward/upstream-route.ts';
import { isExplicit } from '../request/authorize.ts';
import { guard, type OpenVerdict } from './owner-guard.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { listenOnLoopback } from '../listen/loopback-listener.ts';
import { openNamelessListener } from '../listen/nameless-listener.ts';
import { answerOwnPage } from './owner-routes.ts';
import { serve } from '../listen/http-server.ts';

/**
 * Listens on loopback and answers at once; until `setUpstream` names a server, with a page that says why
 * there is none.
 */
export async function openGateway(rules: GatewayRules, limits: Limits = defaultLimits): Promise<Gateway> {
  const gateway = openOwnerGatewayState(rules, limits);
  const listener = await listenOnLoopback(rules, limits, server => attach(gateway, server));
  gateway.setPort(listener.port);
  const { basePath = '' } = rules;
  const origin = `${gateway.listener.scheme ?? 'http'}://127.0.0.1:${listener.port}`;
  const openLinks = new Set<SignInLinks>();
  const sweep = setInterval(() => gateway.sweep(), limits.sweepMs).unref();
  return {
    port: listener.port,
    windowToken: () => gateway.windowToken,
    holds: token => gateway.tokenIsRight(token),
    url: `${ownOrigin(gateway.listener)}${basePath}/`,
    origin,
    setUpstream: state => gateway.upstream.set(state),
    oneTimeLink: () => oneTimeLink(gateway, limits),
    beginLink: options => openSignInLink(gateway, limits, options.seen, openLinks),
    toolLink: () => ({
      // A gateway that asks for no token does not give it away either.
      url: `${origin}${basePath}/${rules.asksForToken === false ? '' : `?token=${encodeURIComponent(gateway.token.reveal())}`}`,
      expiresAt: null,
    }),
    rotate: token => gateway.rotate(token),
    connections: () => gateway.traffic.exchanges.size,
    lastUsed: () => gateway.lastUsed,
    async close() {
      clearInterval(sweep);
      for (const each of openLinks) each.close();
      gateway.traffic.exchanges.end();
      await Promise.all([listener.close(), gateway.close()]);
    },
  };
}

function oneTimeLink(gateway: OwnerGatewayState, limits: Limits): AccessLink {
  const code = mintSecret();
  const endsAt = addCode(gateway.codes, gateway.rules.clock(), code, limits);
  return {
    url: `${ownOrigin(gateway.listener)}/_gatehouse/open?code=${code.reveal()}`,
    expiresAt: new Date(endsAt).toISOString(),
  };
}

async function openSignInLink(
  gateway: OwnerGatewayState,
  limits: Limits,
  seen: boolean,
  openLinks: Set<SignInLinks>,
): Promise<AccessLink> {
  const { ownAccount } = gateway.rules;
  const one: SignInLinks = await openSignInLinks({
    limits,
    seen,
    ownAccount,
    link: () => oneTimeLink(gateway, limits).url,
    // A certificate that the browser does not know yet would look like a name that it does not know.
    here: gateway.secure ? null : `${ownOrigin(gateway.listener)}/_gatehouse/here`,
    async otherLink() {
      gateway.namelessOpening ??= openNamelessListener(limits, ownAccount, process.platform, server =>
        attach(gateway, server, () => gateway.namelessListener),
      );
      const nameless = await gateway.namelessOpening;
      gateway.nameless = nameless;
      return nameless === null ? null : `http://${nameless.host}/_gatehouse/open?code=${gateway.makeCode()}`;
    },
    closed: () => openLinks.delete(one),
  });
  openLinks.add(one);
  return one.link;
}

function attach(
  gateway: OwnerGatewayState,
  server: Server,
  listener = (): Listener => gateway.listener,
): void {
  const connection = gateway.rules.tls === undefined ? 'connection' : 'secureConnection';
  server.on(connection, (socket: Socket) => gateway.traffic.connectionLimiter.enter(socket));
  serve<OpenVerdict>(
    {
      traffic: gateway.traffic,
      decide: (request, connection, upgrade) => guard(gateway, request, connection, upgrade, listener()),
      ownPage: asked => answerOwnPage(gateway, asked),
      forward: (exchange, verdict) => onForward(gateway, exchange, verdict),
      upgrade: (exchange, verdict) => onUpgrade(gateway, exchange, verdict),
    },
    server,
  );
}

function onForward(gateway: OwnerGatewayState, exchange: HttpExchange, verdict: OpenVerdict): void {
  const { facts, response } = exchange;
  gateway.used(verdict.session);
  const route = routeFor(gateway, facts, verdict);
  if (route === null) {
    sendAnswer(response, gateway.upstream.unavailable(facts));
    return;
  }
  gateway.traffic.addRequest(exchange, verdict.session);
  forwardExchange(gateway, route, exchange);
}

function onUpgrade(gateway: OwnerGatewayState, exchange: UpgradeExchange, verdict: OpenVerdict): void {
  const { facts, socket } = exchange;
  gateway.used(verdict.session);
  const route = routeFor(gateway, facts, verdict);
  if (route === null) {
    sendRawAnswer(socket, gateway.upstream.unavailable(facts));
    return;
  }
  gateway.traffic.addWebSocket(exchange, verdict.session);
  upgradeExchange(gateway, route, exchange);
}

/** The route to the server for this kind of credential; null while there is none. */
function routeFor(gateway: OwnerGatewayState, facts: Facts, verdict: OpenVerdict): UpstreamRoute | null {
  const { routes } = gateway.upstream;
  if (routes === null) return null;
  const route = isExplicit(verdict.by, facts) ? routes.explicit : routes;
  return verdict.foreign === true ? withAuthorizationPassthrough(route) : route;
}
