import { Command, CommanderError, Option } from 'commander';
import { addSharing, type ShareActions } from './share-program.ts';
import type { TargetOptions } from './target.ts';

export interface StartOptions extends TargetOptions {
  /** `--trust`, `--no-trust`; asked for when absent. */
  readonly trust?: boolean;
}

export interface TrustOptions {
  readonly list?: boolean;
  readonly remove?: boolean;
  readonly forget?: boolean;
}

export interface ServeOptions extends StartOptions {
  readonly browser?: boolean;
  /** Started by a shell or by `gatehouse start`: no target, no terminal. */
  readonly background?: boolean;
}

/**
 * What each command does; `commands.ts` does it. The last argument of each says whether `--json` was given.
 */
export interface Actions extends ShareActions {
  serve(target: string | undefined, command: readonly string[], options: ServeOptions): Promise<void>;
  start(target: string | undefined, command: readonly string[], options: StartOptions): Promise<void>;
  trust(folder: string | undefined, options: TrustOptions): Promise<void>;
  stop(id: string | undefined, options: { readonly all?: boolean }): Promise<void>;
  restart(id: string): Promise<void>;
  forget(id: string): Promise<void>;
  list(options: { readonly matlabProxy?: boolean; readonly quiet?: boolean }): Promise<void>;
  profiles(options: { readonly cached?: boolean; readonly kinds?: boolean }): Promise<void>;
  logs(id: string, options: { readonly lines: string; readonly follow?: boolean }): Promise<void>;
  open(id: string | undefined): Promise<void>;
  link(id: string, options: { readonly tool?: boolean }): Promise<void>;
  token(id: string, options: { readonly rotate?: boolean }): Promise<void>;
  setup(profile: string, options: { readonly remove?: boolean }): Promise<void>;
  doctor(): Promise<void>;
  about(): Promise<void>;
  quit(): Promise<void>;
  takeover(options: { readonly yes?: boolean }): Promise<void>;
  configList(): Promise<void>;
  configGet(key: string): Promise<void>;
  configSet(key: string, value: string): Promise<void>;
}

/** What holds for every command. */
export interface GlobalOptions {
  readonly json?: boolean;
  /** commander has checked that it is one of these. */
  readonly secrets?: 'auto' | 'keychain' | 'file' | 'memory';
}

export interface ProgramOptions {
  readonly version: string;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Makes the actions once the options of the command are known. */
  readonly actions: (options: GlobalOptions) => Actions;
}

