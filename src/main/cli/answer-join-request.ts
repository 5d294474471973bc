import type { CommandContext } from './command-context.ts';
import { matchId } from './match.ts';
import { printValue } from './print.ts';
import { withCore } from './with-core.ts';

/** Lets a waiting guest in, or refuses them: `gatehouse admit` and `gatehouse deny`. */
export function answerJoinRequest(
  { output, connector }: CommandContext,
  given: string,
  allow: boolean,
): Promise<void> {
  return withCore(connector.running(), async core => {
    const waiting = await core.call('share.waiting');
    const ids = waiting.map(({ id }) => id);
    const id = matchId(ids, given, 'waiting guest', 'gatehouse people');
    await core.call('share.answer', id, { allow });
    const name = waiting.find(one => one.id === id)?.name ?? '';
    const text = `${name} ${allow ? 'has been let in' : 'has been refused'}.`;
    printValue(output, { waiting: id, allowed: allow }, () => text);
  });
}
