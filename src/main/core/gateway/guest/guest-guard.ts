/**
 * The attack: a guest who gets more than the link says, by a second door (the WebSocket), a second reading
 * (of a path, a credential, a method), or a moment (between the look and the act). Every request and upgrade
 * of a guest comes through here before anything else is done with it: facts, who asks, what the role allows.
 * The default is no.
 */
import type { IncomingMessage } from 'node:http';
import type { Precondition, RoleRefusal, RoleRules, SocketVerdict } from '../../role-ports.ts';
import type { GuestSession } from '../../share-ports.ts';
import { jsonAnswer, redirectAnswer, valueAnswer, type Answer } from '../http-answer.ts';
import type { AttemptVerdict } from '../request/attempts.ts';
import type { Reason } from '../request/authorize.ts';
import type { Connection } from '../listen/connection.ts';
import type { CredentialKind } from '../request/credential.ts';
import { readFacts, type Facts, type Listener } from '../request/facts.ts';
import { coversOwnPages } from '../owner/owner-guard.ts';
import type { GuestVerdict } from './guest-authorize.ts';
import { outsidePage } from './pages/guest-pages.ts';
import { notAllowedPage } from './pages/guest-state-pages.ts';
import { guestName } from './guest-upstream.ts';
import { isOwnPath, ownPrefix, rateHeaders } from '../owner/owner-routes.ts';
import type { RefusalLog } from '../refusal-log.ts';
import { plainSpelling } from '../forward/request-headers.ts';
import type { Decision } from '../listen/http-server.ts';
import { workerRemoval } from '../request/user-content.ts';

/** What was found out about a guest's request. */
export interface Entry {
  readonly session: GuestSession;
  readonly by: CredentialKind;
  /** Its Authorization is the server's own user's, and goes on to the server. */
  readonly foreign: boolean;
  /** What the role says of the WebSocket; null for a request. */
  readonly socket: Extract<SocketVerdict, { readonly allow: true }> | null;
  /** What has to be asked before. */
  readonly onlyIf: Precondition | null;
}

/** What the guard asks of the door. */
export interface GuestGuardContext {
  readonly listener: Listener;
  readonly roles: RoleRules;
  readonly landing: string;
  readonly refusalLog: RefusalLog;
  /** Why the server may not be asked for a path, by its profile; null where it may. */
  closed(path: string): string | null;
  /** Whether a path hands out what people have uploaded. */
  isUserContent(path: string): boolean;
  verdict(facts: Facts, connection: Connection): GuestVerdict;
  /** Redeems a tool's token, and looks again. */
  redeem(facts: Facts, connection: Connection, token: string): Promise<GuestVerdict | Answer>;
  /** Counts a wrong credential of this address. */
  failed(facts: Facts): AttemptVerdict;
  /** Counts a request of somebody who is in; an answer when there were too many, or too many are open. */
  tooMany(facts: Facts, session: GuestSession): Answer | null;
  /** The same for somebody who is not. */
  strangerTooMany(facts: Facts): Answer | null;
  /** Leads a browser that came with a token in its address to the clean one, with a session. */
  exchange(facts: Facts): Answer;
  noteRole(session: GuestSession, what: string): void;
  noteRefused(facts: Facts, reason: string): void;
}

export function shareGuard(
  context: GuestGuardContext,
  request: IncomingMessage,
  connection: Connection,
  upgrade: boolean,
): Decision<Entry> | Promise<Decision<Entry>> {
  const facts = readFacts(request, connection.peer, upgrade, context.listener);
  if ('message' in facts) {
    context.refusalLog(facts.message, { client: connection.peer });
    const answer = jsonAnswer(facts.status, facts.message, ['Connection', 'close']);
    return { kind: 'answer', answer, last: true };
  }
  if (isOwnPath(facts.path)) {
    return upgrade ? answered(jsonAnswer(404, 'There is no such page of Gatehouse')) : { kind: 'own', facts };
  }
  const verdict = context.verdict(facts, connection);
  const confirmation = confirmationOf(facts, verdict);
  if (confirmation !== null) return answered(confirmation);
  if (verdict.open !== 'later') return judged(context, facts, verdict);
  return context
    .redeem(facts, connection, verdict.token)
    .then(found => ('status' in found ? answered(found) : judged(context, facts, found)));
}

/**
 * The attack (login CSRF): a foreign page leads a browser to an address with the attacker's own token, and
 * its user goes on in the attacker's session. Only a person who asked for the address in the browser itself
 * is signed in by it; everybody else is led to the page of the link, where nothing happens before its button
 * is pressed, and no use is spent until then. Null for programs, which are given no cookie, and for a browser
 * whose own session opens the door.
 */
function confirmationOf(facts: Facts, verdict: GuestVerdict): Answer | null {
  if (verdict.open === false || verdict.by !== 'query') return null;
  if (!facts.navigation || facts.site === 'none') return null;
  const token = facts.credentials.find(({ kind }) => kind === 'query')?.value ?? '';
  const [id = '', secret = ''] = token.split('.');
  return redirectAnswer(303, `${facts.ownOrigin}${ownPrefix}/join/${id}#${secret}`);
}

