import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchServer } from '../match.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

export function forgetCommand(program: Command, context: ContextOf): void {
  withExamples(
    program
      .command('forget')
      .description('stop a server and remove it from the list, together with its token'),
    [['gatehouse forget my-lab', 'its folder and its files stay as they are']],
  )
    .argument('<id>', 'which server: its whole id, or its name')
    .action((id: string, _options: unknown, self: Command) => forget(context(self), id));
}

function forget({ output, connector }: CommandContext, id: string): Promise<void> {
  return withCore(connector.reading(), async core => {
    const server = matchServer(await core.call('server.list'), id, 'whole');
    await core.call('server.forget', server.id);
    printValue(output, { forgotten: server.id }, () => `${server.id} is forgotten.`);
  });
}
