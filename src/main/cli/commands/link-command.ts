import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchServer } from '../match.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

interface LinkOptions {
  readonly tool?: boolean;
}

export function linkCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('link').description("make a one-time link for this computer's browser"), [
    ['gatehouse link my-lab', 'a link that works once'],
    ['gatehouse link my-lab --tool', 'an address for an editor or a script'],
  ])
    .argument('<id>', 'which server: its id, its name, or the beginning of its id')
    .option('--tool', 'a link with the access token, for clients that need `?token=`')
    .action((id: string, options: LinkOptions, self: Command) => link(context(self), id, options));
}

function link({ output, connector }: CommandContext, id: string, { tool }: LinkOptions): Promise<void> {
  return withCore(connector.running(), async core => {
    const server = matchServer(await core.call('server.list'), id);
    const made = await core.call('server.link', server.id, { tool: tool === true });
    printValue(output, made, ({ url }) => url);
  });
}
