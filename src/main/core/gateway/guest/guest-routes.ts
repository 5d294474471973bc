/**
 * What is under `/_gatehouse/` on a guests' door. The attacks: a link that a preview robot uses up (so
 * nothing is spent by loading a page), a secret in an address or a log (it comes in a body), a form that
 * another site posts, a guess that learns which links exist (the answer to a wrong secret and to an unknown
 * link is one), a page that tells strangers whose server this is.
 */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import type {
  GuestAuthority,
  GuestSession,
  Invitation,
  JoinAnswer,
  NoEntry,
  GuestSessionVerdict,
} from '../../share-ports.ts';
import { jsonAnswer, redirectAnswer, valueAnswer, type Answer } from '../http-answer.ts';
import { guestScript } from './pages/banner-script.ts';
import { authorityDer, authorityPem, authorityProfile } from './pages/certificate-downloads.ts';
import { certificatePage } from './pages/certificate-pages.ts';
import { setProbe, showsProbe } from '../request/cookie-probe.ts';
import { clearGuestCookie, setGuestCookie } from '../request/cookies.ts';
import type { Facts } from '../request/facts.ts';
import { joinPage, leftPage } from './pages/guest-pages.ts';
import { comesFromOwnPage, rateHeaders, readBody } from '../owner/owner-routes.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';

/**
 * Everything that answers without a session. Nothing else does; a test walks it. `<id>` stands for a link's.
 */
export const openSharePages: readonly (readonly [method: 'GET' | 'POST', path: string])[] = [
  ['GET', '/_gatehouse/join/<id>'],
  ['POST', '/_gatehouse/join/<id>'],
  ['POST', '/_gatehouse/join/<id>/look'],
  ['POST', '/_gatehouse/join/<id>/wait'],
  ['GET', '/_gatehouse/me'],
  ['POST', '/_gatehouse/leave'],
  ['GET', '/_gatehouse/left'],
  ['GET', '/_gatehouse/guest.js'],
  ['GET', '/_gatehouse/certificate'],
  ['GET', '/_gatehouse/certificate/ca.crt'],
  ['GET', '/_gatehouse/certificate/ca.pem'],
  ['GET', '/_gatehouse/certificate/ca.mobileconfig'],
];

const joinPath = /^\/_gatehouse\/join\/([a-z2-7]{12})(?:\/(look|wait))?$/;

const secret = z.string().max(100);
const lookBody = z.object({ secret });
const waitBody = z.object({ ticket: secret });
const joinBody = z.object({ secret, name: z.string().max(1000), ticket: secret.nullable() });

export async function answerSharePage(
  gateway: GuestGatewayState,
  facts: Facts,
  request: IncomingMessage,
): Promise<Answer> {
  const method = facts.method === 'HEAD' ? 'GET' : facts.method;
  const join = joinPath.exec(facts.path);
  if (join !== null) return answerJoin(gateway, facts, request, method, join[1] ?? '', join[2] ?? '');
  const { tls } = gateway.rules;
  switch (`${method} ${facts.path}`) {
    case 'GET /_gatehouse/me':
      return me(gateway, facts);
    case 'GET /_gatehouse/wait':
      return wait(gateway, facts);
    case 'POST /_gatehouse/leave':
      return leave(gateway, facts);
    case 'GET /_gatehouse/left':
      return leftPage();
    case 'GET /_gatehouse/guest.js':
      return guestScript();
    case 'GET /_gatehouse/certificate':
      return certificatePage(tls.authority, tls.fingerprint, facts.host);
    case 'GET /_gatehouse/certificate/ca.crt':
      return download(gateway, authorityDer);
    case 'GET /_gatehouse/certificate/ca.pem':
      return download(gateway, authorityPem);
    case 'GET /_gatehouse/certificate/ca.mobileconfig':
      return download(gateway, authorityProfile);
    default:
      return jsonAnswer(404, 'There is no such page of Gatehouse');
  }
}

function download(gateway: GuestGatewayState, make: (authority: GuestAuthority) => Answer): Answer {
  const { authority } = gateway.rules.tls;
  return authority === null ? jsonAnswer(404, 'There is nothing to install here') : make(authority);
}

