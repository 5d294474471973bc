/**
 * Where a browser that `gatehouse open` starts begins: a page at a port that was never used before, for a
 * minute, which finds out whether this browser resolves `<host>.localhost` (Safari on macOS does not)
 * and leads on. The attacks: the address of the page stands in a process list, where another account reads it
 * first (so it works once and, where it may be seen, for a connection of the owner's own account alone); a
 * service worker that somebody left in an origin of ours (so the port is new each time).
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { AccessLink } from '../../../../shared/model.ts';
import type { OwnAccount } from '../../gateway-ports.ts';
import { mintSecret, hashSecret, matchesHash } from '../../secret.ts';
import { jsonAnswer, redirectAnswer, sendAnswer, valueAnswer, type Answer } from '../http-answer.ts';
import { markup, page } from '../html.ts';
import type { Limits } from '../limits.ts';
import { pageScript } from '../page-script.ts';
import { listen, portOf, serverOptions } from '../listen/listen-on-every.ts';
import { pageStyle } from '../page-style.ts';

/** Milliseconds until the page is gone. */
const lifeMs = 60_000;

export interface SignInLinkDeps {
  readonly limits: Limits;
  /** Whether others may read the address; then `ownAccount` is asked. */
  readonly seen: boolean;
  readonly ownAccount: OwnAccount | undefined;
  /** A new one-time link at the own name. */
  readonly link: () => string;
  /** Asked without a credential to see whether the own name is known; null: no need to ask. */
  readonly here: string | null;
  /** A new one-time link at an address without a name; null where there is none. */
  readonly otherLink: () => Promise<string | null>;
  readonly closed: () => void;
}

export interface SignInLinks {
  readonly link: AccessLink;
  close(): void;
}

export async function openSignInLinks(deps: SignInLinkDeps): Promise<SignInLinks> {
  const [ticket, second] = [mintSecret().reveal(), mintSecret().reveal()];
  const state: State = {
    ...deps,
    ticket: hashSecret(ticket),
    second,
    secondHash: hashSecret(second),
    used: false,
  };
  const server = createServer(serverOptions(deps.limits), (request, response) => {
    answer(state, request).then(
      said => sendAnswer(response, said),
      () => response.destroy(),
    );
  });
  server.on('upgrade', (_request: IncomingMessage, socket: Socket) => socket.destroy());
  server.maxConnections = 32;
  const failure = await listen(server, 0, '127.0.0.1');
  if (failure !== null) throw failure;
  const port = portOf(server);
  const close = (): void => {
    clearTimeout(timer);
    deps.closed();
    server.close();
    server.closeAllConnections();
  };
  const timer = setTimeout(close, lifeMs).unref();
  const expiresAt = new Date(Date.now() + lifeMs).toISOString();
  return { link: { url: `http://127.0.0.1:${port}/${ticket}`, expiresAt }, close };
}

interface State extends SignInLinkDeps {
  readonly ticket: Buffer;
  readonly second: string;
  readonly secondHash: Buffer;
  used: boolean;
}

async function answer(state: State, request: IncomingMessage): Promise<Answer> {
  const { method, url = '', headers, socket } = request;
  if (headers.host !== `127.0.0.1:${socket.localPort}`) return jsonAnswer(400, 'The host is not trusted');
  if (headers['sec-purpose'] !== undefined) return jsonAnswer(403, 'This address is opened by a person');
  const shown = url.slice(1);
  const step = matchesHash(shown, state.ticket)
    ? 'begin'
    : matchesHash(shown, state.secondHash)
      ? 'other'
      : null;
  if (step === null) return refusedPage(404);
  if (state.seen && (await state.ownAccount?.(socket)) !== true) return refusedPage(403);
  if (step === 'begin' && method === 'GET') {
    if (state.used) return refusedPage(410);
    state.used = true;
    return state.here === null ? redirectAnswer(303, state.link()) : beginPage(state, state.here);
  }
  const site = headers['sec-fetch-site'];
  if (step !== 'other' || method !== 'POST' || (site !== undefined && site !== 'same-origin')) {
    return jsonAnswer(405, 'That is not asked for here');
  }
  return valueAnswer(200, { url: await state.otherLink() });
}

/** What the page cannot find out in this time is no (milliseconds). */
const probeMs = 5000;

const script = pageScript('signIn', { probeMs });

function beginPage(state: State, here: string): Answer {
  const link = state.link();
  const body = markup`<main>
      <p class="quiet">Gatehouse on this computer</p>
      <h1 id="lead" data-link="${link}" data-here="${here}" data-other="/${state.second}">Opening the server</h1>
      <p><a href="${link}">Continue</a></p>
      <p class="note" role="status" id="lost" hidden>
        This browser cannot resolve names that end in “.localhost”, and this computer has no other address
        for it. Use another browser, or the Gatehouse window.
      </p>
    </main>`;
  const title = 'Opening the server';
  return page({ status: 200, title, style: pageStyle, body, script, connects: new URL(here).origin });
}

function refusedPage(status: 403 | 404 | 410): Answer {
  const body = markup`<main>
      <p class="quiet">Gatehouse on this computer</p>
      <h1>This address does not work</h1>
      <p>It opens a server once, within a minute, for the account that asked for it.</p>
      <p>Run <code>gatehouse open</code> again, or <code>gatehouse link</code> for a link to any browser.</p>
    </main>`;
  return page({ status, title: 'This address does not work', style: pageStyle, body });
}
