/**
 * The state of one gateway: what opens it, who is in, and the server behind. Every decision about it is in
 * the pure files that it calls.
 */
import type { GatewayRules, UpstreamState } from '../../gateway-ports.ts';
import { hashSecret, matchesHash, mintSecret, type Secret } from '../../secret.ts';
import { jsonAnswer, redirectAnswer, type Answer } from '../http-answer.ts';
import { noteFailure, type AttemptTable } from '../request/attempts.ts';
import { authorize, type Verdict } from '../request/authorize.ts';
import { addCode, knowsCode, takeCode, type CodeTable } from '../request/one-time-codes.ts';
import { ChangeWait } from '../change-wait.ts';
import { connectionOf, type Connection, type Connections } from '../listen/connection.ts';
import { secureSessionCookie, setSessionCookie } from '../request/cookies.ts';
import { openConnectionLimiter, type ConnectionLimiter } from '../listen/connection-limiter.ts';
import type { Facts, Listener } from '../request/facts.ts';
import { closeRoute, destroyRoute, openRoute, type UpstreamRoutes } from '../forward/upstream-route.ts';
import { refuse, type OwnerGuardContext } from './owner-guard.ts';
import { makeHosts, ownNameAt } from '../request/hosts.ts';
import type { Limits } from '../limits.ts';
import { openActiveExchanges, type ActiveExchanges } from '../listen/active-exchanges.ts';
import type { NamelessListener } from '../listen/nameless-listener.ts';
import type { OwnerRouteContext } from './owner-routes.ts';
import { unavailablePage } from './owner-pages.ts';
import { openRefusalLog, type RefusalLog } from '../refusal-log.ts';
import { credentialLocationsOf } from '../request/credential-locations.ts';
import { silentProxy, TrustedProxies } from '../request/trusted-proxies.ts';
import { isUserContent } from '../request/user-content.ts';
import {
  dropEnded,
  endSession,
  openSession,
  type Session,
  type SessionTable,
} from '../request/owner-session.ts';

export class OwnerGatewayState implements OwnerGuardContext, OwnerRouteContext {
  readonly rules: GatewayRules;
  readonly limits: Limits;
  readonly exchanges: ActiveExchanges = openActiveExchanges();
  readonly change = new ChangeWait();
  readonly codes: CodeTable = new Map();
  readonly connections: Connections = new WeakMap();
  readonly connectionLimiter: ConnectionLimiter;
  readonly refusalLog: RefusalLog;
  /** Kept for `toolLink`; requests are compared with its hash. */
  token: Secret<string>;
  /** How to reach the server; null while there is none. */
  routes: UpstreamRoutes | null = null;
  lastUsed = 0;
  /** The same door at an address without a name; null until a browser needed it. */
  nameless: NamelessListener | null = null;
  namelessOpening: Promise<NamelessListener | null> | null = null;
  /** Made anew when the owner changes the names. */
  #listener: Listener;
  #extraHosts: readonly string[] = [];
  #port = 0;
  readonly #sessions: SessionTable = new Map();
  readonly #attempts: AttemptTable = new Map();
  #windowToken: Secret<string> = mintSecret();
  #tokenHash: Buffer;
  #windowHash: Buffer = hashSecret(this.#windowToken.reveal());
  #state: UpstreamState = { state: 'starting', reason: '', reach: { kind: 'away' }, landing: '/' };

  constructor(rules: GatewayRules, limits: Limits) {
    this.rules = rules;
    this.limits = limits;
    this.connectionLimiter = openConnectionLimiter(limits, socket => connectionOf(this.connections, socket));
    this.refusalLog = openRefusalLog(rules.log, rules.clock);
    this.token = rules.token;
    this.#tokenHash = hashSecret(rules.token.reveal());
    this.#listener = this.#makeListener();
  }

  get windowToken(): Secret<string> {
    return this.#windowToken;
  }

  get name(): string {
    return this.rules.name;
  }

  get secure(): boolean {
    return this.rules.tls !== undefined;
  }

  get landing(): string {
    return this.#state.landing;
  }

  closed(path: string): string | null {
    return this.routes?.upstream.closed?.(path) ?? null;
  }

  isUserContent(path: string): boolean {
    return isUserContent(this.routes?.upstream.contentPaths, path);
  }

  get formBytes(): number {
    return this.limits.formBytes;
  }

  get formMs(): number {
    return this.limits.formMs;
  }

