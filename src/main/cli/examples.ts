import type { Command } from 'commander';

/** One command line, and what it does. */
export type Example = readonly [line: string, does: string];

const known = new WeakMap<Command, readonly Example[]>();

/** Adds an `Examples:` block to a command's `--help`. */
export function withExamples(command: Command, examples: readonly Example[]): Command {
  known.set(command, examples);
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, does]) => `  ${line.padEnd(width)}  ${does}`);
  return command.addHelpText('after', ['', 'Examples:', ...lines].join('\n'));
}

/** @internal for the reference page and the tests */
export function examplesOf(command: Command): readonly Example[] {
  return known.get(command) ?? [];
}
