import { Command, Option, type CommanderError } from 'commander';
import type { CommandContext, ContextOf, GlobalOptions } from './command-context.ts';
import { aboutCommand } from './commands/about-command.ts';
import { admitCommand } from './commands/admit-command.ts';
import { auditCommand } from './commands/audit-command.ts';
import { caCommand } from './commands/ca-command.ts';
import { certificateCommand } from './commands/certificate-command.ts';
import { configCommand } from './commands/config-command.ts';
import { denyCommand } from './commands/deny-command.ts';
import { doctorCommand } from './commands/doctor-command.ts';
import { forgetCommand } from './commands/forget-command.ts';
import { kickCommand } from './commands/kick-command.ts';
import { linkCommand } from './commands/link-command.ts';
import { linksCommand } from './commands/links-command.ts';
import { listCommand } from './commands/list-command.ts';
import { logsCommand } from './commands/logs-command.ts';
import { openCommand } from './commands/open-command.ts';
import { peopleCommand } from './commands/people-command.ts';
import { profilesCommand } from './commands/profiles-command.ts';
import { quitCommand } from './commands/quit-command.ts';
import { restartCommand } from './commands/restart-command.ts';
import { revokeCommand } from './commands/revoke-command.ts';
import { secretCommand } from './commands/secret-command.ts';
import { serveCommand } from './commands/serve-command.ts';
import { setupCommand } from './commands/setup-command.ts';
import { shareCommand } from './commands/share-command.ts';
import { startCommand } from './commands/start-command.ts';
import { stopCommand } from './commands/stop-command.ts';
import { takeoverCommand } from './commands/takeover-command.ts';
import { tokenCommand } from './commands/token-command.ts';
import { trustCommand } from './commands/trust-command.ts';

/** Every command, in the order of `--help`. */
const commands: readonly ((program: Command, context: ContextOf) => void)[] = [
  serveCommand,
  startCommand,
  stopCommand,
  restartCommand,
  forgetCommand,
  trustCommand,
  quitCommand,
  listCommand,
  openCommand,
  linkCommand,
  tokenCommand,
  logsCommand,
  shareCommand,
  linksCommand,
  revokeCommand,
  peopleCommand,
  kickCommand,
  admitCommand,
  denyCommand,
  auditCommand,
  certificateCommand,
  caCommand,
  secretCommand,
  takeoverCommand,
  profilesCommand,
  setupCommand,
  doctorCommand,
  aboutCommand,
  configCommand,
];

export interface ProgramOptions {
  readonly version: string;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Makes the context of a command once its options are known. */
  readonly context: (options: GlobalOptions) => CommandContext;
}

/** Builds the command line. Wrong usage throws a CommanderError, which `exitCodeOf` turns into 2. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command('gatehouse')
    .description('Starts local compute servers, keeps their tokens, and lets nobody in without one.')
    .version(options.version, '-V, --version')
    .showHelpAfterError('(For more, see gatehouse --help)')
    .exitOverride()
    .configureOutput({ writeOut: options.write, writeErr: options.writeError });
  for (const add of commands)
    add(program, command => options.context(command.optsWithGlobals<GlobalOptions>()));
  for (const command of program.commands) addGlobal(command);
  for (const command of program.commands.flatMap(each => each.commands)) addGlobal(command);
  return program;
}

export function exitCodeOf(error: CommanderError): number {
  return error.exitCode === 0 ? 0 : 2;
}

function addGlobal(command: Command): void {
  command
    .exitOverride()
    .option('--json', 'one JSON value on standard output, nothing else')
    .addOption(
      new Option('--secrets <store>', 'where secrets are kept').choices([
        'auto',
        'keychain',
        'file',
        'memory',
      ]),
    );
}
