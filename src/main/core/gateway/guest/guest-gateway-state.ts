/**
 * Access to a guests' gateway: whose a request and a connection is, and how much each guest may ask.
 * `GuestAccess` decides who has a session; the server behind and what is open are parts that both gateways
 * have.
 */
import type { Socket } from 'node:net';
import type { GuestSession, ShareGatewayRules } from '../../share-ports.ts';
import { jsonAnswer, redirectAnswer, type Answer } from '../http-answer.ts';
import { noteFailure, rateHeaders, type AttemptTable, type AttemptVerdict } from '../request/attempts.ts';
import { browserName } from './browser-name.ts';
import type { Connection } from '../listen/connection.ts';
import { guestCookie, setGuestCookie } from '../request/cookies.ts';
import type { GuestConnections } from '../listen/connection-limiter.ts';
import type { Facts, Listener } from '../request/facts.ts';
import { GatewayUpstream } from '../forward/gateway-upstream.ts';
import { authorizeGuest, type GuestVerdict } from './guest-authorize.ts';
import { guestUnavailablePage } from './pages/guest-state-pages.ts';
import { GuestUpstreamRoutes } from './guest-upstream.ts';
import { makeGuestHosts } from '../request/hosts.ts';
import type { Limits } from '../limits.ts';
import type { GuestWork } from './guest-work.ts';
import { Traffic } from '../listen/traffic.ts';
import { openMessageRates } from './message-rates.ts';
import type { RefusalLog } from '../refusal-log.ts';
import type { GuestGuardContext } from './guest-guard.ts';
import { credentialLocationsOf } from '../request/credential-locations.ts';
import { silentProxy, TrustedProxies } from '../request/trusted-proxies.ts';
import { UploadedFiles } from '../forward/uploaded-files.ts';
import { defaultFairQueueLimits, oneByOneQueueLimits, FairQueue } from './fair-queue.ts';
import { openToolSessions, type ToolSessions } from './tool-sessions.ts';

/** What one guest, and one stranger, may use of the gateway. */
export interface ShareLimits extends Limits {
  /** Connections at once, whatever is done with them. */
  readonly guestConnections: GuestConnections;
  /** Requests and WebSockets of one session that are open at once. */
  readonly openEach: number;
  /** Requests of one session within `rateMs`. Loading JupyterLab's page takes some 300. */
  readonly guestRequests: number;
  /** Requests that were refused for want of a credential, of one address within `rateMs`. */
  readonly strangerRequests: number;
  readonly rateMs: number;
}

export class GuestGatewayState implements GuestGuardContext {
  readonly rules: ShareGatewayRules;
  readonly limits: ShareLimits;
  readonly upstream: GatewayUpstream;
  /** By the id of the session. */
  readonly traffic: Traffic<string>;
  readonly guestRoutes = new GuestUpstreamRoutes();
  readonly rates = openMessageRates();
  readonly work: GuestWork;
  readonly queue: FairQueue;
  readonly tools: ToolSessions;
  /** Of all guests: they write to one server. */
  readonly files: UploadedFiles;
  readonly cookieName: string;
  #port = 0;
  #listener: Listener | null = null;
  #listenerOf = '';
  readonly #attempts: AttemptTable = new Map();
  readonly #rates: AttemptTable = new Map();
  /** Connections on which only this session was shown. */
  readonly #sockets = new Map<string, Set<Socket>>();
  /** @param work of the guests of all servers */
  constructor(rules: ShareGatewayRules, limits: ShareLimits, work: GuestWork) {
    this.rules = rules;
    this.work = work;
    this.queue = new FairQueue(
      rules.roles.answersOneByOne === true ? oneByOneQueueLimits : defaultFairQueueLimits,
    );
    this.limits = limits;
    this.files = new UploadedFiles(rules.uploadBytes);
    this.cookieName = guestCookie(rules.serverId);
    this.traffic = new Traffic(rules, limits, limits.guestConnections);
    this.upstream = new GatewayUpstream({
      log: rules.log,
      endWebSockets: () => this.traffic.exchanges.endWebSockets(),
      unavailable: {
        retrySeconds: { soon: 2, later: 10 },
        page: (_state, soon, retrySeconds, mark) => guestUnavailablePage(soon, retrySeconds, mark),
        reason: ({ state }) => state,
      },
    });
    this.tools = openToolSessions(
      cookie => rules.access.find(cookie),
      (id, secret, address) =>
        rules.access.join({
          id,
          secret,
          ticket: null,
          tool: true,
          guest: { name: '', address, browser: 'a tool' },
        }),
    );
  }

  get roles(): ShareGatewayRules['roles'] {
    return this.rules.roles;
  }

  get refusalLog(): RefusalLog {
    return this.traffic.refusalLog;
  }

