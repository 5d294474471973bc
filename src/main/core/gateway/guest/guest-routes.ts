/**
 * What is under `/_gatehouse/` on a guests' gateway. The attacks: a link that a preview robot uses up (so
 * nothing is spent by loading a page), a secret in an address or a log (it comes in a body), a form that
 * another site posts, a guess that learns which links exist (the answer to a wrong secret and to an unknown
 * link is one), a page that tells strangers whose server this is.
 */
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
import type { OwnPageRequest } from '../listen/http-server.ts';
import { noSuchPage, openRoutes, routedMethod, type OwnRoute } from '../own-routes.ts';
import { rateHeaders } from '../request/attempts.ts';
import { comesFromOwnPage, readBody } from '../request/form-body.ts';
import type { GuestGatewayState } from './guest-gateway-state.ts';

interface Asked extends OwnPageRequest {
  readonly gateway: GuestGatewayState;
  /** The link of the path; '' where the path names none. */
  readonly id: string;
}

type GuestRoute = OwnRoute<Asked, GuestSession>;

const secret = z.string().max(100);
const lookBody = z.object({ secret });
const waitBody = z.object({ ticket: secret });
const joinBody = z.object({ secret, name: z.string().max(1000), ticket: secret.nullable() });

const routes: readonly GuestRoute[] = [
  { method: 'GET', path: '/_gatehouse/join/<id>', open: true, answer: () => joinPage() },
  { method: 'POST', path: '/_gatehouse/join/<id>', open: true, answer: takes(joinBody, joinNow) },
  { method: 'POST', path: '/_gatehouse/join/<id>/look', open: true, answer: takes(lookBody, look) },
  {
    method: 'POST',
    path: '/_gatehouse/join/<id>/wait',
    open: true,
    answer: takes(waitBody, ({ gateway, id }, { ticket }) =>
      valueAnswer(200, { state: gateway.rules.access.waiting(id, ticket) }),
    ),
  },
  { method: 'GET', path: '/_gatehouse/me', open: true, answer: me },
  { method: 'POST', path: '/_gatehouse/leave', open: true, answer: leave },
  { method: 'GET', path: '/_gatehouse/left', open: true, answer: () => leftPage() },
  { method: 'GET', path: '/_gatehouse/guest.js', open: true, answer: () => guestScript() },
  {
    method: 'GET',
    path: '/_gatehouse/certificate',
    open: true,
    answer: ({ gateway: { rules }, facts }) =>
      certificatePage(rules.tls.authority, rules.tls.fingerprint, facts.host),
  },
  { method: 'GET', path: '/_gatehouse/certificate/ca.crt', open: true, answer: downloads(authorityDer) },
  { method: 'GET', path: '/_gatehouse/certificate/ca.pem', open: true, answer: downloads(authorityPem) },
  {
    method: 'GET',
    path: '/_gatehouse/certificate/ca.mobileconfig',
    open: true,
    answer: downloads(authorityProfile),
  },
  // For the page that stands for a server that is not there.
  {
    method: 'GET',
    path: '/_gatehouse/wait',
    open: false,
    answer: ({ gateway }) => gateway.upstream.nextChange(),
  },
];

/** What answers without a session; a test walks it. @internal */
export const openSharePages = openRoutes(routes);

const linkId = /^\/_gatehouse\/join\/([a-z2-7]{12})(?=$|\/(?:look|wait)$)/;

export async function answerSharePage(gateway: GuestGatewayState, request: OwnPageRequest): Promise<Answer> {
  const { facts } = request;
  const method = routedMethod(facts.method);
  const id = linkId.exec(facts.path)?.[1] ?? '';
  const path = id === '' ? facts.path : facts.path.replace(id, '<id>');
  // A path that spells `<id>` itself is none of the rows.
  const route = routes.find(
    row => row.method === method && row.path === path && row.path.includes('<id>') === (id !== ''),
  );
  if (route === undefined)
    return id === '' ? noSuchPage() : jsonAnswer(405, `Method ${method} is not allowed`);
  const asked = { ...request, gateway, id };
  if (route.open) return route.answer(asked);
  if (!comesFromOwnPage(facts)) return jsonAnswer(403, 'This was sent by another site');
  const session = sessionOf(gateway, facts);
  return session === null ? jsonAnswer(401, 'This browser is not in') : route.answer(asked, session);
}

function downloads(make: (authority: GuestAuthority) => Answer): (asked: Asked) => Answer {
  return ({ gateway }) => {
    const { authority } = gateway.rules.tls;
    return authority === null ? jsonAnswer(404, 'There is nothing to install here') : make(authority);
  };
}

