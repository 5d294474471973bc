import type { Command } from 'commander';
import type { LogLine } from '../../../shared/model.ts';
import { visible } from '../../../shared/visible.ts';
import type { CoreClient } from '../../control/core-client.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import { withExamples } from '../examples.ts';
import { matchServer } from '../match.ts';
import { forPeople, printValue } from '../print.ts';
import { usage } from '../target.ts';
import { withCore } from '../with-core.ts';

interface LogsOptions {
  readonly lines: string;
  readonly follow?: boolean;
}

export function logsCommand(program: Command, context: ContextOf): void {
  withExamples(program.command('logs').description('print what a server wrote'), [
    ['gatehouse logs my-lab', 'the last 100 lines'],
    ['gatehouse logs my-lab -n 20 -f', 'the last 20 lines, then every new one until Ctrl-C'],
  ])
    .argument('<id>', 'which server: its id, its name, or the beginning of its id')
    .option('-n, --lines <count>', 'how many of the last lines', '100')
    .option('-f, --follow', 'keep printing new lines')
    .action((id: string, options: LogsOptions, self: Command) => logs(context(self), id, options));
}

function logs(context: CommandContext, id: string, options: LogsOptions): Promise<void> {
  return withCore(context.connector.reading(), core => showLogs(core, context, id, options));
}

/** With `follow` it prints new lines until the user interrupts: under `--json` one value a line. */
async function showLogs(
  core: CoreClient,
  { output, interrupted }: CommandContext,
  id: string,
  options: LogsOptions,
): Promise<void> {
  const lines = Number(options.lines);
  if (!Number.isInteger(lines) || lines < 1 || lines > 10_000)
    throw usage(`"${options.lines}" is not a number of lines`, 'Give a whole number from 1 to 10000.');
  const server = matchServer(await core.call('server.list'), id);
  const past = await core.call('server.logs', server.id, { lines });
  if (options.follow !== true) return printValue(output, past, logsText);
  const text = (line: LogLine): string =>
    output.json ? visible(JSON.stringify(line)) : forPeople(logLineText(line));
  for (const line of past) output.out.write(`${text(line)}\n`);
  core.on('server.log', event => {
    if (event.id === server.id) output.out.write(`${text(event.line)}\n`);
  });
  await Promise.race([interrupted(), new Promise<void>(resolve => core.onClose(resolve))]);
}

function logsText(lines: readonly LogLine[]): string {
  return lines.map(logLineText).join('\n');
}

function logLineText({ at, from, text }: LogLine): string {
  return `${at} ${from === 'gatehouse' ? 'gatehouse: ' : ''}${text}`;
}
