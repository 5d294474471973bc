/**
 * The attack: a page of ours that stands for a server loads itself again and again; the listener closes,
 * another account takes the port, and the page has led its reader there. So such a page asks us to tell it
 * when there is something new, and loads itself again only after an answer that holds a word which stands in
 * the page and which nobody else knows. When the connection ends without it, the page stays as it is.
 */
import { mintSecret } from '../secret.ts';
import { fileAnswer, type Answer } from './http-answer.ts';
import { markup, type Html } from './html.ts';
import { pageScript } from './page-script.ts';

export const waitPath = '/_gatehouse/wait';

/** Milliseconds until an answer without news: shorter than a connection may stay without one. */
const quietMs = 15_000;
/**
 * Milliseconds between a change and its answer, so that a server that changes quickly does not make pages
 * flicker.
 */
const settleMs = 300;
/** Milliseconds until another try at a server that is said to be there and gave no answer. */
const againMs = 1000;

export class ChangeWait {
  readonly #proof = mintSecret();
  readonly #waiting = new Set<() => void>();

  /** To be put into a page with `waitScript`. */
  get mark(): Html {
    return markup`<p
        id="lost"
        data-proof="${this.#proof.reveal()}"
        role="status"
        hidden
      >
        Gatehouse no longer answers at this address, so this page has stopped asking. Close it, and open the
        server the way you opened it before.
      </p>`;
  }

  changed(): void {
    for (const tell of this.#waiting) setTimeout(tell, settleMs).unref();
    this.#waiting.clear();
  }

  /** @param isThere the server is said to be there */
  async answer(isThere: boolean): Promise<Answer> {
    const { promise, resolve } = Promise.withResolvers<'changed' | 'same'>();
    const tell = (): void => resolve('changed');
    const timer = isThere ? setTimeout(tell, againMs) : setTimeout(() => resolve('same'), quietMs);
    this.#waiting.add(tell);
    const what = await promise;
    clearTimeout(timer.unref());
    this.#waiting.delete(tell);
    return fileAnswer('text/plain; charset=utf-8', `${this.#proof.reveal()} ${what}`);
  }
}

export const waitScript = pageScript('wait', { waitPath });