function judged(context: GuestGuardContext, facts: Facts, verdict: GuestVerdict): Decision<Entry> {
  if (verdict.open !== true) return answered(refuse(context, facts, verdict));
  const { session, by } = verdict;
  const tooMany = context.tooMany(facts, session);
  if (tooMany !== null) return answered(tooMany);
  if (facts.navigation && facts.hadQueryToken && by === 'query') return answered(context.exchange(facts));
  if (facts.navigation && facts.target === '/' && context.landing !== '/') {
    return answered(redirectAnswer(303, facts.ownOrigin + context.landing));
  }
  return allowed(context, facts, { session, by, foreign: verdict.foreign === true });
}

/** What the role says. */
function allowed(
  context: GuestGuardContext,
  facts: Facts,
  who: Omit<Entry, 'socket' | 'onlyIf'>,
): Decision<Entry> {
  const { roles } = context;
  const { session } = who;
  const closed = context.closed(facts.path);
  if (closed !== null) return limited(context, facts, session, closed);
  if (facts.workerScript && coversOwnPages(facts.path)) {
    return limited(context, facts, session, 'A service worker of the whole address is not allowed');
  }
  if (facts.workerScript && context.isUserContent(facts.path)) {
    context.noteRole(session, `role: service worker ${facts.path}`);
    return answered(workerRemoval);
  }
  if (facts.names.some(name => roles.overrideHeaders.includes(plainSpelling(name)))) {
    return limited(
      context,
      facts,
      session,
      'A request that asks to be taken for another one is not passed on',
    );
  }
  if (facts.upgrade) {
    const offered = subprotocols(facts);
    const socket = roles.openSocket(session.role, facts.path, facts.query, offered, {
      name: guestName(session),
      session: session.id,
      permissions: session.permissions,
    });
    if (!socket.allow) return limited(context, facts, session, socket.message, socket);
    const onlyIf = socket.relay === 'filter' ? (socket.onlyIf ?? null) : null;
    return { kind: 'forward', facts, verdict: { ...who, socket, onlyIf } };
  }
  const verdict = roles.decideRequest(session.role, facts.method, facts.path, facts.query);
  if (!verdict.allow) return limited(context, facts, session, verdict.message, verdict);
  if (verdict.answer !== undefined) return answered(valueAnswer(200, verdict.answer));
  return { kind: 'forward', facts, verdict: { ...who, socket: null, onlyIf: verdict.onlyIf ?? null } };
}

function subprotocols(facts: Facts): readonly string[] {
  return facts.subprotocols
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
}

function limited(
  context: GuestGuardContext,
  facts: Facts,
  session: GuestSession,
  message: string,
  refusal: RoleRefusal | null = null,
): Decision<Entry> {
  context.noteRole(
    session,
    `${refusal?.reason ?? 'role'}: ${facts.upgrade ? 'WebSocket' : facts.method} ${facts.path}`,
  );
  return answered(facts.navigation ? notAllowedPage(message) : jsonAnswer(403, message));
}

function answered(answer: Answer): Decision<never> {
  return { kind: 'answer', answer };
}

const refusals: Record<Reason, readonly [status: number, message: string]> = {
  'no-credential': [401, 'Open the link that you were given: no credential was sent'],
  'ambiguous-credential': [400, 'Two credentials of one kind were sent'],
  'wrong-credential': [401, 'The credential is wrong'],
  'expired-session': [401, 'You are not in any more: open the link again, or ask for a new one'],
  'foreign-origin': [403, 'The request comes from another origin'],
  'cross-site': [403, 'The request comes from another site'],
};

/**
 * A person gets a page, a program a status and a sentence; neither is told why what was shown does not open.
 */
function refuse(
  context: GuestGuardContext,
  facts: Facts,
  verdict: Exclude<GuestVerdict, { readonly open: true }>,
): Answer {
  const reason = verdict.open === 'later' ? 'wrong-credential' : verdict.reason;
  const { method, path, client, host, origin } = facts;
  context.refusalLog(reason, { method, path, client, host, origin: origin ?? '' });
  const [status, message] = refusals[reason];
  if (reason === 'wrong-credential') {
    const attempt = context.failed(facts);
    context.noteRefused(facts, reason);
    if (attempt.limited) return jsonAnswer(429, 'Too many wrong credentials', rateHeaders(attempt));
    return unauthorized(facts, message, rateHeaders(attempt));
  }
  const tooMany = context.strangerTooMany(facts);
  if (tooMany !== null) return tooMany;
  return status === 401 ? unauthorized(facts, message, []) : jsonAnswer(status, message);
}

function unauthorized(facts: Facts, message: string, headers: readonly string[]): Answer {
  const all = ['WWW-Authenticate', 'Bearer realm="gatehouse"', ...headers];
  if (!facts.navigation) return jsonAnswer(401, message, all);
  const page = outsidePage(401);
  return { ...page, headers: [...page.headers, ...all] };
}
