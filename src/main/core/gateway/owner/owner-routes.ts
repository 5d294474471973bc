/**
 * What is under `/_gatehouse/`. The attacks: a page that is open by accident (so the rows that route are the
 * list of open pages, too, and a test walks it), a form that another site posts (login and logout are as
 * worth forging as anything else), a body without an end, a code that a link preview uses up.
 */
import type { IncomingMessage } from 'node:http';
import { jsonAnswer, redirectAnswer, type Answer } from '../http-answer.ts';
import { noSuchPage, openRoutes, routedMethod, type OwnRoute } from '../own-routes.ts';
import type { GatewayUpstream } from '../forward/gateway-upstream.ts';
import type { Limits } from '../limits.ts';
import { setProbe, showsProbe } from '../request/cookie-probe.ts';
import { clearSessionCookie, secureSessionCookie, sessionCookie } from '../request/cookies.ts';
import type { Connection } from '../listen/connection.ts';
import type { OwnPageRequest } from '../listen/http-server.ts';
import type { Facts } from '../request/facts.ts';
import { comesFromOwnPage, readBody } from '../request/form-body.ts';
import { rateHeaders } from '../request/attempts.ts';
import { refuse, type RefusalContext } from './owner-refusal.ts';
import { safeNext } from './next-path.ts';
import {
  leadOnPage,
  loginPage,
  logoutPage,
  noCookiesPage,
  signInHerePage,
  usedCodePage,
} from './owner-pages.ts';
import type { Verdict } from '../request/authorize.ts';

/** What the pages need of the gateway. */
export interface OwnerRouteContext extends RefusalContext {
  readonly name: string;
  /** Whether the listener speaks TLS. */
  readonly secure: boolean;
  readonly limits: Pick<Limits, 'formBytes' | 'formMs'>;
  readonly upstream: Pick<GatewayUpstream, 'nextChange'>;
  verdict(facts: Facts, connection: Connection): Verdict;
  /** True when this is the access token. */
  tokenIsRight(token: string): boolean;
  /** Uses a one-time code up; true when it was good. */
  takeCode(code: string): boolean;
  /** Whether `takeCode` would answer true; uses nothing up. */
  knowsCode(code: string): boolean;
  /** A new one-time code. */
  makeCode(): string;
  /** Where a code is redeemed: the own name, by way of the port that the request came to. */
  redeemUrl(facts: Facts, code: string, next: string): string;
  /** Opens a session and leads to a page of the server (`/` is its first page). */
  signIn(facts: Facts, next: string): Answer;
  /** Ends a session and its sockets. */
  signOut(verdict: OpenVerdict): void;
}

interface Asked {
  readonly context: OwnerRouteContext;
  readonly facts: Facts;
  readonly request: IncomingMessage;
}

type OpenVerdict = Verdict & { readonly open: true };

/**
 * `leads` answers instead by way of a forwarder that the owner has named: it sets no cookie, and leads to the
 * own name. Without it the row is not there.
 */
type OwnerRoute = OwnRoute<Asked, OpenVerdict> & {
  readonly leads?: (asked: Asked) => Answer | Promise<Answer>;
};

const routes: readonly OwnerRoute[] = [
  {
    method: 'GET',
    path: '/_gatehouse/login',
    open: true,
    answer: ({ context, facts }) => loginPage(context.name, nextOf(facts), null, setProbe(context.secure)),
    leads: ({ facts }) => signInHerePage(nextOf(facts), null),
  },
  { method: 'POST', path: '/_gatehouse/login', open: true, answer: login, leads: leadByForm },
  { method: 'GET', path: '/_gatehouse/open', open: true, answer: redeem, leads: leadByCode },
  { method: 'GET', path: '/_gatehouse/here', open: true, answer: () => hereAnswer },
  {
    method: 'GET',
    path: '/_gatehouse/wait',
    open: false,
    answer: ({ context }) => context.upstream.nextChange(),
  },
  {
    method: 'GET',
    path: '/_gatehouse/logout',
    open: false,
    answer: ({ context }) => logoutPage(context.name),
  },
  { method: 'POST', path: '/_gatehouse/logout', open: false, answer: logout },
];

/** What answers without a credential; a test walks it. @internal */
export const openPages = openRoutes(routes);

/** Paths that answer by way of a forwarder that the owner has named. */
export const leadingPages: readonly string[] = routes
  .filter(({ leads }) => leads !== undefined)
  .map(({ path }) => path);

export async function answerOwnPage(
  context: OwnerRouteContext,
  { facts, request, connection }: OwnPageRequest,
): Promise<Answer> {
  const method = routedMethod(facts.method);
  const route = routes.find(each => each.method === method && each.path === facts.path);
  const asked = { context, facts, request };
  if (facts.hostKind === 'forwarded') {
    return route?.leads?.(asked) ?? jsonAnswer(405, `Method ${method} is not allowed`);
  }
  if (route === undefined) return noSuchPage();
  if (route.open) return route.answer(asked);
  const verdict = context.verdict(facts, connection);
  return verdict.open ? route.answer(asked, verdict) : refuse(context, facts, verdict.reason);
}

