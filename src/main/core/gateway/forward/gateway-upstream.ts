/** The server behind a gateway: how to reach it, and what the gateway answers while nothing can. */
import type { UpstreamState } from '../../gateway-ports.ts';
import type { Log } from '../../ports.ts';
import { ChangeWait } from '../change-wait.ts';
import type { Html } from '../html.ts';
import { jsonAnswer, type Answer } from '../http-answer.ts';
import { logField } from '../refusal-log.ts';
import type { Facts } from '../request/facts.ts';
import { isUserContent } from '../request/user-content.ts';
import { answerToFault } from './upstream-fault.ts';
import { closeRoute, destroyRoute, openRoute, type UpstreamRoutes } from './upstream-route.ts';

/** How a gateway says that its server cannot be reached. */
export interface UnavailableAnswers {
  /** After how many seconds to ask again: while the server is about to answer, and otherwise. */
  readonly retrySeconds: { readonly soon: number; readonly later: number };
  /** @param mark to be put into the page (`change-wait.ts`) */
  page(state: UpstreamState, soon: boolean, retrySeconds: number, mark: Html): Answer;
  /** For programs: ends the sentence in parentheses. */
  reason(state: UpstreamState): string;
}

export interface GatewayUpstreamDeps {
  readonly log: Log;
  readonly unavailable: UnavailableAnswers;
  /** Ends every WebSocket to the server. */
  readonly endWebSockets: () => void;
}

export class GatewayUpstream {
  readonly #deps: GatewayUpstreamDeps;
  readonly #change = new ChangeWait();
  #routes: UpstreamRoutes | null = null;
  #state: UpstreamState = { state: 'starting', reason: '', reach: { kind: 'away' }, landing: '/' };

  constructor(deps: GatewayUpstreamDeps) {
    this.#deps = deps;
  }

  /** How to reach the server; null while it cannot be reached. */
  get routes(): UpstreamRoutes | null {
    return this.#routes;
  }

  /** Path of the server's first page; `/` where that is the first page. */
  get landing(): string {
    return this.#state.landing;
  }

  get passesAuthorization(): boolean {
    return this.#routes?.upstream.passesAuthorization === true;
  }

  /** Why the profile has closed a path, one sentence; null where it has not. */
  closed(path: string): string | null {
    return this.#routes?.upstream.closed?.(path) ?? null;
  }

  /** Whether a path hands out what people have uploaded. */
  isUserContent(path: string): boolean {
    return isUserContent(this.#routes?.upstream.contentPaths, path);
  }

  set(state: UpstreamState): void {
    const { state: before, reason } = this.#state;
    this.#state = state;
    if (before !== state.state || reason !== state.reason) this.#change.changed();
    const { reach } = state;
    const routes = this.#routes;
    if (reach.kind === 'open' && reach.upstream === routes?.upstream) return;
    this.#routes = reach.kind === 'open' ? openRoute(reach.upstream, reach.checkHolder) : null;
    // A request ends with its connection; one that waits for a connection is answered.
    if (reach.kind === 'shut') this.#deps.endWebSockets();
    if (routes !== null) void (reach.kind === 'shut' ? destroyRoute(routes) : closeRoute(routes));
  }

  /** Answers when a page that waits for the server should be loaded again (`change-wait.ts`). */
  nextChange(): Promise<Answer> {
    return this.#change.answer(this.#routes !== null);
  }

  unavailable(facts: Facts): Answer {
    const { unavailable } = this.#deps;
    const { state } = this.#state;
    const soon = state === 'starting' || state === 'restarting' || state === 'ready';
    const retrySeconds = soon ? unavailable.retrySeconds.soon : unavailable.retrySeconds.later;
    if (facts.navigation) return unavailable.page(this.#state, soon, retrySeconds, this.#change.mark);
    const message = `The server cannot be reached (${unavailable.reason(this.#state)})`;
    return jsonAnswer(503, message, ['Retry-After', String(retrySeconds)]);
  }

  /**
   * The server was there a moment ago and gave no answer: it may be dying, or it was asked something that
   * cannot be sent.
   */
  failure(facts: Facts, error: Error): Answer {
    this.#deps.log.warn('the server did not answer', { path: logField(facts.path), error: error.message });
    return answerToFault(error) ?? this.unavailable(facts);
  }

  async close(): Promise<void> {
    if (this.#routes !== null) await destroyRoute(this.#routes);
  }
}
