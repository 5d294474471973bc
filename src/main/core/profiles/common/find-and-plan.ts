import type { FoundServer } from '../../../../shared/model.ts';
import { choose } from '../../launcher/choose-found.ts';
import type { Log, Profile } from '../../ports.ts';

type Find = NonNullable<Profile['find']>;

export interface FindAndPlan {
  /** Of the kind, for messages. */
  readonly title: string;
  readonly canSetUp: boolean;
  readonly log: Log;
  /** May throw: that is a fault of ours, which must not hide the other kinds. */
  readonly look: Find;
  /** @param chosen one that works */
  readonly plan: (
    request: Parameters<Profile['plan']>[0],
    chosen: FoundServer,
    context: Parameters<Profile['plan']>[2],
  ) => ReturnType<Profile['plan']>;
}

/**
 * What every kind that is looked for has in common: a look that never throws, and the best that was found
 * where none was chosen.
 */
export function findAndPlan({ title, canSetUp, log, look, plan }: FindAndPlan): {
  readonly find: Find;
  readonly plan: Profile['plan'];
} {
  const find: Find = async options => {
    try {
      return await look(options);
    } catch (error) {
      log.error(`Looking for ${title} failed.`, { error });
      return [];
    }
  };
  return {
    find,
    plan: async (request, given, context) => {
      if (given !== null) return plan(request, given, context);
      const options = { fresh: false, folder: context.folder, signal: AbortSignal.timeout(30_000) };
      return plan(request, choose(await find(options), undefined, title, canSetUp), context);
    },
  };
}