async function answerJoin(
  gateway: GuestGatewayState,
  facts: Facts,
  request: IncomingMessage,
  method: string,
  id: string,
  what: string,
): Promise<Answer> {
  if (method === 'GET' && what === '') return joinPage();
  if (method !== 'POST') return jsonAnswer(405, `Method ${method} is not allowed`);
  // Before anything is used up or the owner is asked. A program that says nothing of itself may look after
  // its cookies as it likes.
  if (facts.mode !== null && !showsProbe(request.headers.cookie, true, gateway.cookieName)) {
    return valueAnswer(403, { state: 'no', reason: 'no-cookies' }, setProbe(true));
  }
  const text = await bodyOf(gateway, facts, request);
  if (typeof text !== 'string') return text;
  switch (what) {
    case 'look':
      return withBody(lookBody, text, body => look(gateway, facts, id, body.secret));
    case 'wait':
      return withBody(waitBody, text, body =>
        valueAnswer(200, { state: gateway.rules.access.waiting(id, body.ticket) }),
      );
    default:
      return withBody(joinBody, text, body => joinNow(gateway, facts, id, body));
  }
}

async function bodyOf(
  gateway: GuestGatewayState,
  facts: Facts,
  request: IncomingMessage,
): Promise<string | Answer> {
  if (!comesFromOwnPage(facts)) return jsonAnswer(403, 'This was sent by another site');
  if (!/^application\/json(?:;|$)/i.test(facts.contentType ?? '')) {
    return jsonAnswer(415, 'This takes application/json');
  }
  const text = await readBody(request, gateway.limits.formBytes, gateway.limits.formMs);
  return typeof text === 'string' ? text : jsonAnswer(text.status, text.message, ['Connection', 'close']);
}

function withBody<T>(
  schema: z.ZodType<T>,
  text: string,
  use: (body: T) => Answer | Promise<Answer>,
): Answer | Promise<Answer> {
  const parsed = schema.safeParse(parse(text));
  return parsed.success ? use(parsed.data) : jsonAnswer(400, 'This is not what is asked for here');
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return null;
  }
}

function look(gateway: GuestGatewayState, facts: Facts, id: string, secret: string): Answer {
  const answer = gateway.rules.access.look(id, secret);
  return answer.open
    ? valueAnswer(200, { state: 'open', invitation: told(answer.invitation) })
    : refused(gateway, facts, id, answer.reason);
}

function told({ owner, computer, serverName, offer, until, asksName, approval }: Invitation): object {
  const { role, title, can, cannot, runsCode, note } = offer;
  const ends = new Date(until).toISOString();
  // What is said of code is said to the owner; the page has its own words for it.
  const what = { role, title, can, cannot, runsCode, note: runsCode ? null : note };
  return { owner, computer, server: serverName, ...what, until: ends, asksName, approval };
}

async function joinNow(
  gateway: GuestGatewayState,
  facts: Facts,
  id: string,
  body: z.infer<typeof joinBody>,
): Promise<Answer> {
  const { access } = gateway.rules;
  const before = sessionOf(gateway, facts);
  // The page was loaded again, or the link was opened a second time: the visit goes on, and no use is spent.
  const again = before?.link === id ? access.look(id, body.secret) : null;
  if (again?.open === true) return inside(gateway, again.invitation.opens, []);
  const { secret, ticket } = body;
  const guest = gateway.guestFacts(facts, body.name);
  const answer = await access.join({ id, secret, ticket, tool: false, guest }).catch((error: unknown) => {
    gateway.rules.log.error('a guest could not be let in', { error: String(error) });
    return null;
  });
  if (answer === null) return jsonAnswer(503, 'You cannot be let in just now. Try again in a moment.');
  if (answer.kind === 'in' && before !== null) access.leave(before.id);
  return joined(gateway, facts, id, answer);
}

