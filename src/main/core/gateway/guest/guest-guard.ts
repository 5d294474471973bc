/**
 * The attack: a guest who gets more than the link says, by a second entrance (the WebSocket), a second
 * reading (of a path, a credential, a method), or a moment (between the check and the act). Every request and
 * upgrade of a guest passes here before anything else is done with it: facts, session, role. The default is
 * no.
 */
import type { IncomingMessage } from 'node:http';
import type { Precondition, RoleRefusal, RoleRules, SocketVerdict } from '../../role-ports.ts';
import type { GuestSession } from '../../share-ports.ts';
import { jsonAnswer, redirectAnswer, valueAnswer, type Answer } from '../http-answer.ts';
import { rateHeaders, type AttemptVerdict } from '../request/attempts.ts';
import type { Reason } from '../request/authorize.ts';
import type { Connection } from '../listen/connection.ts';
import type { CredentialKind } from '../request/credential.ts';
import { readFacts, type Facts, type Listener } from '../request/facts.ts';
import {
  firstFinding,
  sharedChecks,
  type Authorized,
  type Check,
  type GuardedServer,
} from '../request/guard-check.ts';
import { bearerChallenge, logRefusal, statusOf } from '../request/refusal.ts';
import type { GuestVerdict } from './guest-authorize.ts';
import { outsidePage } from './pages/guest-pages.ts';
import { notAllowedPage } from './pages/guest-state-pages.ts';
import { guestName } from './guest-upstream.ts';
import { isOwnPath, ownPrefix } from '../own-path.ts';
import { noSuchPage } from '../own-routes.ts';
import type { RefusalLog } from '../refusal-log.ts';
import { plainSpelling } from '../forward/request-headers.ts';
import type { Decision } from '../listen/http-server.ts';

/** What the guard found out about a guest's request. */
export interface Entry {
  readonly session: GuestSession;
  readonly by: CredentialKind;
  /** Its Authorization is the server's own user's, and goes on to the server. */
  readonly foreign: boolean;
  /** What the role says of the WebSocket; null for a request. */
  readonly socket: Extract<SocketVerdict, { readonly allow: true }> | null;
  /** What has to be asked of the server first. */
  readonly onlyIf: Precondition | null;
}

/** What the guard asks of the gateway. */
export interface GuestGuardContext {
  readonly listener: Listener;
  readonly roles: RoleRules;
  readonly upstream: GuardedServer;
  readonly refusalLog: RefusalLog;
  verdict(facts: Facts, connection: Connection): GuestVerdict;
  /** Redeems a tool's token, and looks again. */
  redeem(facts: Facts, connection: Connection, token: string): Promise<GuestVerdict | Answer>;
  /** Counts a wrong credential of this address. */
  failed(facts: Facts): AttemptVerdict;
  /** Counts a request of a guest; an answer when there were too many, or too many are open. */
  tooMany(session: GuestSession): Answer | null;
  /** The same for a client without a session. */
  strangerTooMany(facts: Facts): Answer | null;
  /** Leads a browser that came with a token in its address to the clean one, with a session. */
  exchange(facts: Facts): Answer;
  noteRole(session: GuestSession, what: string): void;
  noteRefused(facts: Facts, reason: string): void;
}

interface GuestRequest extends Authorized, Omit<Entry, 'socket' | 'onlyIf'> {
  readonly context: GuestGuardContext;
}

const shared = sharedChecks<GuestRequest>({
  closed: limited,
  originWorker: asked => limited(asked, 'A service worker of the whole address is not allowed'),
  noteUploadedWorker: ({ context, session, facts }) =>
    context.noteRole(session, `role: service worker ${facts.path}`),
});

/** Once the session is known; what its role allows is asked last. */
const checks: readonly Check<GuestRequest>[] = [
  { name: 'too many requests', find: ({ context, session }) => context.tooMany(session) },
  {
    name: 'a token in the address of a page',
    find: ({ context, facts, by }) =>
      facts.navigation && facts.hadQueryToken && by === 'query' ? context.exchange(facts) : null,
  },
  shared.firstPage,
  shared.closedPath,
  shared.originWorker,
  shared.uploadedWorker,
  {
    name: 'a header that has the server take the request for another one',
    find: asked =>
      asked.facts.names.some(name => asked.context.roles.overrideHeaders.includes(plainSpelling(name)))
        ? limited(asked, 'A request that asks to be taken for another one is not passed on')
        : null,
  },
];

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
    return upgrade ? answered(noSuchPage()) : { kind: 'own', facts };
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
 * whose own session is right.
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
  const asked = { context, facts, server: context.upstream, session, by, foreign: verdict.foreign === true };
  const answer = firstFinding(checks, asked);
  if (answer !== null) return answered(answer);
  return facts.upgrade ? judgeSocket(asked) : judgeRequest(asked);
}

function judgeSocket(asked: GuestRequest): Decision<Entry> {
  const { context, facts, session, by, foreign } = asked;
  const socket = context.roles.openSocket(session.role, facts.path, facts.query, subprotocols(facts), {
    name: guestName(session),
    session: session.id,
    permissions: session.permissions,
  });
  if (!socket.allow) return answered(limited(asked, socket.message, socket));
  const onlyIf = socket.relay === 'filter' ? (socket.onlyIf ?? null) : null;
  return { kind: 'forward', facts, verdict: { session, by, foreign, socket, onlyIf } };
}

function judgeRequest(asked: GuestRequest): Decision<Entry> {
  const { context, facts, session, by, foreign } = asked;
  const verdict = context.roles.decideRequest(session.role, facts.method, facts.path, facts.query);
  if (!verdict.allow) return answered(limited(asked, verdict.message, verdict));
  if (verdict.answer !== undefined) return answered(valueAnswer(200, verdict.answer));
  const onlyIf = verdict.onlyIf ?? null;
  return { kind: 'forward', facts, verdict: { session, by, foreign, socket: null, onlyIf } };
}

function subprotocols(facts: Facts): readonly string[] {
  return facts.subprotocols
    .split(',')
    .map(name => name.trim())
    .filter(name => name !== '');
}

/** Refuses what the role or the profile does not allow, and notes it in the audit log. */
function limited(
  { context, facts, session }: GuestRequest,
  message: string,
  refusal: RoleRefusal | null = null,
): Answer {
  const what = `${facts.upgrade ? 'WebSocket' : facts.method} ${facts.path}`;
  context.noteRole(session, `${refusal?.reason ?? 'role'}: ${what}`);
  return facts.navigation ? notAllowedPage(message) : jsonAnswer(403, message);
}

function answered(answer: Answer): Decision<never> {
  return { kind: 'answer', answer };
}

const messages: Readonly<Record<Reason, string>> = {
  'no-credential': 'Open the link that you were given: no credential was sent',
  'ambiguous-credential': 'Two credentials of one kind were sent',
  'wrong-credential': 'The credential is wrong',
  'expired-session': 'You are not in any more: open the link again, or ask for a new one',
  'foreign-origin': 'The request comes from another origin',
  'cross-site': 'The request comes from another site',
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
  logRefusal(context.refusalLog, reason, facts);
  const status = statusOf[reason];
  const message = messages[reason];
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
  const all = [...bearerChallenge, ...headers];
  if (!facts.navigation) return jsonAnswer(401, message, all);
  const page = outsidePage(401);
  return { ...page, headers: [...page.headers, ...all] };
}
