/**
 * The only door to one server. It is put together here: limits, facts, authorize, headers, forward;
 * one guard for requests and upgrades; and a table of everything that is open, so that revoking a right ends
 * what it opened.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { AccessLink } from '../../../../shared/model.ts';
import type { Gateway, GatewayRules } from '../../gateway-ports.ts';
import { mintSecret } from '../../secret.ts';
import { sendAnswer, sendRawAnswer, type Answer } from '../http-answer.ts';
import { openSignInLinks, type SignInLinks } from './sign-in-links.ts';
import { addCode } from '../request/one-time-codes.ts';
import { openOwnerGatewayState, type OwnerGatewayState } from './owner-gateway-state.ts';
import { ownOrigin, type Facts, type Listener } from '../request/facts.ts';
import { forward, rewriteMissed } from '../forward/forward.ts';
import { withAuthorizationPassthrough, upgradeRoute, type UpstreamRoute } from '../forward/upstream-route.ts';
import { isExplicit, type Verdict } from '../request/authorize.ts';
import { guard } from './owner-guard.ts';
import { defaultLimits, type Limits } from '../limits.ts';
import { listenOnLoopback } from '../listen/loopback-listener.ts';
import { openNamelessListener } from '../listen/nameless-listener.ts';
import { answerOwnPage } from './owner-routes.ts';
import { logField } from '../refusal-log.ts';
import { serve } from '../listen/http-server.ts';
import { splice } from '../websocket/websocket.ts';
import { answerToFault } from '../forward/upstream-fault.ts';

type OpenVerdict = Extract<Verdict, { readonly open: true }>;

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
  const begun = new Set<SignInLinks>();
  const sweep = setInterval(() => gateway.sweep(), limits.sweepMs).unref();
  return {
    port: listener.port,
    windowToken: () => gateway.windowToken,
    holds: token => gateway.tokenIsRight(token),
    url: `${ownOrigin(gateway.listener)}${basePath}/`,
    origin,
    setUpstream: state => gateway.setUpstream(state),
    oneTimeLink: () => oneTimeLink(gateway, limits),
    beginLink: options => begin(gateway, limits, options.seen, begun),
    toolLink: () => ({
      // Where nobody is asked for it, the token is told to nobody.
      url: `${origin}${basePath}/${rules.asksForToken === false ? '' : `?token=${encodeURIComponent(gateway.token.reveal())}`}`,
      expiresAt: null,
    }),
    rotate: token => gateway.rotate(token),
    connections: () => gateway.exchanges.size,
    lastUsed: () => gateway.lastUsed,
    async close() {
      clearInterval(sweep);
      for (const each of begun) each.close();
      gateway.exchanges.end();
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

async function begin(
  gateway: OwnerGatewayState,
  limits: Limits,
  seen: boolean,
  begun: Set<SignInLinks>,
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
    closed: () => begun.delete(one),
  });
  begun.add(one);
  return one.link;
}

function attach(
  gateway: OwnerGatewayState,
  server: Server,
  listener = (): Listener => gateway.listener,
): void {
  const connection = gateway.rules.tls === undefined ? 'connection' : 'secureConnection';
  server.on(connection, (socket: Socket) => gateway.connectionLimiter.enter(socket));
  serve<OpenVerdict>(
    {
      limits: gateway.limits,
      connections: gateway.connections,
      connectionLimiter: gateway.connectionLimiter,
      log: gateway.rules.log,
      decide: (request, connection, upgrade) => guard(gateway, request, connection, upgrade, listener()),
      ownPage: (facts, request, connection) => answerOwnPage(gateway, facts, request, connection),
      forward: (facts, verdict, request, response) => onForward(gateway, facts, verdict, request, response),
      upgrade: (facts, verdict, request, socket, head) =>
        onUpgrade(gateway, facts, verdict, request, socket, head),
    },
    server,
  );
}

function onForward(
  gateway: OwnerGatewayState,
  facts: Facts,
  verdict: OpenVerdict,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { session } = verdict;
  gateway.used(session);
  const routes = routeFor(gateway, facts, verdict);
  if (routes === null) {
    sendAnswer(response, gateway.unavailable(facts));
    return;
  }
  const slot = gateway.exchanges.add({ kind: 'request', session, request, response });
  response.once('close', () => gateway.exchanges.delete(slot));
  forward(routes, request, response, facts, {
    failed(error) {
      if (!response.destroyed) sendAnswer(response, failure(gateway, facts, error));
    },
    broken(error) {
      gateway.rules.log.warn('the server broke off an answer', {
        path: logField(facts.path),
        error: error.message,
      });
    },
    unlike: () => gateway.rules.log.warn(rewriteMissed, { path: logField(facts.path) }),
  });
}

function onUpgrade(
  gateway: OwnerGatewayState,
  facts: Facts,
  verdict: OpenVerdict,
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  gateway.used(verdict.session);
  const routes = routeFor(gateway, facts, verdict);
  if (routes === null) {
    sendRawAnswer(socket, gateway.unavailable(facts));
    return;
  }
  const slot = gateway.exchanges.add({ kind: 'websocket', session: verdict.session, socket });
  socket.once('close', () => gateway.exchanges.delete(slot));
  const leads = upgradeRoute(routes, facts);
  splice(leads.route, request, socket, head, leads.facts, gateway.limits, {
    failed: error => sendRawAnswer(socket, failure(gateway, facts, error)),
  });
}

/** The way to the server for this kind of credential; null while there is none. */
function routeFor(gateway: OwnerGatewayState, facts: Facts, verdict: OpenVerdict): UpstreamRoute | null {
  if (gateway.routes === null) return null;
  const route = isExplicit(verdict.by, facts) ? gateway.routes.explicit : gateway.routes;
  return verdict.foreign === true ? withAuthorizationPassthrough(route) : route;
}

/**
 * The server was there a moment ago and gave no answer: it may be dying, or it was asked something that
 * cannot be sent.
 */
function failure(gateway: OwnerGatewayState, facts: Facts, error: Error): Answer {
  gateway.rules.log.warn('the server did not answer', { path: logField(facts.path), error: error.message });
  return answerToFault(error) ?? gateway.unavailable(facts);
}