/**
 * For a page of ours at another address that checks whether the browser finds this one. A client that asks
 * knows the name already.
 */
const hereAnswer: Answer = {
  status: 200,
  headers: ['Cache-Control', 'no-store', 'Cross-Origin-Resource-Policy', 'cross-origin'],
  body: '',
};

function nextOf({ query }: Facts): string {
  return safeNext(new URLSearchParams(query).get('next'));
}

/** The fields of the sign-in form, or why there are none. */
async function formOf({ context, facts, request }: Asked): Promise<URLSearchParams | Answer> {
  if (!comesFromOwnPage(facts)) return jsonAnswer(403, 'The sign-in form was sent by another site');
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(type)) {
    return jsonAnswer(415, 'The sign-in form is application/x-www-form-urlencoded');
  }
  const text = await readBody(request, context.limits.formBytes, context.limits.formMs);
  return typeof text === 'string'
    ? new URLSearchParams(text)
    : jsonAnswer(text.status, text.message, ['Connection', 'close']);
}

async function login(asked: Asked): Promise<Answer> {
  const { context, facts, request } = asked;
  const form = await formOf(asked);
  if (!(form instanceof URLSearchParams)) return form;
  const next = safeNext(form.get('next'));
  const token = (form.get('token') ?? '').trim();
  if (token !== '' && context.tokenIsRight(token)) {
    // A program that says nothing of itself may look after its cookies as it likes.
    if (facts.mode === null || keepsCookies(context, request)) return context.signIn(facts, next);
    return noCookies(context, `/_gatehouse/login?next=${encodeURIComponent(next)}`, 'Nothing was opened.');
  }
  const attempt = context.failed(facts);
  const headers = rateHeaders(attempt);
  return loginPage(context.name, next, attempt.limited ? 'limited' : 'wrong', headers, attempt.resetSeconds);
}

/** A code is used up by a person's browser that loads the page, not by a preview, a prefetch or an image. */
function redeem({ context, facts, request }: Asked): Answer {
  const purpose = request.headers['sec-purpose'] ?? request.headers['purpose'];
  const isPage = facts.method === 'GET' && (facts.mode === null || facts.navigation);
  if (purpose !== undefined || !isPage) return jsonAnswer(403, 'A sign-in link is opened by a person');
  const asked = new URLSearchParams(facts.query);
  const code = asked.get('code') ?? '';
  if (code === '' || code.length > 100) return usedCodePage(context.name);
  const next = nextOf(facts);
  if (!keepsCookies(context, request)) {
    const probed = context.redeemUrl(facts, code, next);
    if (asked.get('probed') === null)
      return redirectAnswer(303, `${probed}&probed`, setProbe(context.secure));
    return noCookies(context, probed, 'Your link has not been used up: it still works, in any browser.');
  }
  return context.takeCode(code) ? context.signIn(facts, next) : usedCodePage(context.name);
}

function keepsCookies(context: OwnerRouteContext, request: IncomingMessage): boolean {
  return showsProbe(
    request.headers.cookie,
    context.secure,
    context.secure ? secureSessionCookie : sessionCookie,
  );
}

function noCookies(context: OwnerRouteContext, again: string, lost: string): Answer {
  return noCookiesPage(context.name, again, lost, setProbe(context.secure));
}

/**
 * The attack: a cookie of `localhost`, which every port of every account shares, and an origin that never
 * changes. So nothing is signed in at a forwarder's address: a client that shows the token, or a link that is
 * good, is led to the own name by way of the same port, and no other client is told that name.
 */
function leadByCode({ context, facts }: Asked): Answer {
  const code = new URLSearchParams(facts.query).get('code') ?? '';
  const next = nextOf(facts);
  return knows(context, code)
    ? redirectAnswer(303, context.redeemUrl(facts, code, next))
    : signInHerePage(next, 'used');
}

/** The form takes the token, or a whole link that is good. */
async function leadByForm(asked: Asked): Promise<Answer> {
  const { context, facts } = asked;
  const form = await formOf(asked);
  if (!(form instanceof URLSearchParams)) return form;
  const shown = (form.get('token') ?? '').trim();
  const wanted = safeNext(form.get('next'));
  const linked = /[?&]code=([\w-]{1,100})(?:&|$)/.exec(shown)?.[1] ?? '';
  if (knows(context, linked)) return leadOnPage(context.redeemUrl(facts, linked, wanted));
  if (shown !== '' && context.tokenIsRight(shown))
    return leadOnPage(context.redeemUrl(facts, context.makeCode(), wanted));
  const attempt = context.failed(facts);
  const problem = attempt.limited ? 'limited' : 'wrong';
  return signInHerePage(wanted, problem, rateHeaders(attempt), attempt.resetSeconds);
}

function knows(context: OwnerRouteContext, code: string): boolean {
  return code !== '' && code.length <= 100 && context.knowsCode(code);
}

function logout({ context, facts }: Asked, verdict: OpenVerdict): Answer {
  context.signOut(verdict);
  const cookie = ['Set-Cookie', clearSessionCookie(context.secure)];
  return redirectAnswer(303, `${facts.ownOrigin}/_gatehouse/login`, cookie);
}