function joined(gateway: GuestGatewayState, facts: Facts, id: string, answer: JoinAnswer): Answer {
  switch (answer.kind) {
    case 'in':
      return inside(gateway, answer.opens, [
        'Set-Cookie',
        setGuestCookie(gateway.cookieName, answer.cookie.reveal()),
      ]);
    case 'wait': {
      const endsAt = new Date(answer.endsAt).toISOString();
      return valueAnswer(202, { state: 'wait', ticket: answer.ticket.reveal(), endsAt });
    }
    case 'later':
      return tooManyJoins(gateway, facts, id, answer.retrySeconds);
    case 'no':
      return refused(gateway, facts, id, answer.reason);
    default:
      return answer satisfies never;
  }
}

function inside(gateway: GuestGatewayState, opens: string | null, headers: readonly string[]): Answer {
  return valueAnswer(200, { state: 'in', next: opens ?? gateway.landing }, headers);
}

function tooManyJoins(gateway: GuestGatewayState, facts: Facts, id: string, retrySeconds: number): Answer {
  gateway.noteRefused(facts, 'too-many-joins', id);
  const message = 'Many people are joining just now. Try again in a moment.';
  return jsonAnswer(429, message, ['Retry-After', String(retrySeconds)]);
}

/** An unknown link and a wrong secret are one answer; the rest is told to who holds the secret. */
function refused(gateway: GuestGatewayState, facts: Facts, id: string, reason: NoEntry): Answer {
  if (reason === 'name-missing') return valueAnswer(403, { state: 'no', reason });
  if (reason !== 'no-such-link') {
    gateway.noteRefused(facts, reason, id);
    return valueAnswer(403, { state: 'no', reason });
  }
  const attempt = gateway.failed(facts);
  gateway.noteRefused(facts, reason);
  const headers = rateHeaders(attempt);
  return attempt.limited
    ? jsonAnswer(429, 'Too many links that do not exist were tried', headers)
    : valueAnswer(403, { state: 'no', reason }, headers);
}

function verdictOf(gateway: GuestGatewayState, facts: Facts): GuestSessionVerdict | null {
  let last: GuestSessionVerdict | null = null;
  for (const { kind, value } of facts.credentials) {
    if (kind !== 'cookie') continue;
    last = gateway.rules.access.peek(value);
    if (last.open) return last;
  }
  return last;
}

function sessionOf(gateway: GuestGatewayState, facts: Facts): GuestSession | null {
  const verdict = verdictOf(gateway, facts);
  return verdict?.open === true ? verdict.session : null;
}

/** For the banner. Whoever holds a cookie of a session that is over is told why; a stranger is not. */
function me(gateway: GuestGatewayState, facts: Facts): Answer {
  if (!comesFromOwnPage(facts)) return jsonAnswer(403, 'This was sent by another site');
  const verdict = verdictOf(gateway, facts);
  if (verdict?.open !== true) return valueAnswer(401, { reason: verdict?.reason ?? 'unknown' });
  const { name, role, endsAt } = verdict.session;
  const title = role.slice(0, 1).toUpperCase() + role.slice(1);
  const until = new Date(endsAt).toISOString();
  return valueAnswer(200, { name, role, title, until, server: gateway.rules.name });
}

/** For the page that stands for a server that is not there. */
async function wait(gateway: GuestGatewayState, facts: Facts): Promise<Answer> {
  if (!comesFromOwnPage(facts)) return jsonAnswer(403, 'This was sent by another site');
  if (sessionOf(gateway, facts) === null) return jsonAnswer(401, 'This browser is not in');
  return gateway.change.answer(gateway.routes !== null);
}

function leave(gateway: GuestGatewayState, facts: Facts): Answer {
  if (!comesFromOwnPage(facts) || (facts.origin === null && facts.site === null)) {
    return jsonAnswer(403, 'This was sent by another site');
  }
  const session = sessionOf(gateway, facts);
  // After the answer: the connection on which it goes is one of those that are cut.
  if (session !== null) setTimeout(() => gateway.rules.access.leave(session.id), 50).unref();
  const cookie = ['Set-Cookie', clearGuestCookie(gateway.cookieName)];
  return redirectAnswer(303, `${facts.ownOrigin}/_gatehouse/left`, cookie);
}
