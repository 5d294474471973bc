import './heap.ts';
import { CommanderError } from 'commander';
import { commands } from './commands.ts';
import { printError, type Output } from './output.ts';
import { buildProgram, exitCodeOf, type GlobalOptions } from './program.ts';
import { makeSurroundings } from './surroundings.ts';

/** Runs one command line; resolves with the exit code (0 done, 1 failed, 2 usage, 3 no such thing, 4 refused). */
export async function main(argv: readonly string[]): Promise<number> {
  let output: Output = { out: process.stdout, err: process.stderr, json: argv.includes('--json') };
  const program = buildProgram({
    version: surroundings.version,
    write: text => void process.stdout.write(text),
    writeError: text => void process.stderr.write(text),
    actions: (options: GlobalOptions) => {
      output = { ...output, json: options.json === true };
      return commands(surroundings.commandParts(output, argv, options));
    },
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    return error instanceof CommanderError ? exitCodeOf(error) : printError(output, error);
  }
}

const surroundings = makeSurroundings();

// A reader that goes away (`gatehouse logs ID | head`) is no fault.
process.stdout.on('error', () => process.exit(0));
process.exitCode = await main(process.argv.slice(2));
