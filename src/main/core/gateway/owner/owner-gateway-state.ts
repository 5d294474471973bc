/**
 * Access to the owner's gateway: the token, sessions and codes that open it, and the names it has. The server
 * behind it and what is open are parts that both gateways have. Every decision is in the pure files that this
 * one calls.
 */
import type { GatewayRules } from '../../gateway-ports.ts';
import { hashSecret, matchesHash, mintSecret, type Secret } from '../../secret.ts';
import { redirectAnswer, type Answer } from '../http-answer.ts';
import { noteFailure, type AttemptTable } from '../request/attempts.ts';
import { authorize, type Verdict } from '../request/authorize.ts';
import { addCode, knowsCode, takeCode, type CodeTable } from '../request/one-time-codes.ts';
import type { Connection } from '../listen/connection.ts';
import { secureSessionCookie, setSessionCookie } from '../request/cookies.ts';
import type { Facts, Listener } from '../request/facts.ts';
import type { OwnerGuardContext } from './owner-guard.ts';
import { makeHosts, ownNameAt } from '../request/hosts.ts';
import type { Limits } from '../limits.ts';
import { GatewayUpstream } from '../forward/gateway-upstream.ts';
import { Traffic } from '../listen/traffic.ts';
import type { NamelessListener } from '../listen/nameless-listener.ts';
import type { OwnerRouteContext } from './owner-routes.ts';
import { unavailablePage } from './owner-pages.ts';
import type { RefusalLog } from '../refusal-log.ts';
import { credentialLocationsOf } from '../request/credential-locations.ts';
import { silentProxy, TrustedProxies } from '../request/trusted-proxies.ts';
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
  readonly upstream: GatewayUpstream;
  readonly traffic: Traffic<Session>;
  readonly codes: CodeTable = new Map();
  /** Kept for `toolLink`; requests are compared with its hash. */
  token: Secret<string>;
  lastUsed = 0;
  /** The same gateway at an address without a name; null until a browser needed it. */
  nameless: NamelessListener | null = null;
  namelessOpening: Promise<NamelessListener | null> | null = null;
  /** Made again when the owner changes the names. */
  #listener: Listener;
  #extraHosts: readonly string[] = [];
  #port = 0;
  readonly #sessions: SessionTable = new Map();
  readonly #attempts: AttemptTable = new Map();
  #windowToken: Secret<string> = mintSecret();
  #tokenHash: Buffer;
  #windowHash: Buffer = hashSecret(this.#windowToken.reveal());
  constructor(rules: GatewayRules, limits: Limits) {
    this.rules = rules;
    this.limits = limits;
    this.traffic = new Traffic(rules, limits);
    this.upstream = new GatewayUpstream({
      log: rules.log,
      endWebSockets: () => this.traffic.exchanges.endWebSockets(),
      unavailable: {
        retrySeconds: { soon: 1, later: 5 },
        page: ({ state, reason }, _soon, retrySeconds, mark) =>
          unavailablePage(rules.name, state, reason, retrySeconds, mark),
        reason: ({ state, reason }) => (reason === '' ? state : `${state}: ${reason}`),
      },
    });
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

  get refusalLog(): RefusalLog {
    return this.traffic.refusalLog;
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

  verdict(facts: Facts, connection: Connection): Verdict {
    return authorize(this.rules.clock(), facts, {
      tokenHash: this.#tokenHash,
      windowHash: this.#windowHash,
      asksForToken: this.rules.asksForToken,
      sessions: this.#sessions,
      limits: this.limits,
      digestOf: connection.digestOf,
      passesAuthorization: this.upstream.passesAuthorization,
    });
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
    return redirectAnswer(303, facts.ownOrigin + (next === '/' ? this.upstream.landing : next), headers);
  }

  signOut(verdict: Extract<Verdict, { readonly open: true }>): void {
    if (verdict.session === null) return;
    endSession(this.#sessions, verdict.session);
    this.traffic.exchanges.end(verdict.session);
    this.rules.log.info('a browser was signed out', { session: verdict.session.id });
  }

  rotate(token: Secret<string>): void {
    this.token = token;
    this.#tokenHash = hashSecret(token.reveal());
    this.#windowToken = mintSecret();
    this.#windowHash = hashSecret(this.#windowToken.reveal());
    this.#sessions.clear();
    this.codes.clear();
    this.traffic.exchanges.end();
  }

  used(session: Session | null): void {
    const now = this.rules.clock();
    this.lastUsed = now;
    if (session !== null) session.lastSeen = now;
  }

  /** Ends what is over. A session whose WebSocket is open is in use. */
  sweep(): void {
    const now = this.rules.clock();
    for (const session of this.traffic.sweep()) session.lastSeen = now;
    for (const session of dropEnded(this.#sessions, now, this.limits)) this.traffic.exchanges.end(session);
  }

  async close(): Promise<void> {
    this.#sessions.clear();
    this.codes.clear();
    await (await this.namelessOpening)?.close();
    await this.upstream.close();
  }
}

export function openOwnerGatewayState(rules: GatewayRules, limits: Limits): OwnerGatewayState {
  return new OwnerGatewayState(rules, limits);
}
