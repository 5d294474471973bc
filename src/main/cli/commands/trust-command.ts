import type { Command } from 'commander';
import type { ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { trustFolder, type TrustOptions } from '../folder-trust-question.ts';
import { withCore } from '../with-core.ts';

export function trustCommand(program: Command, context: ContextOf): void {
  withExamples(
    program
      .command('trust')
      .description('trust the authors of the files in a folder: its files may run code when they are opened'),
    [
      ['gatehouse trust ~/thesis', 'trust a folder and everything below it'],
      ['gatehouse trust --list', 'the folders about which you have decided'],
      ['gatehouse trust ~/thesis --remove', 'do not trust it any more'],
    ],
  )
    .argument('[folder]', 'which folder')
    .option('--list', 'show the folders about which you have decided')
    .option('--remove', 'do not trust the folder any more')
    .option('--forget', 'forget the decision about the folder; you are asked again')
    .action((folder: string | undefined, options: TrustOptions, self: Command) => {
      const { connector, output, cwd } = context(self);
      return withCore(connector.reading(), core => trustFolder(core, folder, options, { output, cwd }));
    });
}
