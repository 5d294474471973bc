import type { LogLine } from '../../shared/model.ts';
import { visible } from '../../shared/visible.ts';
import type { CoreClient } from '../control/core-client.ts';
import { matchServer } from './match.ts';
import { forPeople, printValue, type Output } from './print.ts';
import { usage } from './target.ts';
import { logLineText, logsText } from './texts.ts';

/**
 * What a server said, and with `follow` what it says until the user interrupts: under `--json` one value a
 * line.
 */
export async function showLogs(
  core: CoreClient,
  output: Output,
  id: string,
  options: { readonly lines: string; readonly follow?: boolean },
  interrupted: () => Promise<void>,
): Promise<void> {
  const lines = Number(options.lines);
  if (!Number.isInteger(lines) || lines < 1 || lines > 10_000) {
    throw usage(`"${options.lines}" is no number of lines`, 'Give 1 to 10000.');
  }
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
