import type { Command } from 'commander';
import type { ServerInfo } from '../../../shared/model.ts';
import { GatehouseError } from '../../core/errors.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchServer } from '../match.ts';
import { openServer } from '../open-server.ts';
import { printValue, say } from '../print.ts';
import { usage } from '../target.ts';
import { withCore } from '../with-core.ts';

export function openCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('open').description("open a server in this computer's browser"), [
    ['gatehouse open', 'the only running server'],
    ['gatehouse open my-lab', 'the server "my-lab"'],
  ])
    .argument('[id]', 'which server; may be left out when only one is running')
    .action((id: string | undefined, _options: unknown, self: Command) => open(context(self), id));
}

function open(
  { output, connector, environment, runtime }: CommandContext,
  id: string | undefined,
): Promise<void> {
  return withCore(connector.running(), async core => {
    const server = theServer(await core.call('server.list'), id);
    if (await openServer(core, server.id, environment, runtime, output)) {
      printValue(output, { id: server.id, opened: true }, () => `Opened ${server.id}.`);
      return;
    }
    say(output, 'No browser could be opened. This link works once:');
    const link = await core.call('server.link', server.id, { tool: false });
    printValue(output, { id: server.id, opened: false, link }, () => link.url);
  });
}

function theServer(servers: readonly ServerInfo[], id: string | undefined): ServerInfo {
  if (id !== undefined) return matchServer(servers, id);
  const [only, another] = servers.filter(server => server.url !== null);
  if (only !== undefined && another === undefined) return only;
  if (only !== undefined)
    throw usage(
      'More than one server is running',
      'Say which one to open: `gatehouse list` shows their ids.',
    );
  throw new GatehouseError('no-such-server', 'No server is running.', {
    kind: 'not-found',
    nextStep: 'Start one with `gatehouse start`.',
  });
}
