/**
 * What a guest who is in sees where there is nothing to show: the server is not there, or the link does not
 * reach so far.
 */
import type { Answer } from '../../http-answer.ts';
import { guestStyle } from './guest-style.ts';
import { waitScript } from '../../change-wait.ts';
import { markup, page, type Html } from '../../html.ts';

function statePage(status: number, title: string, content: Html, script?: string): Answer {
  const body = markup`<main>
      <p class="quiet">Gatehouse</p>
      <h1>${title}</h1>
      ${content}
    </main>`;
  const whole = { status, title: `${title} · Gatehouse`, style: guestStyle, body };
  return page(script === undefined ? whole : { ...whole, script });
}

/** @param message why, one sentence for the guest */
export function notAllowedPage(message: string): Answer {
  return statePage(
    403,
    'Your link does not give access to this page',
    markup`<p>${message}</p>
      <p><a href="/">Back to the first page</a></p>`,
  );
}

/** Waits for a change. @param soon it is on its way up @param wait from `ChangeWait` */
export function guestUnavailablePage(soon: boolean, retrySeconds: number, wait: Html): Answer {
  const answer = statePage(
    503,
    soon ? 'Just a moment' : 'The server is not running',
    markup`${
      soon
        ? markup`<p>The server is starting. This page opens it as soon as it is ready.</p>`
        : markup`<p>Its owner has stopped it, or it has failed. This page keeps trying.</p>
          <p>Your session continues while your link works.</p>`
    }${wait}`,
    waitScript,
  );
  return { ...answer, headers: [...answer.headers, 'Retry-After', String(retrySeconds)] };
}