/** Builds the command line. Wrong usage throws a CommanderError, which `exitCodeOf` turns into 2. */
export function buildProgram(options: ProgramOptions): Command {
  const program = new Command('gatehouse')
    .description('Starts local compute servers, keeps their tokens, and lets nobody in without one.')
    .version(options.version, '-V, --version')
    .showHelpAfterError('(For more, see gatehouse --help)')
    .exitOverride()
    .configureOutput({ writeOut: options.write, writeErr: options.writeError });
  const actions = (command: Command): Actions => options.actions(command.optsWithGlobals<GlobalOptions>());
  addRunning(program, actions);
  addAccess(program, actions);
  addSharing(program, actions);
  addUpkeep(program, actions);
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

type With = (command: Command) => Actions;

function addTarget(command: Command): Command {
  return command
    .argument(
      '[target]',
      'a kind of server (see `gatehouse profiles --kinds`) and perhaps its file, a folder, or a notebook',
    )
    .argument('[command...]', 'after `--`: a command of your own, with {port}, {socket} and {base}')
    .option('--name <name>', 'what to call the server')
    .option('--folder <folder>', 'working folder')
    .option(
      '--env <id>',
      'which installation: its id in `gatehouse profiles`, or the path of an environment or interpreter',
    )
    .option('--credential <kind>', 'how a command of your own wants its secret: none, bearer or header:NAME')
    .option('--ready-path <path>', 'path that a command of your own answers, below 500, once it is up')
    .option(
      '--profile-file <file>',
      'JSON file that says more of a command of your own: base path, second port, roles',
    )
    .option('--ready-seconds <duration>', 'how long a start may take (90s, 15m)')
    .option(
      '--trust',
      'you trust the authors of the files in the folder: what lies in it may run when it is opened',
    )
    .option('--no-trust', 'you do not');
}

/**
 * commander gives the words behind `--` to the first free argument: only what stood before it is a target.
 */
export function splitTarget(
  target: string | undefined,
  command: readonly string[],
  argv: readonly string[],
): [string | undefined, readonly string[]] {
  const dashes = argv.indexOf('--');
  if (dashes === -1 || target === undefined) return [target, command];
  const behind = argv.slice(dashes + 1);
  return command.length === behind.length ? [target, command] : [undefined, behind];
}

function addRunning(program: Command, actions: With): void {
  addTarget(
    program
      .command('serve')
      .description('run Gatehouse in this terminal and start a server; Ctrl-C stops all'),
  )
    .option('--no-browser', 'do not open a browser')
    .addOption(new Option('--background', 'run as the background core').hideHelp())
    .action((target, command, options: ServeOptions, self: Command) =>
      actions(self).serve(target, command, options),
    );
  addTarget(
    program
      .command('start')
      .description('start a server in the background, or one of `gatehouse list` again'),
  ).action((target, command, options: StartOptions, self: Command) =>
    actions(self).start(target, command, options),
  );
  program
    .command('stop')
    .description('stop a server')
    .argument('[id]')
    .option('--all', 'stop every server')
    .action((id, options, self) => actions(self).stop(id, options));
  program
    .command('restart')
    .description('stop a server and start it again on the same address')
    .argument('<id>')
    .action((id, _options, self) => actions(self).restart(id));
  program
    .command('forget')
    .description('stop a server and remove it from the list, with its token')
    .argument('<id>')
    .action((id, _options, self) => actions(self).forget(id));
  program
    .command('trust')
    .description('trust the authors of the files in a folder: what lies in it may run when it is opened')
    .argument('[folder]')
    .option('--list', 'the folders about which something was said')
    .option('--remove', 'do not trust them any more')
    .option('--forget', 'forget what was said of the folder; it is asked about again')
    .action((folder, options, self) => actions(self).trust(folder, options));
  program
    .command('quit')
    .description('stop every server and Gatehouse itself')
    .action((_options, self) => actions(self).quit());
}

function addAccess(program: Command, actions: With): void {
  program
    .command('list')
    .description('the servers, running or not')
    .option('--matlab-proxy', 'those of MATLAB that run, as `matlab-proxy-app-list-servers` prints them')
    .option('-q, --quiet', 'with --matlab-proxy: the addresses alone, with their tokens')
    .action((options, self) => actions(self).list(options));
  program
    .command('open')
    .description("open a server in this computer's browser")
    .argument('[id]')
    .action((id, _options, self) => actions(self).open(id));
  program
    .command('link')
    .description("a one-time link for this computer's browser")
    .argument('<id>')
    .option('--tool', 'a link with the access token, for clients that need `?token=`')
    .action((id, options, self) => actions(self).link(id, options));
  program
    .command('token')
    .description('the access token of a server')
    .argument('<id>')
    .option('--rotate', 'make a new one; whoever holds the old one is out at once')
    .action((id, options, self) => actions(self).token(id, options));
  program
    .command('logs')
    .description('what a server said')
    .argument('<id>')
    .option('-n, --lines <count>', 'how many of the last lines', '100')
    .option('-f, --follow', 'go on with what it says from now on')
    .action((id, options, self) => actions(self).logs(id, options));
}

function addUpkeep(program: Command, actions: With): void {
  program
    .command('takeover')
    .description('take this home from a Gatehouse of another computer that is gone')
    .option('--yes', 'without a question')
    .action((options, self) => actions(self).takeover(options));
  program
    .command('profiles')
    .description('the servers found on this computer, and why some cannot start')
    .addOption(
      new Option('--kinds', 'the kinds of server that Gatehouse knows, installed or not').conflicts('cached'),
    )
    .option('--cached', 'do not look again at what has not changed')
    .action((options, self) => actions(self).profiles(options));
  program
    .command('setup')
    .description('make a managed environment')
    .argument('[profile]', 'which kind', 'jupyter')
    .option('--remove', 'remove it instead')
    .action((profile, options, self) => actions(self).setup(profile, options));
  program
    .command('doctor')
    .description('look at everything Gatehouse depends on, and say what to do')
    .action((_options, self) => actions(self).doctor());
  program
    .command('about')
    .description('version, process and places of the running Gatehouse')
    .action((_options, self) => actions(self).about());
  const config = program.command('config').description('settings');
  config
    .command('list', { isDefault: true })
    .description('every setting, its value and what it does')
    .action((_options, self) => actions(self).configList());
  config
    .command('get')
    .description('one setting')
    .argument('<key>')
    .action((key, _options, self) => actions(self).configGet(key));
  config
    .command('set')
    .description('change a setting')
    .argument('<key>')
    .argument('<value>', 'as JSON, or a plain word')
    .action((key, value, _options, self) => actions(self).configSet(key, value));
}