/** Answers a body of this form that comes from our own page. */
function takes<T>(
  schema: z.ZodType<T>,
  answer: (asked: Asked, body: T) => Answer | Promise<Answer>,
): (asked: Asked) => Promise<Answer> {
  return async asked => {
    const { gateway, facts, request } = asked;
    // Before anything is used up or the owner is asked. A program that says nothing of itself may look after
    // its cookies as it likes.
    if (facts.mode !== null && !showsProbe(request.headers.cookie, true, gateway.cookieName)) {
      return valueAnswer(403, { state: 'no', reason: 'no-cookies' }, setProbe(true));
    }
    const text = await bodyOf(asked);
    if (typeof text !== 'string') return text;
    const parsed = schema.safeParse(parse(text));
    return parsed.success
      ? answer(asked, parsed.data)
      : jsonAnswer(400, 'This is not what is asked for here');
  };
}

async function bodyOf({ gateway, facts, request }: Asked): Promise<string | Answer> {
  if (!comesFromOwnPage(facts)) return jsonAnswer(403, 'This was sent by another site');
  if (!/^application\/json(?:;|$)/i.test(facts.contentType ?? '')) {
    return jsonAnswer(415, 'This takes application/json');
  }
  const text = await readBody(request, gateway.limits.formBytes, gateway.limits.formMs);
  return typeof text === 'string' ? text : jsonAnswer(text.status, text.message, ['Connection', 'close']);
}

function parse(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return null;
  }
}

function look(asked: Asked, { secret }: z.infer<typeof lookBody>): Answer {
  const { gateway, id } = asked;
  const answer = gateway.rules.access.look(id, secret);
  return answer.open
    ? valueAnswer(200, { state: 'open', invitation: told(answer.invitation) })
    : refused(asked, answer.reason);
}

function told({ owner, computer, serverName, offer, until, asksName, approval }: Invitation): object {
  const { role, title, can, cannot, runsCode, note } = offer;
  const ends = new Date(until).toISOString();
  // What is said of code is said to the owner; the page has its own words for it.
  const what = { role, title, can, cannot, runsCode, note: runsCode ? null : note };
  return { owner, computer, server: serverName, ...what, until: ends, asksName, approval };
}

async function joinNow(asked: Asked, body: z.infer<typeof joinBody>): Promise<Answer> {
  const { gateway, facts, id } = asked;
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
  return joined(asked, answer);
}

function joined(asked: Asked, answer: JoinAnswer): Answer {
  const { gateway } = asked;
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
      return tooManyJoins(asked, answer.retrySeconds);
    case 'no':
      return refused(asked, answer.reason);
    default:
      return answer satisfies never;
  }
}

function inside(gateway: GuestGatewayState, opens: string | null, headers: readonly string[]): Answer {
  return valueAnswer(200, { state: 'in', next: opens ?? gateway.upstream.landing }, headers);
}

function tooManyJoins({ gateway, facts, id }: Asked, retrySeconds: number): Answer {
  gateway.noteRefused(facts, 'too-many-joins', id);
  const message = 'Many people are joining just now. Try again in a moment.';
  return jsonAnswer(429, message, ['Retry-After', String(retrySeconds)]);
}

/** An unknown link and a wrong secret are one answer; the rest is told to who holds the secret. */
function refused({ gateway, facts, id }: Asked, reason: NoEntry): Answer {
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
function me({ gateway, facts }: Asked): Answer {
  if (!comesFromOwnPage(facts)) return jsonAnswer(403, 'This was sent by another site');
  const verdict = verdictOf(gateway, facts);
  if (verdict?.open !== true) return valueAnswer(401, { reason: verdict?.reason ?? 'unknown' });
  const { name, role, endsAt } = verdict.session;
  const title = role.slice(0, 1).toUpperCase() + role.slice(1);
  const until = new Date(endsAt).toISOString();
  return valueAnswer(200, { name, role, title, until, server: gateway.rules.name });
}

function leave({ gateway, facts }: Asked): Answer {
  if (!comesFromOwnPage(facts) || (facts.origin === null && facts.site === null)) {
    return jsonAnswer(403, 'This was sent by another site');
  }
  const session = sessionOf(gateway, facts);
  // After the answer: the connection on which it goes is one of those that are cut.
  if (session !== null) setTimeout(() => gateway.rules.access.leave(session.id), 50).unref();
  const cookie = ['Set-Cookie', clearGuestCookie(gateway.cookieName)];
  return redirectAnswer(303, `${facts.ownOrigin}/_gatehouse/left`, cookie);
}
