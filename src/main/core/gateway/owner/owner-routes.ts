/**
 * What is under `/_gatehouse/`. The attacks: a page that is open by accident (so the open ones are a list,
 * here, that a test walks), a form that another site posts (login and logout are as worth forging as anything
 * else), a body without an end, a code that a link preview uses up.
 */
import type { IncomingMessage } from 'node:http';
import { jsonAnswer, redirectAnswer, type Answer } from '../http-answer.ts';
import { setProbe, showsProbe } from '../request/cookie-probe.ts';
import { clearSessionCookie, secureSessionCookie, sessionCookie } from '../request/cookies.ts';
import type { Connection } from '../listen/connection.ts';
import type { Facts } from '../request/facts.ts';
import { isFromElsewhere } from '../request/fetch-metadata.ts';
import type { AttemptVerdict } from '../request/attempts.ts';
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

export const ownPrefix = '/_gatehouse';

/**
 * Everything that answers without a credential. Nothing else does; test/integration/gateway/routes.test.ts
 * walks it.
 * @internal for that test
 */
export const openPages: readonly (readonly [method: 'GET' | 'POST', path: string])[] = [
  ['GET', '/_gatehouse/login'],
  ['POST', '/_gatehouse/login'],
  ['GET', '/_gatehouse/open'],
  ['GET', '/_gatehouse/here'],
];

/**
 * Those that answer by way of a forwarder that the owner has named: they set no cookie, and lead to the own
 * name.
 */
export const leadingPages: readonly string[] = ['/_gatehouse/login', '/_gatehouse/open'];

/** What the pages need of the gateway. */
export interface OwnerRouteContext {
  readonly name: string;
  /** Whether the listener speaks TLS. */
  readonly secure: boolean;
  readonly formBytes: number;
  readonly formMs: number;
  verdict(facts: Facts, connection: Connection): Verdict;
  /** True when this is the access token. */
  tokenIsRight(token: string): boolean;
  /** Counts a wrong credential. */
  failed(facts: Facts): AttemptVerdict;
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
  signOut(verdict: Verdict): void;
  refuse(facts: Facts, verdict: Verdict): Answer;
  /** Answers when a page that waits for the server should be loaded again (`change-wait.ts`). */
  nextChange(): Promise<Answer>;
}

/** True for every path that is Gatehouse's own; such a path never reaches the server, whatever follows. */
export function isOwnPath(path: string): boolean {
  return path.startsWith(ownPrefix) && (path.length === ownPrefix.length || path[ownPrefix.length] === '/');
}

export async function answerOwnPage(
  context: OwnerRouteContext,
  facts: Facts,
  request: IncomingMessage,
  connection: Connection,
): Promise<Answer> {
  const method = facts.method === 'HEAD' ? 'GET' : facts.method;
  if (facts.hostKind === 'forwarded') return leadToOwnName(context, facts, request, method);
  switch (`${method} ${facts.path}`) {
    case 'GET /_gatehouse/login':
      return loginPage(context.name, nextOf(facts), null, setProbe(context.secure));
    case 'POST /_gatehouse/login':
      return login(context, facts, request);
    case 'GET /_gatehouse/open':
      return redeem(context, facts, request);
    case 'GET /_gatehouse/here':
      return hereAnswer;
    case 'GET /_gatehouse/wait':
      return wait(context, facts, connection);
    case 'GET /_gatehouse/logout':
    case 'POST /_gatehouse/logout':
      return logout(context, facts, connection);
    default:
      return jsonAnswer(404, 'There is no such page of Gatehouse');
  }
}

