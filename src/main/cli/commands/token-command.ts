import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchServer } from '../match.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

interface TokenOptions {
  readonly rotate?: boolean;
}

export function tokenCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('token').description('print the access token of a server'), [
    ['gatehouse token my-lab', 'the token in use'],
    ['gatehouse token my-lab --rotate', 'a new token, in case the old one has leaked'],
  ])
    .argument('<id>', 'which server: its id, its name, or the beginning of its id')
    .option('--rotate', 'make a new token; the old one stops working at once')
    .action((id: string, options: TokenOptions, self: Command) => token(context(self), id, options));
}

function token({ output, connector }: CommandContext, id: string, { rotate }: TokenOptions): Promise<void> {
  return withCore(connector.running(), async core => {
    const server = matchServer(await core.call('server.list'), id);
    const value = await core.call(rotate === true ? 'server.rotateToken' : 'server.token', server.id);
    printValue(output, { id: server.id, token: value }, () => value);
  });
}
