/**
 * For servers that need no code of their own: how they are found, started, known to be ready and stopped is said as data. What answers on the port is
 * believed to be ours only when a process of this run holds the port (custom/prove.ts), so nothing is ever sent to a stranger's program.
 */
import { choose } from '../choose-found.ts';
import type { Profile } from '../ports.ts';
import type { ProfileOptions } from './kind.ts';
import { findSimple } from './simple/find.ts';
import { planSimple } from './simple/plan.ts';
import type { SimpleServer } from './simple/server.ts';

export function simpleProfile(server: SimpleServer, options: ProfileOptions): Profile {
  const find: NonNullable<Profile['find']> = async ({ folder, signal }) => {
    try {
      return await findSimple(server, options, folder, signal);
    } catch (error) {
      options.log.error(`Looking for ${server.title} failed.`, { error });
      return [];
    }
  };
  return {
    name: server.name,
    title: server.title,
    find,
    plan: async (request, given, place) => {
      const signal = AbortSignal.timeout(30_000);
      const chosen =
        given ??
        choose(await find({ fresh: false, folder: place.folder, signal }), undefined, server.title, false);
      return planSimple(server, options, request, chosen, place);
    },
    setup: null,
    sharing: server.sharing,
    clientCredential: server.clientCredential,
  };
}
