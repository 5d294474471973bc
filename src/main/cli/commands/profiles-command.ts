import { Option, type Command } from 'commander';
import type { ProfileInfo } from '../../../shared/model.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { foundText } from '../found-text.ts';
import { printValue, table } from '../print.ts';
import { withCore } from '../with-core.ts';

interface ProfilesOptions {
  readonly cached?: boolean;
  readonly kinds?: boolean;
}

export function profilesCommand(program: Command, context: ContextOf): void {
  withExamples(
    program
      .command('profiles')
      .description('list the servers installed on this computer, and why some cannot start'),
    [
      ['gatehouse profiles', 'what is installed, each with its id for --env'],
      ['gatehouse profiles --kinds', 'what Gatehouse can start, installed or not'],
    ],
  )
    .addOption(
      new Option('--kinds', 'the kinds of server that Gatehouse knows, installed or not').conflicts('cached'),
    )
    .option('--cached', 'do not look again at what has not changed')
    .action((options: ProfilesOptions, self: Command) => profiles(context(self), options));
}

function profiles(
  { output, connector, cwd }: CommandContext,
  { cached, kinds }: ProfilesOptions,
): Promise<void> {
  return withCore(connector.reading(), async core => {
    if (kinds === true) return printValue(output, await core.call('profiles.kinds'), kindsText);
    const found = await core.call('profiles.find', { fresh: cached !== true, folder: cwd });
    printValue(output, found, foundText);
  });
}

function kindsText(kinds: readonly ProfileInfo[]): string {
  const rows = kinds.map(({ name, title, aliases, file }) => [
    [name, ...aliases].join(', '),
    title,
    { never: '', may: '[FILE]', must: 'FILE' }[file],
  ]);
  return table([['KIND', 'SERVER', 'FILE'], ...rows]);
}
