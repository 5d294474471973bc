import type { Command } from 'commander';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { foundText } from '../found-text.ts';
import { printValue } from '../print.ts';
import { showProgress } from '../show-progress.ts';
import { withCore } from '../with-core.ts';

interface SetupOptions {
  readonly remove?: boolean;
}

export function setupCommand(program: Command, context: ContextOf): void {
  withExamples(
    program.command('setup').description('install a server in an environment that Gatehouse manages'),
    [
      ['gatehouse setup jupyter', 'install JupyterLab'],
      ['gatehouse setup jupyter --remove', 'remove it again'],
    ],
  )
    .argument('[profile]', 'which kind of server', 'jupyter')
    .option('--remove', 'remove the environment instead')
    .action((profile: string, options: SetupOptions, self: Command) =>
      setup(context(self), profile, options),
    );
}

function setup(
  { output, connector }: CommandContext,
  profile: string,
  { remove }: SetupOptions,
): Promise<void> {
  return withCore(connector.reading(), async core => {
    if (remove === true) {
      await core.call('setup.remove', profile);
      return printValue(output, { removed: profile }, () => 'The managed environment has been removed.');
    }
    core.on('setup.progress', showProgress(output, process.stderr.isTTY));
    printValue(output, await core.call('setup.run', profile), found => foundText([found]));
  });
}
