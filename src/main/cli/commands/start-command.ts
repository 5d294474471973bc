import type { Command } from 'commander';
import type { ServerInfo } from '../../../shared/model.ts';
import type { CoreClient } from '../../control/core-client.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import {
  findSavedServer,
  refuseTargetOptions,
  sayWhatIsNotUsed,
  sayWhatWasPassedOver,
} from '../find-server.ts';
import { answeredText, withTrust } from '../folder-trust-question.ts';
import { printValue, say, type Output } from '../print.ts';
import { serverText } from '../server-text.ts';
import { begin, restart } from '../start-server.ts';
import { startRequest } from '../target.ts';
import { addTarget, splitTarget, type StartOptions } from '../target-options.ts';
import { withCore } from '../with-core.ts';

export function startCommand(program: Command, context: ContextOf): void {
  const command = program
    .command('start')
    .description('start a server in the background, or one of `gatehouse list` again');
  withExamples(addTarget(command), [
    ['gatehouse start jupyter', 'JupyterLab in its default folder'],
    ['gatehouse start ~/thesis', 'JupyterLab in a folder'],
    ['gatehouse start my-lab', 'a server of the list again'],
    ['gatehouse start -- my-server --port {port}', 'a command of your own'],
  ]).action((target, words, options: StartOptions, self: Command) =>
    start(context(self), target, words, options),
  );
}

function start(
  { output, connector, cwd, argv, ask }: CommandContext,
  given: string | undefined,
  words: readonly string[],
  options: StartOptions,
): Promise<void> {
  const show = (server: ServerInfo): void => printValue(output, server, serverText);
  return withCore(connector.ensured(), async core => {
    const [target, command] = splitTarget(given, words, argv);
    await sayWhatIsNotUsed(core, output);
    const known = command.length > 0 ? undefined : await findSavedServer(core, target, cwd);
    if (known === undefined) {
      const request = await startRequest(target, command, options, cwd);
      const server = await begin(core, await withTrust(core, request, options, output, ask), output);
      await sayWhatWasPassedOver(core, request, output);
      return show(server);
    }
    refuseTargetOptions(known, options);
    if (options.trust !== undefined)
      say(output, answeredText(await core.call('folders.answer', known.folder, { trusted: options.trust })));
    show(await startKnown(core, known, output));
  });
}

/** A running server is left alone: its kernels and unsaved work are worth more than a fresh start. */
async function startKnown(core: CoreClient, known: ServerInfo, output: Output): Promise<ServerInfo> {
  if (known.state !== 'ready' && known.state !== 'unhealthy')
    return restart(core, known.id, output, { fresh: true });
  say(output, `It is already running. To restart it: \`gatehouse restart ${known.id}\``);
  return known;
}
