import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchId } from '../match.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

export function kickCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('kick').description('remove a guest; the link keeps working'), [
    ['gatehouse kick 3f2a', 'the guest whose session begins with 3f2a'],
  ])
    .argument('<session>', 'id of the guest session in `gatehouse people`, or the beginning of it')
    .action((session: string, _options: unknown, self: Command) => kick(context(self), session));
}

function kick({ output, connector }: CommandContext, given: string): Promise<void> {
  return withCore(connector.running(), async core => {
    const known = (await core.call('share.people')).map(({ session }) => session);
    const session = matchId(known, given, 'guest session', 'gatehouse people');
    const result = await core.call('share.kick', session);
    printValue(output, result, () => `Guest session ${session} has ended; its link still works.`);
  });
}
