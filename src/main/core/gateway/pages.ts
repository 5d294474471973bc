/**
 * Gatehouse's own pages. They share their origin with the server, whose content is hostile to them: so they hold no secret, load
 * nothing, and cannot be framed; only the one that waits for the server runs a script (`change-wait.ts`). Each says what is, why, and what to do next.
 */
import type { ServerState } from '../../../shared/model.ts';
import type { Answer } from './answers.ts';
import { waitScript } from './change-wait.ts';
import { markup, nothing, page as wholePage, type Html } from './html.ts';
import { pageStyle } from './page-style.ts';

function page(
  status: number,
  title: string,
  content: Html,
  headers: readonly string[] = [],
  script?: string,
): Answer {
  const body = markup`<main>${content}</main>`;
  const whole = { status, title, style: pageStyle, body, forms: 'self', headers } as const;
  return wholePage(script === undefined ? whole : { ...whole, script });
}

/** Why a sign-in did not work. */
export type LoginProblem = 'wrong' | 'limited';

/**
 * @param next where the form leads, already checked
 * @param waitSeconds until another wrong token is looked at; only for `limited`
 */
export function loginPage(
  name: string,
  next: string,
  problem: LoginProblem | null,
  headers: readonly string[] = [],
  waitSeconds = 0,
): Answer {
  const note =
    problem === null
      ? nothing
      : markup`<p class="note" role="alert" id="problem">
          ${
            problem === 'wrong'
              ? 'That is not the access token of this server. Nothing was opened.'
              : `Too many wrong tokens. The right one is taken at any time; a wrong one again in ${waitSeconds} s.`
          }
        </p>`;
  const described = problem === null ? nothing : markup` aria-invalid="true" aria-describedby="problem"`;
  const status = problem === null ? 200 : problem === 'wrong' ? 401 : 429;
  return page(
    status,
    `Sign in · ${name}`,
    markup`<p class="quiet">Gatehouse on this computer</p>
      <h1>Sign in to “${name}”</h1>
      ${note}
      <form method="post" action="/_gatehouse/login">
        <input type="hidden" name="next" value="${next}" />
        <label
          >Access token<input
            name="token"
            type="password"
            required
            autofocus
            autocomplete="off"
            spellcheck="false"
            ${described}
        /></label>
        <button>Sign in</button>
      </form>
      <p class="quiet">
        The Gatehouse window needs no token. For another browser, choose “Copy access link” there, or run
        <code>gatehouse link</code> in a terminal; <code>gatehouse token</code> shows the token itself.
      </p>`,
    headers,
  );
}

/** For a person at a name of this computer that has no sign-in. It names neither the server nor its address: everybody may read it. */
export function otherNamePage(headers: readonly string[]): Answer {
  return page(
    401,
    'Not open at this address',
    markup`<p class="quiet">Gatehouse on this computer</p>
      <h1>This server is not open at this address</h1>
      <p>Each server has an address of its own, and only its owner is told which.</p>
      <p>
        Open it from the Gatehouse window, or run <code>gatehouse open</code> in a terminal;
        <code>gatehouse link</code> prints a link for another browser.
      </p>`,
    headers,
  );
}

export function usedCodePage(name: string): Answer {
  return page(
    410,
    `This link has been used · ${name}`,
    markup`<p class="quiet">Gatehouse on this computer</p>
      <h1>This link does not work any more</h1>
      <p>
        A link like this signs in one browser, once, within ten minutes. This one was used already, or is too
        old.
      </p>
      <p>
        Make a new one: choose “Copy access link” in the Gatehouse window, or run
        <code>gatehouse link</code> in a terminal.
      </p>
      <p class="quiet"><a href="/">Open “${name}”</a> if this browser is signed in already.</p>`,
  );
}

export function logoutPage(name: string): Answer {
  return page(
    200,
    `Sign out · ${name}`,
    markup`<p class="quiet">Gatehouse on this computer</p>
      <h1>Sign out of “${name}”?</h1>
      <p>Only this browser is signed out. The server goes on, and so do its kernels.</p>
      <form method="post" action="/_gatehouse/logout"><button>Sign out</button></form>
      <p class="quiet"><a href="/">Back to “${name}”</a></p>`,
  );
}

const stateWords: Record<ServerState, string> = {
  stopped: 'is stopped',
  starting: 'is starting',
  ready: 'is not answering',
  unhealthy: 'is not answering',
  restarting: 'is restarting',
  stopping: 'is stopping',
  failed: 'did not start',
};

const stateAdvice: Record<ServerState, string> = {
  stopped: 'Start it in the Gatehouse window, or run `gatehouse start` in a terminal.',
  starting: 'This page opens it as soon as it is ready.',
  ready: 'This page tries again by itself.',
  unhealthy: 'This page tries again by itself. If it stays like this, restart it in the Gatehouse window.',
  restarting: 'This page opens it as soon as it is ready.',
  stopping: 'Start it again in the Gatehouse window once it has stopped.',
  failed: 'The Gatehouse window shows what it said last, and what helps.',
};

/** Why there is no server to show. It waits for a change, so a window that shows it goes on without a key pressed. @param wait from `ChangeWait` */
export function unavailablePage(
  name: string,
  state: ServerState,
  reason: string,
  retrySeconds: number,
  wait: Html,
): Answer {
  return page(
    503,
    `${name} ${stateWords[state]}`,
    markup`<p class="quiet">Gatehouse on this computer</p>
      <h1>“${name}” ${stateWords[state]}</h1>
      ${reason === '' ? nothing : markup`<p>${reason}</p>`}
      <p>${stateAdvice[state]}</p>
      ${wait}`,
    ['Retry-After', String(retrySeconds)],
    waitScript,
  );
}
