/*
 * The attack: the owner's token is read out of a renderer, a crash dump of one, a log line or an inspected object. Therefore it
 * lives in the main process only, in a private field of an object that prints as nothing, and is asked for anew when it may
 * have changed. It has one reader: the header of the server's own session.
 */
import type { CoreLink } from './core-link.ts';
import type { ShellLog } from './ports.ts';
import { errorInfo } from './error-info.ts';

export class TokenKeeper {
  readonly #link: CoreLink;
  readonly #log: ShellLog;
  readonly #tokens = new Map<string, string>();
  readonly #asking = new Map<string, Promise<boolean>>();

  constructor(link: CoreLink, log: ShellLog) {
    this.#link = link;
    this.#log = log;
  }

  /** For the header and nothing else. */
  reveal(id: string): string | null {
    return this.#tokens.get(id) ?? null;
  }

  forget(id: string): void {
    this.#tokens.delete(id);
  }

  /** Asks the core for the token of a server; true when it is another one than before. */
  refresh(id: string): Promise<boolean> {
    const running = this.#asking.get(id);
    if (running !== undefined) return running;
    const asking = this.#ask(id).finally(() => this.#asking.delete(id));
    this.#asking.set(id, asking);
    return asking;
  }

  async #ask(id: string): Promise<boolean> {
    try {
      const token = await this.#link.call('server.token', id);
      const changed = this.#tokens.get(id) !== token;
      this.#tokens.set(id, token);
      return changed;
    } catch (error) {
      this.#log.warn(`The token of ${id} could not be had: ${errorInfo(error).message}`);
      return false;
    }
  }
}
