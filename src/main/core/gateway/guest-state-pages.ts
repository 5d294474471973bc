/** What a guest who is in sees where there is nothing to show: the server is not there, or the link does not reach so far. */
import type { Answer } from './answers.ts';
import { guestStyle } from './guest-style.ts';
import { markup, nothing, page, type Html } from './html.ts';

function statePage(status: number, title: string, content: Html, refreshSeconds = 0): Answer {
  const head =
    refreshSeconds === 0
      ? nothing
      : markup`<meta http-equiv="refresh" content="${String(refreshSeconds)}" />`;
  const body = markup`<main>
      <p class="quiet">Gatehouse</p>
      <h1>${title}</h1>
      ${content}
    </main>`;
  return page({ status, title: `${title} · Gatehouse`, style: guestStyle, head, body });
}

/** @param message why, one sentence for the guest */
export function notAllowedPage(message: string): Answer {
  return statePage(
    403,
    'Your link does not reach this page',
    markup`<p>${message}</p>
      <p><a href="/">Back to what it reaches</a></p>`,
  );
}

/** Looks again by itself. @param soon it is on its way up */
export function guestUnavailablePage(soon: boolean, retrySeconds: number): Answer {
  const answer = statePage(
    503,
    soon ? 'Just a moment' : 'The server is not running',
    soon
      ? markup`<p>The server is starting. This page opens it as soon as it is ready.</p>`
      : markup`<p>Its owner has stopped it, or it has failed. This page tries again by itself.</p>
          <p>Your visit is kept while your link is good.</p>`,
    retrySeconds,
  );
  return { ...answer, headers: [...answer.headers, 'Retry-After', String(retrySeconds)] };
}