/**
 * For a page of ours at another address that looks whether this one is found. Whoever asks knows the name
 * already.
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
async function formOf(
  context: OwnerRouteContext,
  facts: Facts,
  request: IncomingMessage,
): Promise<URLSearchParams | Answer> {
  if (!comesFromOwnPage(facts)) return jsonAnswer(403, 'The sign-in form was sent by another site');
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/x-www-form-urlencoded(?:;|$)/i.test(type)) {
    return jsonAnswer(415, 'The sign-in form is application/x-www-form-urlencoded');
  }
  const text = await readBody(request, context.formBytes, context.formMs);
  return typeof text === 'string'
    ? new URLSearchParams(text)
    : jsonAnswer(text.status, text.message, ['Connection', 'close']);
}

async function login(context: OwnerRouteContext, facts: Facts, request: IncomingMessage): Promise<Answer> {
  const form = await formOf(context, facts, request);
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
function redeem(context: OwnerRouteContext, facts: Facts, request: IncomingMessage): Answer {
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
 * changes. So nothing is signed in at a forwarder's address: who shows the token, or a link that is good, is
 * led to the own name by way of the same port, and nobody else is told it.
 */
async function leadToOwnName(
  context: OwnerRouteContext,
  facts: Facts,
  request: IncomingMessage,
  method: string,
): Promise<Answer> {
  const next = nextOf(facts);
  if (method === 'GET' && facts.path === '/_gatehouse/open') {
    const code = new URLSearchParams(facts.query).get('code') ?? '';
    return knows(context, code)
      ? redirectAnswer(303, context.redeemUrl(facts, code, next))
      : signInHerePage(next, 'used');
  }
  if (method === 'GET') return signInHerePage(next, null);
  if (method !== 'POST' || facts.path !== '/_gatehouse/login')
    return jsonAnswer(405, `Method ${method} is not allowed`);
  const form = await formOf(context, facts, request);
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

function logout(context: OwnerRouteContext, facts: Facts, connection: Connection): Answer {
  const verdict = context.verdict(facts, connection);
  if (!verdict.open) return context.refuse(facts, verdict);
  if (facts.method !== 'POST') return logoutPage(context.name);
  context.signOut(verdict);
  const cookie = ['Set-Cookie', clearSessionCookie(context.secure)];
  return redirectAnswer(303, `${facts.ownOrigin}/_gatehouse/login`, cookie);
}

async function wait(context: OwnerRouteContext, facts: Facts, connection: Connection): Promise<Answer> {
  const verdict = context.verdict(facts, connection);
  return verdict.open ? context.nextChange() : context.refuse(facts, verdict);
}

/**
 * A form has no credential that could be checked, so it must show where it comes from. Only programs send
 * neither header.
 */
export function comesFromOwnPage(facts: Facts): boolean {
  if (facts.origin !== null && facts.origin !== facts.ownOrigin) return false;
  return !isFromElsewhere(facts);
}

/** X-RateLimit-* on every answer to a wrong credential; Retry-After when it was one too many. */
export function rateHeaders(attempt: AttemptVerdict): readonly string[] {
  const headers = [
    'X-RateLimit-Limit',
    String(attempt.limit),
    'X-RateLimit-Remaining',
    String(attempt.remaining),
    'X-RateLimit-Reset',
    String(attempt.resetSeconds),
  ];
  return attempt.limited ? [...headers, 'Retry-After', String(attempt.resetSeconds)] : headers;
}

const tooLong = { status: 413, message: 'The form is too long' };
const tooLate = { status: 408, message: 'The form did not arrive in time' };

/**
 * The body as text, or why there is none: nobody who has shown nothing keeps a connection open by sending
 * nothing.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  maxMs: number,
): Promise<string | { readonly status: number; readonly message: string }> {
  const { promise, resolve } = Promise.withResolvers<Awaited<ReturnType<typeof readBody>>>();
  const chunks: Buffer[] = [];
  let size = 0;
  const late = setTimeout(() => resolve(tooLate), maxMs).unref();
  request.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > limit) resolve(tooLong);
    else chunks.push(chunk);
  });
  request.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
  request.on('close', () => {
    clearTimeout(late);
    resolve(tooLong);
  });
  return promise;
}
