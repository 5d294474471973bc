/**
 * The pages of the share listener that are for anybody: what a share link opens, what is shown to somebody
 * who is not in, and the farewell.
 *
 * Attack: somebody without a link reads from them whose computer this is, what it shares, or whether a link
 * exists. So each is one fixed text: the same for every link, every name and every reason. A preview robot
 * that fetches a link gets it too, and uses nothing up.
 */
import type { Answer } from '../../http-answer.ts';
import { setProbe } from '../../request/cookie-probe.ts';
import { guestStyle } from './guest-style.ts';
import { markup, page, type Html } from '../../html.ts';
import { joinScript } from './join-script.ts';

const head = markup`<meta name="robots" content="noindex">`;

/** Behind every `/_gatehouse/join/<id>`, whether there is such a link or not. */
export function joinPage(): Answer {
  const body = markup`<main>
      <div id="view" class="stack"></div>
      <noscript>
        <div class="stack">
          <p class="quiet">Gatehouse</p>
          <h1>This link needs JavaScript</h1>
          <p>
            The part of the link behind “#” is its key. A browser never sends that part on its own, so it
            appears in no log; a script in this page has to pass it on. Allow scripts for this page, then open the
            link again.
          </p>
        </div>
      </noscript>
    </main>`;
  const title = 'Somebody shares something with you · Gatehouse';
  return page({
    status: 200,
    title,
    style: guestStyle,
    head,
    body,
    script: joinScript,
    headers: setProbe(true),
  });
}

/** After leaving. */
export function leftPage(): Answer {
  return textPage(
    200,
    'You have left',
    markup`<p>Your session in this browser has ended. You can close this page.</p>
      <p>To come back, open your link again while it still works; otherwise ask for a new one.</p>`,
  );
}

/** For a browser that asks for a page of the server and has no visit that is open. */
export function outsidePage(status: 401 | 403 | 404 = 401): Answer {
  return textPage(
    status,
    'You have no access',
    markup`<p>
        This computer shares something with people who have a link. This browser has not joined with one, or
        its session has ended.
      </p>
      <p>Open your link again. If that does not help, ask the person who sent it for a new one.</p>`,
  );
}

function textPage(status: number, title: string, content: Html): Answer {
  const body = markup`<main>
      <p class="quiet">Gatehouse</p>
      <h1>${title}</h1>
      ${content}
    </main>`;
  return page({ status, title: `${title} · Gatehouse`, style: guestStyle, head, body });
}
