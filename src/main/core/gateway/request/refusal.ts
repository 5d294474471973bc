/** What both gateways say and write down of a request that they refuse. */
import type { RefusalLog } from '../refusal-log.ts';
import type { Reason } from './authorize.ts';
import type { Facts } from './facts.ts';

export const statusOf: Readonly<Record<Reason, 400 | 401 | 403>> = {
  'no-credential': 401,
  'ambiguous-credential': 400,
  'wrong-credential': 401,
  'expired-session': 401,
  'foreign-origin': 403,
  'cross-site': 403,
};

/** Not `Basic`: a browser would ask with a window of its own, which nobody can tell from a forged one. */
export const bearerChallenge: readonly string[] = ['WWW-Authenticate', 'Bearer realm="gatehouse"'];

export function logRefusal(log: RefusalLog, reason: Reason, facts: Facts): void {
  const { method, path, client, host, origin } = facts;
  log(reason, { method, path, client, host, origin: origin ?? '' });
}
