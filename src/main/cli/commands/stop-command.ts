import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchServer } from '../match.ts';
import { printValue } from '../print.ts';
import { serversText, serverText } from '../server-text.ts';
import { usage } from '../target.ts';
import { withCore } from '../with-core.ts';

interface StopOptions {
  readonly all?: boolean;
}

export function stopCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('stop').description('stop a server'), [
    ['gatehouse stop my-lab', 'stop one server'],
    ['gatehouse stop --all', 'stop every server'],
  ])
    .argument('[id]', 'which server: its id, its name, or the beginning of its id')
    .option('--all', 'stop every server')
    .action((id, options: StopOptions, self: Command) => stop(context(self), id, options));
}

function stop(
  { output, connector }: CommandContext,
  id: string | undefined,
  { all }: StopOptions,
): Promise<void> {
  return withCore(connector.running(), async core => {
    if ((id === undefined) === (all !== true))
      throw usage('Say which server to stop', 'Give the id of one server, or --all without an id.');
    const servers = await core.call('server.list');
    const chosen = id === undefined ? servers : [matchServer(servers, id)];
    const stopped = await Promise.all(chosen.map(server => core.call('server.stop', server.id)));
    if (id === undefined) printValue(output, stopped, serversText);
    else for (const server of stopped) printValue(output, server, serverText);
  });
}
