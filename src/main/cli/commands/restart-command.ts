import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchServer } from '../match.ts';
import { printValue } from '../print.ts';
import { serverText } from '../server-text.ts';
import { restart } from '../start-server.ts';
import { withCore } from '../with-core.ts';

export function restartCommand(program: Command, context: ContextOf): void {
  withExamples(
    program.command('restart').description('stop a server and start it again on the same address'),
    [['gatehouse restart my-lab', 'restart the server "my-lab"']],
  )
    .argument('<id>', 'which server: its id, its name, or the beginning of its id')
    .action((id: string, _options: unknown, self: Command) => restartServer(context(self), id));
}

function restartServer({ output, connector }: CommandContext, id: string): Promise<void> {
  return withCore(connector.running(), async core => {
    const server = matchServer(await core.call('server.list'), id);
    printValue(output, await restart(core, server.id, output), serverText);
  });
}