  setPort(port: number): void {
    if (port === this.#port) return;
    this.#port = port;
    this.#listener = null;
  }

  /** Which names are ours is the certificate's to say, and it changes. */
  get listener(): Listener {
    const { tls, extraHosts, trustedProxies, log } = this.rules;
    if (this.#listener !== null && this.#listenerOf === tls.fingerprint) return this.#listener;
    this.#listenerOf = tls.fingerprint;
    this.#listener = {
      hosts: makeGuestHosts(tls.names(), extraHosts, this.#port),
      headerCount: this.limits.headerCount,
      trustedProxies: new TrustedProxies(trustedProxies, proxy => log.warn(silentProxy, { proxy })),
      scheme: 'https',
      credentialLocations: credentialLocationsOf(this.rules.clientCredential),
      cookie: this.cookieName,
    };
    return this.#listener;
  }

  verdict(facts: Facts, connection: Connection): GuestVerdict {
    const { access } = this.rules;
    const verdict = authorizeGuest(facts, {
      find: cookie => access.find(cookie, connection.digestOf),
      redeemed: token => this.tools.find(token, facts.client),
      passesAuthorization: this.upstream.passesAuthorization,
      isOwners: word => this.rules.isOwners?.(word) === true,
    });
    if (verdict.open === true) this.#own(connection, verdict.session);
    return verdict;
  }

  async redeem(facts: Facts, connection: Connection, token: string): Promise<GuestVerdict | Answer> {
    const answer = await this.tools.redeem(token, facts.client).catch(() => null);
    if (answer === null) return jsonAnswer(503, 'The link cannot be used just now', ['Retry-After', '5']);
    if (answer.kind === 'wait') {
      return jsonAnswer(403, 'The owner lets each guest in: open the link in a browser first');
    }
    if (answer.kind === 'later') {
      this.noteRefused(facts, 'too-many-joins');
      return jsonAnswer(429, 'This link was used too often just now', [
        'Retry-After',
        String(answer.retrySeconds),
      ]);
    }
    if (answer.kind === 'no' && answer.reason !== 'no-such-link') {
      this.noteRefused(facts, answer.reason);
      return jsonAnswer(403, 'The link does not work any more: ask for a new one');
    }
    if (answer.kind === 'no') return { open: false, reason: 'wrong-credential', ended: null };
    return this.verdict(facts, connection);
  }

  failed(facts: Facts): AttemptVerdict {
    return noteFailure(this.#attempts, this.rules.clock(), facts.client, this.limits);
  }

  tooMany(session: GuestSession): Answer | null {
    if (this.open(session.id) >= this.limits.openEach) {
      return jsonAnswer(429, 'Too many requests of this guest are open at once', ['Retry-After', '1']);
    }
    return this.#rate(`guest ${session.id}`, this.limits.guestRequests);
  }

  strangerTooMany(facts: Facts): Answer | null {
    return this.#rate(`address ${facts.client}`, this.limits.strangerRequests);
  }

  #rate(key: string, most: number): Answer | null {
    const { rateMs, addresses } = this.limits;
    const limits = { failures: most, failureWindowMs: rateMs, addresses: 4 * addresses };
    const verdict = noteFailure(this.#rates, this.rules.clock(), key, limits);
    return verdict.limited ? jsonAnswer(429, 'Too many requests', rateHeaders(verdict)) : null;
  }

  exchange(facts: Facts): Answer {
    const token = facts.credentials.find(({ kind }) => kind === 'query')?.value ?? '';
    const cookie = this.tools.cookie(token, facts.client);
    const target = facts.target === '/' ? this.upstream.landing : facts.target;
    const headers = cookie === null ? [] : ['Set-Cookie', setGuestCookie(this.cookieName, cookie)];
    return redirectAnswer(303, facts.ownOrigin + target, headers);
  }

  noteRole(session: GuestSession, what: string): void {
    // A path may be as long as the headers, and these are remembered.
    this.rules.access.note({ kind: 'role-limit', session, what: what.slice(0, 1000) });
  }

  noteRefused(facts: Facts, reason: string, link: string | null = null): void {
    this.rules.access.note({ kind: 'refused', link, address: facts.client, reason });
  }

  guestFacts(facts: Facts, name: string): { name: string; address: string; browser: string } {
    return { name, address: facts.client, browser: browserName(facts.userAgent) };
  }

  /** Requests and sockets of a session that are open now. */
  open(session: string): number {
    return this.traffic.exchanges.count(session);
  }

  /** With Strict-Transport-Security where the certificate is one that every browser trusts. */
  secured(facts: Facts, answer: Answer): Answer {
    const value = this.strictTransport(facts);
    if (value === null) return answer;
    return { ...answer, headers: [...answer.headers, 'Strict-Transport-Security', value] };
  }

  strictTransport(facts: Facts): string | null {
    return this.rules.tls.strictTransport(nameOf(facts.host));
  }

  /** A connection belongs to the session that was shown on it; one that showed two belongs to nobody. */
  #own(connection: Connection, guest: GuestSession): void {
    const { owner, socket } = connection;
    const { id: session } = guest;
    if (socket === null) return;
    this.traffic.connectionLimiter.use(socket, guest);
    if (owner === session) return;
    if (owner !== null) {
      this.#sockets.get(owner)?.delete(socket);
      connection.owner = '';
      return;
    }
    connection.owner = session;
    const sockets = this.#sockets.get(session) ?? new Set<Socket>();
    this.#sockets.set(session, sockets);
    sockets.add(socket);
    socket.once('close', () => {
      sockets.delete(socket);
      if (sockets.size === 0 && this.#sockets.get(session) === sockets) this.#sockets.delete(session);
    });
  }

  /** Cuts everything that came by these sessions, idle connections too. */
  end(sessions: ReadonlySet<string>): void {
    this.traffic.exchanges.endAll(sessions);
    for (const session of sessions) {
      for (const socket of this.#sockets.get(session) ?? []) socket.destroy();
      this.#sockets.delete(session);
      this.guestRoutes.forget(session);
      this.rates.forget(session);
      this.files.forget(session);
      this.work.forget(session);
      this.queue.forget(session);
    }
  }

  sweep(): void {
    this.rules.access.inUse(this.traffic.sweep());
  }

  async close(): Promise<void> {
    this.traffic.exchanges.end();
    this.queue.close();
    await this.upstream.close();
  }
}

/** The name in a host that we trust: without the port, and without the brackets of IPv6. */
function nameOf(host: string): string {
  const colon = host.lastIndexOf(':');
  const name = colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
  return name.startsWith('[') ? name.slice(1, -1) : name;
}