  get listener(): Listener {
    if (this.rules.extraHosts() !== this.#extraHosts) this.#listener = this.#makeListener();
    return this.#listener;
  }

  #makeListener(): Listener {
    this.#extraHosts = this.rules.extraHosts();
    return {
      hosts: makeHosts(this.rules.host, this.#port, this.#extraHosts),
      scheme: this.rules.tls === undefined ? 'http' : 'https',
      headerCount: this.limits.headerCount,
      trustedProxies: new TrustedProxies(this.rules.trustedProxies, proxy =>
        this.rules.log.warn(silentProxy, { proxy }),
      ),
      credentialLocations: credentialLocationsOf(this.rules.clientCredential),
      ...(this.rules.tls === undefined ? {} : { cookie: secureSessionCookie }),
    };
  }

  setPort(port: number): void {
    this.#port = port;
    this.#listener = this.#makeListener();
  }

  get namelessListener(): Listener {
    const { host = '', cookie = '' } = this.nameless ?? {};
    return { ...this.listener, hosts: { own: host, kinds: new Map([[host, 'own']]) }, cookie };
  }

  setUpstream(state: UpstreamState): void {
    const { state: before, reason } = this.#state;
    this.#state = state;
    if (before !== state.state || reason !== state.reason) this.change.changed();
    const { reach } = state;
    const { routes } = this;
    if (reach.kind === 'open' && reach.upstream === routes?.upstream) return;
    this.routes = reach.kind === 'open' ? openRoute(reach.upstream, reach.checkHolder) : null;
    // A request ends with its connection; one that waits for a connection is answered.
    if (reach.kind === 'shut') this.exchanges.endWebSockets();
    if (routes !== null) void (reach.kind === 'shut' ? destroyRoute(routes) : closeRoute(routes));
  }

  verdict(facts: Facts, connection: Connection): Verdict {
    return authorize(this.rules.clock(), facts, {
      tokenHash: this.#tokenHash,
      windowHash: this.#windowHash,
      asksForToken: this.rules.asksForToken,
      sessions: this.#sessions,
      limits: this.limits,
      digestOf: connection.digestOf,
      passesAuthorization: this.routes?.upstream.passesAuthorization === true,
    });
  }

  refuse(facts: Facts, verdict: Verdict): Answer {
    return refuse(this, facts, verdict.open ? 'no-credential' : verdict.reason);
  }

  tokenIsRight(token: string): boolean {
    return matchesHash(token, this.#tokenHash);
  }

  failed(facts: Facts): ReturnType<typeof noteFailure> {
    return noteFailure(this.#attempts, this.rules.clock(), facts.client, this.limits);
  }

  takeCode(code: string): boolean {
    return takeCode(this.codes, this.rules.clock(), code);
  }

  knowsCode(code: string): boolean {
    return knowsCode(this.codes, this.rules.clock(), code);
  }

  makeCode(): string {
    const code = mintSecret();
    addCode(this.codes, this.rules.clock(), code, this.limits);
    return code.reveal();
  }

  redeemUrl(facts: Facts, code: string, next: string): string {
    const asked = new URLSearchParams(next === '/' ? { code } : { code, next });
    const host = facts.hostKind === 'own' ? facts.host : ownNameAt(this.listener.hosts, facts.host);
    return `${facts.scheme}://${host}/_gatehouse/open?${asked.toString()}`;
  }

  signIn(facts: Facts, next: string): Answer {
    const value = mintSecret();
    const session = openSession(this.#sessions, this.rules.clock(), value, this.limits);
    this.rules.log.info('a browser was signed in', { session: session.id });
    const { nameless } = this;
    const cookie =
      facts.host === nameless?.host
        ? setSessionCookie(value.reveal(), false, nameless.cookie)
        : setSessionCookie(value.reveal(), this.secure);
    return this.#lead(facts, next, ['Set-Cookie', cookie]);
  }

  exchange(facts: Facts, verdict: Verdict & { readonly open: true }): Answer {
    return verdict.by === 'query' ? this.signIn(facts, facts.target) : this.#lead(facts, facts.target, []);
  }

  /** The whole address is written, so that no path can lead to another host. */
  #lead(facts: Facts, next: string, headers: readonly string[]): Answer {
    return redirectAnswer(303, facts.ownOrigin + (next === '/' ? this.#state.landing : next), headers);
  }

  nextChange(): Promise<Answer> {
    return this.change.answer(this.routes !== null);
  }

  signOut(verdict: Verdict): void {
    if (!verdict.open || verdict.session === null) return;
    endSession(this.#sessions, verdict.session);
    this.exchanges.end(verdict.session);
    this.rules.log.info('a browser was signed out', { session: verdict.session.id });
  }

  rotate(token: Secret<string>): void {
    this.token = token;
    this.#tokenHash = hashSecret(token.reveal());
    this.#windowToken = mintSecret();
    this.#windowHash = hashSecret(this.#windowToken.reveal());
    this.#sessions.clear();
    this.codes.clear();
    this.exchanges.end();
  }

  used(session: Session | null): void {
    const now = this.rules.clock();
    this.lastUsed = now;
    if (session !== null) session.lastSeen = now;
  }

  unavailable(facts: Facts): Answer {
    const { state, reason } = this.#state;
    const soon = state === 'starting' || state === 'restarting' || state === 'ready';
    const retrySeconds = soon ? 1 : 5;
    if (facts.navigation) return unavailablePage(this.name, state, reason, retrySeconds, this.change.mark);
    const why = reason === '' ? state : `${state}: ${reason}`;
    return jsonAnswer(503, `The server cannot be reached (${why})`, ['Retry-After', String(retrySeconds)]);
  }

  /** Ends what is over. A session whose WebSocket is open is in use. */
  sweep(): void {
    const now = this.rules.clock();
    this.connectionLimiter.sweep(now);
    for (const session of this.exchanges.sweep(now, this.limits)) session.lastSeen = now;
    for (const session of dropEnded(this.#sessions, now, this.limits)) this.exchanges.end(session);
  }

  async close(): Promise<void> {
    this.#sessions.clear();
    this.codes.clear();
    await (await this.namelessOpening)?.close();
    if (this.routes !== null) await destroyRoute(this.routes);
  }
}

export function openOwnerGatewayState(rules: GatewayRules, limits: Limits): OwnerGatewayState {
  return new OwnerGatewayState(rules, limits);
}
