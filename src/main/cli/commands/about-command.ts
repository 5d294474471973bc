import type { Command } from 'commander';
import type { About } from '../../../shared/model.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { printValue } from '../print.ts';
import { withCore } from '../with-core.ts';

export function aboutCommand(program: Command, context: ContextOf): void {
  withExamples(
    program.command('about').description('print version, process and folders of the running Gatehouse'),
    [['gatehouse about --json', 'the same for a script']],
  ).action((_options: unknown, self: Command) => about(context(self)));
}

function about({ output, connector }: CommandContext): Promise<void> {
  return withCore(connector.running(), async core =>
    printValue(output, await core.call('core.about'), aboutText),
  );
}

export function aboutText({ version, pid, node, home, secretsSentence, startedAt }: About): string {
  return [
    `Gatehouse ${version}, process ${pid}, since ${startedAt}, on Node ${node}`,
    `Settings and records: ${home}`,
    secretsSentence,
  ].join('\n');
}
