import type { Command } from 'commander';
import type { TargetOptions } from './target.ts';

export interface StartOptions extends TargetOptions {
  /** `--trust`, `--no-trust`; asked for when absent. */
  readonly trust?: boolean;
}

/** Adds what `serve` and `start` take: a target, a command of one's own, and their options. */
export function addTarget(command: Command): Command {
  return command
    .argument(
      '[target]',
      'a kind of server (see `gatehouse profiles --kinds`), perhaps with its file, or a folder, or a notebook',
    )
    .argument('[command...]', 'after `--`: a command of your own, with {port}, {socket} and {base}')
    .option('--name <name>', 'what to call the server')
    .option('--folder <folder>', 'working folder')
    .option(
      '--env <id>',
      'which installation: its id in `gatehouse profiles`, or the path of an environment or interpreter',
    )
    .option('--credential <kind>', 'how your own command takes its secret: none, bearer or header:NAME')
    .option('--ready-path <path>', 'path that your own command answers with a status below 500 once it is up')
    .option(
      '--profile-file <file>',
      'JSON file that describes your own command: base path, second port, roles',
    )
    .option('--ready-seconds <duration>', 'how long a start may take (90s, 15m)')
    .option(
      '--trust',
      'you trust the authors of the files in the folder: its files may run code when they are opened',
    )
    .option('--no-trust', 'you do not');
}

/** commander gives the words after `--` to the first free argument; only what came before it is a target. */
export function splitTarget(
  target: string | undefined,
  command: readonly string[],
  argv: readonly string[],
): [string | undefined, readonly string[]] {
  const dashes = argv.indexOf('--');
  if (dashes === -1 || target === undefined) return [target, command];
  const words = argv.slice(dashes + 1);
  return command.length === words.length ? [target, command] : [undefined, words];
}
