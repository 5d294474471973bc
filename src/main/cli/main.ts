import './heap.ts';
import { CommanderError } from 'commander';
import { printError, type Output } from './print.ts';
import { buildProgram, exitCodeOf } from './program.ts';
import { GatehouseError } from '../core/errors.ts';
import packageFile from '../../../package.json' with { type: 'json' };
import { makeCliEnvironment } from './cli-environment.ts';

/**
 * Runs one command line; resolves with the exit code (0 done, 1 failed, 2 usage, 3 no such thing, 4 refused).
 */
export async function main(argv: readonly string[]): Promise<number> {
  const json = argv.slice(0, argv.indexOf('--') === -1 ? argv.length : argv.indexOf('--')).includes('--json');
  let output: Output = { out: process.stdout, err: process.stderr, json };
  let usage = '';
  const program = buildProgram({
    version: packageFile.version,
    write: text => void process.stdout.write(text),
    writeError: text => {
      usage += text;
      if (!json) process.stderr.write(text);
    },
    context: options => {
      output = { ...output, json: options.json === true };
      return makeCliEnvironment().context(output, argv, options);
    },
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return 0;
  } catch (error) {
    if (!(error instanceof CommanderError)) return printError(output, error);
    const code = exitCodeOf(error);
    if (json && code !== 0) printError(output, usageError(usage));
    return code;
  }
}

/** For a script, what commander says in several lines. */
function usageError(said: string): GatehouseError {
  const [first = 'wrong usage'] = said.split('\n');
  return new GatehouseError('usage', first.replace(/^error: /, ''), {
    kind: 'usage',
    nextStep: 'See `gatehouse --help`.',
  });
}

// A reader that goes away (`gatehouse logs ID | head`) is no fault.
process.stdout.on('error', () => process.exit(0));
process.exitCode = await main(process.argv.slice(2));
