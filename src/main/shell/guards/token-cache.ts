/*
 * The attacks: the token is read out of a renderer, a crash dump of one, a log line or an inspected object;
 * or a request that carries it reaches whoever took the port of a server that ended a moment ago. Therefore
 * it lives in the main process only, in a private field of an object that prints as nothing, with one reader:
 * the header of the server's own session. And it is not the owner's access token but one that the core made
 * for the listener at one address: told while that is open, and worth nothing once it has closed.
 */
import type { CoreLink } from '../core-link.ts';
import type { ShellLog } from '../shell-ports.ts';
import { errorInfo } from '../error-info.ts';
import { serverOrigin } from './origin.ts';

interface Kept {
  /** Exact origin for which the token is good. */
  readonly origin: string | null;
  readonly token: string;
}

export class TokenCache {
  readonly #link: CoreLink;
  readonly #log: ShellLog;
  readonly #tokens = new Map<string, Kept>();
  readonly #asking = new Map<string, Promise<boolean>>();

  constructor(link: CoreLink, log: ShellLog) {
    this.#link = link;
    this.#log = log;
  }

  /** For the header and nothing else. @param own exact origin of the server now */
  reveal(id: string, own: string): string | null {
    const kept = this.#tokens.get(id);
    return kept?.origin === own ? kept.token : null;
  }

  forget(id: string): void {
    this.#tokens.delete(id);
  }

  /** Asks the core for the token of a server's window; true when it is another one than before. */
  refresh(id: string): Promise<boolean> {
    const running = this.#asking.get(id);
    if (running !== undefined) return running;
    const asking = this.#ask(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  async #ask(id: string): Promise<boolean> {
    try {
      const { url, token } = await this.#link.call('server.windowToken', id);
      const changed = this.#tokens.get(id)?.token !== token;
      this.#tokens.set(id, { origin: serverOrigin(id, url), token });
      return changed;
    } catch (error) {
      this.#log.warn(`The token of ${id} could not be had: ${errorInfo(error).message}`);
      return false;
    }
  }
}
