/**
 * What each server is started with. The variables of a shell hold secrets (AWS_SECRET_ACCESS_KEY), so they
 * are in the memory of the core and nowhere else: not in its state, its log or an answer. After a restart of
 * the core a server takes them again from the caller that starts it (doc/decisions/0028).
 */
import type { CallerEnvironment } from '../../../shared/model.ts';
import type { Log } from '../ports.ts';
import { tidied } from '../server/environment.ts';
import type { Variables } from '../variables.ts';
import { askLoginShell, type LoginAnswer, type LoginQuestion } from '../server/login-shell.ts';

export interface StartEnvironmentDeps {
  /** Of the core's own process: for callers that send none. */
  readonly own: Variables;
  readonly log: Log;
  readonly askShell?: (question: LoginQuestion) => Promise<LoginAnswer>;
}

/** Milliseconds for the start files of a shell; VS Code gives them as many. */
const shellLimit = 10_000;
/**
 * Milliseconds that its answer is good for: long enough that starting three servers does not wait three
 * times.
 */
const goodFor = 60_000;

export class StartEnvironments {
  readonly #deps: StartEnvironmentDeps;
  readonly #ofServers = new Map<string, Variables>();
  #answer: { readonly key: string; readonly at: number; readonly variables: Promise<Variables> } | null =
    null;

  constructor(deps: StartEnvironmentDeps) {
    this.#deps = deps;
  }

  /** The variables of the caller. Bounded in time; throws nothing. */
  async of(caller: CallerEnvironment | undefined): Promise<Variables> {
    if (caller === undefined) return tidied(this.#deps.own);
    return tidied(caller.login ? await this.#afterLogin(caller.variables) : caller.variables);
  }

  /** What a server was started with; the core's own when nobody has started it since the core did. */
  ofServer(id: string): Variables {
    return this.#ofServers.get(id) ?? tidied(this.#deps.own);
  }

  keep(id: string, variables: Variables): void {
    this.#ofServers.set(id, variables);
  }

  /**
   * For a server that is started again: it keeps what it has, unless it has nothing or is to begin afresh.
   */
  async renew(id: string, caller: CallerEnvironment | undefined, fresh: boolean): Promise<void> {
    if (this.#ofServers.has(id) && (!fresh || caller === undefined)) return;
    this.keep(id, await this.of(caller));
  }

  forget(id: string): void {
    this.#ofServers.delete(id);
  }

  #afterLogin(variables: Variables): Promise<Variables> {
    const key = JSON.stringify(variables);
    const last = this.#answer;
    if (last !== null && last.key === key && performance.now() - last.at < goodFor) return last.variables;
    const asked = this.#ask(variables);
    this.#answer = { key, at: performance.now(), variables: asked };
    return asked;
  }

  async #ask(variables: Variables): Promise<Variables> {
    const { askShell = askLoginShell, log } = this.#deps;
    const answer = await askShell({ variables, milliseconds: shellLimit });
    if (answer.kind === 'variables') {
      return { ...answer.variables, PATH: bothPaths(answer.variables['PATH'], variables['PATH']) };
    }
    log.warn('The login shell did not report its variables; servers get those of the desktop.', {
      reason: answer.reason,
      nextStep: 'See what its start files wait for, or start Gatehouse from a terminal.',
    });
    return variables;
  }
}

/** The login shell's own first; what only the desktop had is not lost. */
function bothPaths(login = '', desktop = ''): string {
  return [...new Set([...login.split(':'), ...desktop.split(':')])].filter(part => part !== '').join(':');
}
