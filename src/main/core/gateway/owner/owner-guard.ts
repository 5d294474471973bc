/**
 * The attack: two doors, one guarded. Every request and every WebSocket upgrade passes this one function
 * before anything else is done with it. What it refuses is answered here, and the answer says no more than
 * the client may know.
 *
 * Above all a client must not learn the own name. Cookies do not separate ports: an attacker who knows the
 * name listens on another port of this computer, leads the owner's browser there, and is sent the session
 * cookie. So nothing on any other name tells it to a client that has not shown the token.
 */
import { jsonAnswer, redirectAnswer, type Answer } from '../http-answer.ts';
import type { Verdict } from '../request/authorize.ts';
import type { Connection } from '../listen/connection.ts';
import { readFacts, type Facts, type Fault, type Listener, type RawRequest } from '../request/facts.ts';
import {
  firstFinding,
  sharedChecks,
  type Authorized,
  type Check,
  type GuardedServer,
} from '../request/guard-check.ts';
import { ownNameAt } from '../request/hosts.ts';
import { isOwnPath } from '../own-path.ts';
import { noSuchPage } from '../own-routes.ts';
import { leadingPages } from './owner-routes.ts';
import { refuse, type RefusalContext } from './owner-refusal.ts';
import { strangeHostPage } from './owner-pages.ts';
import type { Decision } from '../listen/http-server.ts';

export type OpenVerdict = Verdict & { readonly open: true };

/** What the guard asks of the gateway. */
export interface OwnerGuardContext extends RefusalContext {
  readonly listener: Listener;
  readonly upstream: GuardedServer;
  verdict(facts: Facts, connection: Connection): Verdict;
  /** Leads to a clean address, with a new session when the token itself was in the old one. */
  exchange(facts: Facts, verdict: OpenVerdict): Answer;
}

interface Arrival {
  readonly facts: Facts;
  readonly request: RawRequest;
  readonly context: OwnerGuardContext;
}

interface OwnerRequest extends Authorized {
  readonly verdict: OpenVerdict;
  readonly context: OwnerGuardContext;
}

const shared = sharedChecks<OwnerRequest>({
  closed({ context, facts }, why) {
    context.refusalLog('closed path', { path: facts.path, client: facts.client });
    return jsonAnswer(403, why);
  },
  originWorker({ context, facts }) {
    context.refusalLog('service worker of the whole origin', { path: facts.path, client: facts.client });
    return jsonAnswer(
      403,
      'A service worker of the whole address is not allowed: it would answer for Gatehouse, too',
    );
  },
  noteUploadedWorker({ context, facts }) {
    context.refusalLog('service worker of an upload', { path: facts.path, client: facts.client });
  },
});

/** Before a credential is looked at. */
const arrivalChecks: readonly Check<Arrival, Decision<never>>[] = [
  {
    name: 'a page of Gatehouse',
    find: ({ facts }) => (isOwnPath(facts.path) ? ownPage(facts) : null),
  },
  {
    name: 'a preflight of another site',
    find: ({ facts, request, context }) =>
      isForeignPreflight(facts, request) ? answered(refuse(context, facts, 'foreign-origin')) : null,
  },
];

/** Once the credential is right. */
const checks: readonly Check<OwnerRequest>[] = [
  shared.closedPath,
  shared.originWorker,
  shared.uploadedWorker,
  {
    // Only for a client that has shown the token. 307: nothing about the request changes but the name.
    name: 'another name',
    find({ facts, verdict, context }) {
      if (!facts.navigation || !isOtherName(facts) || verdict.by !== 'query') return null;
      const { hosts, scheme = 'http' } = context.listener;
      return redirectAnswer(307, `${scheme}://${ownNameAt(hosts, facts.host)}${facts.whole}`);
    },
  },
  {
    name: 'a token in the address of a page',
    find: ({ facts, verdict, context }) =>
      facts.navigation && facts.hadQueryToken && facts.hostKind === 'own'
        ? context.exchange(facts, verdict)
        : null,
  },
  shared.firstPage,
];

/** @param listener the one that the request came to */
export function guard(
  context: OwnerGuardContext,
  request: RawRequest,
  connection: Connection,
  upgrade: boolean,
  listener: Listener = context.listener,
): Decision<OpenVerdict> {
  const { peer } = connection;
  const facts = readFacts(request, peer, upgrade, listener);
  if ('message' in facts) {
    context.refusalLog(facts.message, { client: peer });
    return { kind: 'answer', answer: faultAnswer(facts), last: true };
  }
  const arrival = firstFinding(arrivalChecks, { facts, request, context });
  if (arrival !== null) return arrival;
  const verdict = context.verdict(facts, connection);
  if (!verdict.open) return answered(refuse(context, facts, verdict.reason));
  const answer = firstFinding(checks, { facts, server: context.upstream, verdict, context });
  return answer === null ? { kind: 'forward', facts, verdict } : answered(answer);
}

function answered(answer: Answer): Decision<never> {
  return { kind: 'answer', answer };
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

/** A name of this computer that is not the one with the cookies. */
function isOtherName({ hostKind }: Facts): boolean {
  return hostKind === 'loopback' || hostKind === 'forwarded';
}

/**
 * Gatehouse's pages are on the one name that may have cookies. Any other name answers 404, whatever the
 * client shows, and does not tell the own name. A forwarder that the owner has named has the pages that lead
 * to the own name too, for a client that shows a credential that signs in.
 */
function ownPage(facts: Facts): Decision<never> {
  if (facts.hostKind === 'own' && !facts.upgrade) return { kind: 'own', facts };
  const leads = facts.hostKind === 'forwarded' && !facts.upgrade && leadingPages.includes(facts.path);
  return leads ? { kind: 'own', facts } : answered(noSuchPage());
}
