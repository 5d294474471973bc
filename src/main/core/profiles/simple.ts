/**
 * For servers that need no code of their own: how they are found, started, known to be ready and stopped is
 * said as data. What answers on the port is believed to be ours only when a process of this run holds the
 * port (port-prover.ts), so nothing is ever sent to a stranger's program.
 */
import type { Profile } from '../ports.ts';
import { findAndPlan } from './common/find-and-plan.ts';
import type { ProfileOptions } from './kind.ts';
import { findSimple } from './simple/find-simple.ts';
import { planSimple } from './simple/plan-simple.ts';
import type { SimpleServer } from './simple/simple-server.ts';

export function simpleProfile(server: SimpleServer, options: ProfileOptions): Profile {
  return {
    name: server.name,
    title: server.title,
    ...findAndPlan({
      title: server.title,
      canSetUp: false,
      log: options.log,
      look: ({ folder, named, signal }) => findSimple(server, { ...options, named }, folder, signal),
      plan: (request, chosen, context) => planSimple(server, options, request, chosen, context),
    }),
    setup: null,
    sharing: server.sharing,
    clientCredential: server.clientCredential,
  };
}
