/**
 * The attack: two doors, one guarded. Every request and every WebSocket upgrade comes through this one
 * function before anything else is done with it; what it does not let through is answered here, and the
 * answer says no more than the caller may know.
 *
 * What it may not know before all else is the own name. Cookies do not separate ports: whoever knows the name
 * listens on another port of this computer, leads the owner's browser there, and is sent the session cookie.
 * So nothing on any other name tells it to who has not shown the token.
 */
import { jsonAnswer, redirectAnswer, type Answer } from '../http-answer.ts';
import type { Reason, Verdict } from '../request/authorize.ts';
import type { Connection } from '../listen/connection.ts';
import type { AttemptVerdict } from '../request/attempts.ts';
import { readFacts, type Facts, type Fault, type Listener, type RawRequest } from '../request/facts.ts';
import { ownNameAt } from '../request/hosts.ts';
import { isOwnPath, leadingPages, ownPrefix, rateHeaders } from './owner-routes.ts';
import { otherNamePage, strangeHostPage } from './owner-pages.ts';
import type { RefusalLog } from '../refusal-log.ts';
import type { Decision } from '../listen/http-server.ts';
import { workerRemoval } from '../request/user-content.ts';

/** What the guard asks of the gateway. */
export interface OwnerGuardContext {
  readonly listener: Listener;
  verdict(facts: Facts, connection: Connection): Verdict;
  failed(facts: Facts): AttemptVerdict;
  /** Leads to a clean address, with a new session when the token itself was in the old one. */
  exchange(facts: Facts, verdict: Verdict & { readonly open: true }): Answer;
  readonly refusalLog: RefusalLog;
  /** Path of the server's first page; `/` where that is the first page. */
  readonly landing: string;
  /** Why the server may not be asked for a path, by its profile; null where it may. */
  closed(path: string): string | null;
  /** Whether a path hands out what people have uploaded. */
  isUserContent(path: string): boolean;
}

/** @param listener the one that the request came to */
export function guard(
  context: OwnerGuardContext,
  request: RawRequest,
  connection: Connection,
  upgrade: boolean,
  listener: Listener = context.listener,
): Decision<Verdict & { readonly open: true }> {
  const { peer } = connection;
  const facts = readFacts(request, peer, upgrade, listener);
  if ('message' in facts) {
    context.refusalLog(facts.message, { client: peer });
    return { kind: 'answer', answer: faultAnswer(facts), last: true };
  }
  if (isOwnPath(facts.path)) return ownPage(facts);
  if (isForeignPreflight(facts, request)) {
    return { kind: 'answer', answer: refuse(context, facts, 'foreign-origin') };
  }
  const verdict = context.verdict(facts, connection);
  if (!verdict.open) return { kind: 'answer', answer: refuse(context, facts, verdict.reason) };
  const closed = context.closed(facts.path);
  if (closed !== null) return { kind: 'answer', answer: refuseClosed(context, facts, closed) };
  if (facts.workerScript && coversOwnPages(facts.path))
    return { kind: 'answer', answer: refuseWorker(context, facts) };
  if (facts.workerScript && context.isUserContent(facts.path)) {
    context.refusalLog('service worker of an upload', { path: facts.path, client: facts.client });
    return { kind: 'answer', answer: workerRemoval };
  }
  if (facts.navigation && isOtherName(facts) && verdict.by === 'query') {
    return { kind: 'answer', answer: toOwnName(context, facts) };
  }
  if (facts.navigation && facts.hadQueryToken && facts.hostKind === 'own') {
    return { kind: 'answer', answer: context.exchange(facts, verdict) };
  }
  if (facts.navigation && facts.target === '/' && context.landing !== '/') {
    return { kind: 'answer', answer: redirectAnswer(303, facts.ownOrigin + context.landing) };
  }
  return { kind: 'forward', facts, verdict };
}

/**
 * The attack: a service worker whose scope is the whole origin. It would read the code of every sign-in link
 * and answer for the login page. Without `Service-Worker-Allowed`, which never passes (response-headers), its
 * scope is the folder of its script and what is below.
 */
export function coversOwnPages(scriptPath: string): boolean {
  return `${ownPrefix}/`.startsWith(scriptPath.slice(0, scriptPath.lastIndexOf('/') + 1));
}

function refuseClosed(context: OwnerGuardContext, facts: Facts, why: string): Answer {
  context.refusalLog('closed path', { path: facts.path, client: facts.client });
  return jsonAnswer(403, why);
}

