/**
 * Gatehouse's own pages. They share their origin with the server, whose content is hostile to them: so they
 * hold no secret, load nothing, and cannot be framed; only the one that waits for the server runs a script
 * (`change-wait.ts`). Each says what is, why, and what to do next.
 */
import type { ServerState } from '../../../../shared/model.ts';
import { statePredicate } from '../../../../shared/server-state.ts';
import type { Answer } from '../http-answer.ts';
import { waitScript } from '../change-wait.ts';
import { forwardedPort } from '../request/hosts.ts';
import { markup, nothing, page as wholePage, type Html } from '../html.ts';
import { pageStyle } from '../page-style.ts';

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

function tooManyTokens(waitSeconds: number): string {
  return `Too many wrong tokens. The right one is accepted at any time; the next wrong one is checked in ${waitSeconds} s.`;
}

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
          ${problem === 'wrong' ? 'That is not the access token of this server. Nothing was opened.' : tooManyTokens(waitSeconds)}
        </p>`;
  const status = problem === null ? 200 : problem === 'wrong' ? 401 : 429;
  return page(
    status,
    `Sign in · ${name}`,
    markup`<p class="quiet">Gatehouse on this computer</p>
      <h1>Sign in to “${name}”</h1>
      ${note}
      ${signInForm('Access token', next, problem !== null)}
      <p class="quiet">
        The Gatehouse window needs no token. For another browser, choose “Copy access link” there, or run
        <code>gatehouse link</code> in a terminal; <code>gatehouse token</code> shows the token itself.
      </p>`,
    headers,
  );
}

/** @param hasProblem the page says above the form, in the element `problem`, what was wrong */
function signInForm(label: string, next: string, hasProblem: boolean): Html {
  const described = hasProblem ? markup` aria-invalid="true" aria-describedby="problem"` : nothing;
  return markup`<form method="post" action="/_gatehouse/login">
        <input type="hidden" name="next" value="${next}" />
        <label
          >${label}<input
            name="token"
            type="password"
            required
            autofocus
            autocomplete="off"
            spellcheck="false"
            ${described}
        /></label>
        <button>Sign in</button>
      </form>`;
}

/** What was wrong with what was shown at a forwarder's address. */
export type ShownProblem = LoginProblem | 'used';

const shownProblems: Record<ShownProblem, (waitSeconds: number) => string> = {
  wrong: () =>
    'That is neither the access token of this server nor one of its sign-in links. Nothing was opened.',
  limited: tooManyTokens,
  used: () => 'That sign-in link has been used, or is older than ten minutes. Make a new one.',
};

/**
 * For a person who comes by way of a forwarder. It names neither the server nor its address: everybody there
 * may read it.
 */
export function signInHerePage(
  next: string,
  problem: ShownProblem | null,
  headers: readonly string[] = [],
  waitSeconds = 0,
): Answer {
  const note =
    problem === null
      ? nothing
      : markup`<p class="note" role="alert" id="problem">${shownProblems[problem](waitSeconds)}</p>`;
  const status = problem === null ? 200 : problem === 'limited' ? 429 : problem === 'used' ? 410 : 401;
  return page(
    status,
    'Sign in',
    markup`<p class="quiet">Gatehouse, through a forwarded port</p>
      <h1>Sign in</h1>
      ${note}
      ${signInForm('Sign-in link or access token', next, problem !== null)}
      <p class="quiet">
        On the computer where the server runs, <code>gatehouse link</code> prints a link that works once:
        paste the whole of it here. You are then sent to the server’s own address, through the same port.
      </p>`,
    headers,
  );
}

/** A form may not be answered by a redirect to another origin (its page's policy), so a page leads on. */
export function leadOnPage(url: string): Answer {
  const refresh = markup`<meta http-equiv="refresh" content="0; url=${url}" />`;
  const body = markup`<main>
    <p class="quiet">Gatehouse</p>
    <h1>Signing in</h1>
    <p><a href="${url}">Continue</a></p>
  </main>`;
  return wholePage({ status: 200, title: 'Signing in', style: pageStyle, body, head: refresh });
}

/**
 * For a person at a name that is not on the list. Anybody may read it. @param host as it was sent: shown only
 * where it is a name of this computer with a port
 */
export function strangeHostPage(host: string, headers: readonly string[]): Answer {
  const port = forwardedPort(host);
  const advice =
    port === null
      ? markup`<p>
          If this name is that of a reverse proxy of yours on the same computer, its owner can name it in the
          setting <code>gateway.extraHosts</code>.
        </p>`
      : markup`<p>
            If you forwarded this port yourself (<code>ssh -L ${port}:…</code>, the forwarding of an
            editor or a container), say so on the computer where the server runs:
          </p>
          <p><code>gatehouse config set gateway.extraHosts localhost:${port}</code></p>
          <p>
            Then load this page again. The command replaces the earlier value: list all names, separated by
            commas.
          </p>`;
  return page(
    400,
    'Not open at this address',
    markup`<p class="quiet">Gatehouse</p>
      <h1>This server is not open at this address</h1>
      <p>It answers only to names that it knows, so that no page of another site can reach it.</p>
      ${advice}`,
    headers,
  );
}

/** @param again where to try once more @param lost what has become of what was shown */
export function noCookiesPage(
  name: string,
  again: string,
  lost: string,
  headers: readonly string[] = [],
): Answer {
  return page(
    403,
    `Cookies are needed · ${name}`,
    markup`<p class="quiet">Gatehouse on this computer</p>
      <h1>This browser keeps no cookies for this address</h1>
      <p>A cookie keeps a browser signed in, and this browser did not send back the one that was just set. ${lost}</p>
      <p>
        Allow cookies for this address in the settings of the browser and <a href="${again}">try again</a>, or
        use another browser. The Gatehouse window needs none.
      </p>`,
    headers,
  );
}

/**
 * For a person at a name of this computer that has no sign-in. It names neither the server nor its address:
 * everybody may read it.
 */
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
      <h1>This link no longer works</h1>
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
      <p>Only this browser is signed out. The server keeps running, and so do its kernels.</p>
      <form method="post" action="/_gatehouse/logout"><button>Sign out</button></form>
      <p class="quiet"><a href="/">Back to “${name}”</a></p>`,
  );
}

const stateAdvice: Record<ServerState, string> = {
  stopped: 'Start it in the Gatehouse window, or run `gatehouse start` in a terminal.',
  starting: 'This page opens it as soon as it is ready.',
  ready: 'This page keeps trying.',
  unhealthy: 'This page keeps trying. If this continues, restart it in the Gatehouse window.',
  restarting: 'This page opens it as soon as it is ready.',
  stopping: 'Start it again in the Gatehouse window once it has stopped.',
  failed: 'The Gatehouse window shows its last output and what to do.',
};

/**
 * Why there is no server to show. It waits for a change, so a window that shows it goes on without a key
 * pressed. @param wait from `ChangeWait`
 */
export function unavailablePage(
  name: string,
  state: ServerState,
  reason: string,
  retrySeconds: number,
  wait: Html,
): Answer {
  // A ready server to which no request gets through is not answering.
  const what = statePredicate[state === 'ready' ? 'unhealthy' : state];
  return page(
    503,
    `${name} ${what}`,
    markup`<p class="quiet">Gatehouse on this computer</p>
      <h1>“${name}” ${what}</h1>
      ${reason === '' ? nothing : markup`<p>${reason}</p>`}
      <p>${stateAdvice[state]}</p>
      ${wait}`,
    ['Retry-After', String(retrySeconds)],
    waitScript,
  );
}
