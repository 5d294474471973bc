import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { listMatlab, matlabTableText, matlabUrlsText } from '../matlab-list.ts';
import { printValue } from '../print.ts';
import { serversText } from '../server-text.ts';
import { usage } from '../target.ts';
import { withCore } from '../with-core.ts';

interface ListOptions {
  readonly matlabProxy?: boolean;
  readonly quiet?: boolean;
}

export function listCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('list').description('list the servers, running or not'), [
    ['gatehouse list', 'a table of all servers'],
    ['gatehouse list --json', 'the same for a script'],
  ])
    .option(
      '--matlab-proxy',
      'the running servers of MATLAB, printed as `matlab-proxy-app-list-servers` prints them',
    )
    .option('-q, --quiet', 'with --matlab-proxy: only the addresses, with their tokens')
    .action((options: ListOptions, self: Command) => list(context(self), options));
}

function list({ output, connector }: CommandContext, { matlabProxy, quiet }: ListOptions): Promise<void> {
  return withCore(connector.reading(), async core => {
    if (quiet === true && matlabProxy !== true)
      throw usage('--quiet works only with --matlab-proxy', 'Add --matlab-proxy, or leave --quiet out.');
    if (matlabProxy !== true) return printValue(output, await core.call('server.list'), serversText);
    const text = quiet === true ? matlabUrlsText : matlabTableText;
    printValue(output, await listMatlab(core), text);
  });
}