function refuseWorker(context: OwnerGuardContext, facts: Facts): Answer {
  context.refusalLog('service worker of the whole origin', { path: facts.path, client: facts.client });
  return jsonAnswer(
    403,
    'A service worker of the whole address is not allowed: it would answer for Gatehouse, too',
  );
}

function faultAnswer({ status, message, strangeHost }: Fault): Answer {
  const close = ['Connection', 'close'];
  return strangeHost === undefined ? jsonAnswer(status, message, close) : strangeHostPage(strangeHost, close);
}

/**
 * A browser asks whether a page of another site may send what it has (Fetch, CORS preflight). It never shows
 * a credential with that, so "sign in first" would be no help.
 */
function isForeignPreflight({ method, origin, ownOrigin }: Facts, { rawHeaders }: RawRequest): boolean {
  if (method !== 'OPTIONS' || origin === null || origin === ownOrigin) return false;
  return rawHeaders.some(
    (name, index) => index % 2 === 0 && name.toLowerCase() === 'access-control-request-method',
  );
}

/** Of this computer, and not the one with the cookies. */
function isOtherName({ hostKind }: Facts): boolean {
  return hostKind === 'loopback' || hostKind === 'forwarded';
}

/**
 * Gatehouse's pages are on the one name that may have cookies; on another they are not, whatever is shown,
 * and the one is not told. By way of a forwarder that the owner has named there is the one thing more that
 * leads to that name, for anybody who shows a credential that signs in.
 */
function ownPage(facts: Facts): Decision<never> {
  if (facts.hostKind === 'own' && !facts.upgrade) return { kind: 'own', facts };
  const leads = facts.hostKind === 'forwarded' && !facts.upgrade && leadingPages.includes(facts.path);
  if (leads) return { kind: 'own', facts };
  return { kind: 'answer', answer: jsonAnswer(404, 'There is no such page of Gatehouse') };
}

/** Only for a client that has shown the token. 307: nothing about the request changes but the name. */
function toOwnName(context: OwnerGuardContext, facts: Facts): Answer {
  const { hosts, scheme = 'http' } = context.listener;
  return redirectAnswer(307, `${scheme}://${ownNameAt(hosts, facts.host)}${facts.whole}`);
}

/**
 * Decision 33. For Colab's local runtime, vscode.dev, Thebe and whoever else asks from a page of another
 * site.
 */
const noOtherSites =
  'Pages of other sites cannot use this server, whatever they show: open its own pages, or use a program of this computer';

const refusals: Record<Reason, readonly [status: number, message: string]> = {
  'no-credential': [401, 'Sign in first: no credential was sent'],
  'ambiguous-credential': [400, 'Two credentials of one kind were sent'],
  'wrong-credential': [401, 'The credential is wrong'],
  'expired-session': [401, 'Sign in again: the session is over'],
  'foreign-origin': [403, `The request comes from another origin. ${noOtherSites}`],
  'cross-site': [403, `The request comes from another site. ${noOtherSites}`],
};

/** A person is led to the login page, a program gets a status and a sentence. */
export function refuse(context: OwnerGuardContext, facts: Facts, reason: Reason): Answer {
  const { method, path, client, host, origin } = facts;
  context.refusalLog(reason, { method, path, client, host, origin: origin ?? '' });
  const [status, message] = refusals[reason];
  if (reason === 'wrong-credential') {
    const attempt = context.failed(facts);
    if (attempt.limited) return jsonAnswer(429, 'Too many wrong credentials', rateHeaders(attempt));
    if (!leadsToLogin(facts)) return unauthorized(facts, message, rateHeaders(attempt));
  }
  if (status === 401 && leadsToLogin(facts)) {
    const next = facts.target === '/' ? '' : `?next=${encodeURIComponent(facts.target)}`;
    return redirectAnswer(303, `${facts.ownOrigin}/_gatehouse/login${next}`);
  }
  return status === 401 ? unauthorized(facts, message, []) : jsonAnswer(status, message);
}

/**
 * On another name a person gets a page without a form: a token typed there would end in a cookie that every
 * port shares.
 */
function unauthorized(facts: Facts, message: string, headers: readonly string[]): Answer {
  const all = [...challenge, ...headers];
  return facts.navigation ? otherNamePage(all) : jsonAnswer(401, message, all);
}

/** Not `Basic`: a browser would ask with a window of its own, which nobody can tell from a forged one. */
const challenge = ['WWW-Authenticate', 'Bearer realm="gatehouse"'];

function leadsToLogin(facts: Facts): boolean {
  return facts.navigation && (facts.hostKind === 'own' || facts.hostKind === 'forwarded');
}
