/** What the owner's gateway answers where a credential opens nothing. */
import { jsonAnswer, redirectAnswer, type Answer } from '../http-answer.ts';
import type { RefusalLog } from '../refusal-log.ts';
import { rateHeaders, type AttemptVerdict } from '../request/attempts.ts';
import type { Reason } from '../request/authorize.ts';
import type { Facts } from '../request/facts.ts';
import { bearerChallenge, logRefusal, statusOf } from '../request/refusal.ts';
import { otherNamePage } from './owner-pages.ts';

export interface RefusalContext {
  readonly refusalLog: RefusalLog;
  /** Counts a wrong credential. */
  failed(facts: Facts): AttemptVerdict;
}

/**
 * Decision 33. For Colab's local runtime, vscode.dev, Thebe and everything else that asks from a page of
 * another site.
 */
const noOtherSites =
  'Pages of other sites cannot use this server, whatever they show: open its own pages, or use a program of this computer';

const messages: Readonly<Record<Reason, string>> = {
  'no-credential': 'Sign in first: no credential was sent',
  'ambiguous-credential': 'Two credentials of one kind were sent',
  'wrong-credential': 'The credential is wrong',
  'expired-session': 'Sign in again: the session is over',
  'foreign-origin': `The request comes from another origin. ${noOtherSites}`,
  'cross-site': `The request comes from another site. ${noOtherSites}`,
};

/** A person is led to the login page, a program gets a status and a sentence. */
export function refuse(context: RefusalContext, facts: Facts, reason: Reason): Answer {
  logRefusal(context.refusalLog, reason, facts);
  const status = statusOf[reason];
  const message = messages[reason];
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
  const all = [...bearerChallenge, ...headers];
  return facts.navigation ? otherNamePage(all) : jsonAnswer(401, message, all);
}

function leadsToLogin(facts: Facts): boolean {
  return facts.navigation && (facts.hostKind === 'own' || facts.hostKind === 'forwarded');
}
