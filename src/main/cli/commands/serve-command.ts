import { Option, type Command } from 'commander';
import type { ServerInfo, ServerState, StartRequest } from '../../../shared/model.ts';
import { isOver, statePredicate } from '../../../shared/server-state.ts';
import type { CoreClient } from '../../control/core-client.ts';
import { GatehouseError } from '../../core/errors.ts';
import { hasScreen } from '../browser.ts';
import type { CommandContext, ContextOf } from '../command-context.ts';
import type { CoreProcess } from '../core-process.ts';
import { withExamples } from '../examples.ts';
import { sayWhatWasPassedOver } from '../find-server.ts';
import { withTrust } from '../folder-trust-question.ts';
import { openServer } from '../open-server.ts';
import { forPeople, printEvent, say, type Output } from '../print.ts';
import { showProgress } from '../show-progress.ts';
import { begin } from '../start-server.ts';
import { startRequest } from '../target.ts';
import { addTarget, splitTarget, type StartOptions } from '../target-options.ts';

interface ServeOptions extends StartOptions {
  readonly browser?: boolean;
  /** Started by a shell or by `gatehouse start`: no target, no terminal. */
  readonly background?: boolean;
}

export function serveCommand(program: Command, context: ContextOf): void {
  const command = program
    .command('serve')
    .description('run Gatehouse in this terminal and start a server; Ctrl-C stops everything');
  withExamples(addTarget(command), [
    ['gatehouse serve', 'JupyterLab in its default folder'],
    ['gatehouse serve ~/thesis', 'JupyterLab in a folder'],
    ['gatehouse serve streamlit app.py', 'another kind of server, with its file'],
    ['gatehouse serve -- my-server --port {port}', 'a command of your own'],
  ])
    .option('--no-browser', 'do not open a browser')
    .addOption(new Option('--background', 'run as the background core').hideHelp())
    .action((target, words, options: ServeOptions, self: Command) =>
      serve(context(self), target, words, options),
    );
}

/** The core in this terminal, one server started, until Ctrl-C. */
async function serve(
  context: CommandContext,
  given: string | undefined,
  words: readonly string[],
  options: ServeOptions,
): Promise<void> {
  const background = options.background === true;
  const [target, command] = splitTarget(given, words, context.argv);
  const request = background ? null : await startRequest(target, command, options, context.cwd);
  const core = await context.openCore(background);
  const stop = context.interrupted().then(() => core.quit('Gatehouse was interrupted.'));
  try {
    const ownEnd = request === null ? new Promise<never>(() => {}) : run(context, core, request, options);
    const reason = await Promise.race([ownEnd, core.ended, stop]);
    if (typeof reason === 'string') {
      say(context.output, `${reason} No other server is running, so Gatehouse ends.`);
      await core.quit(reason);
    }
    await core.ended;
  } catch (error) {
    await core.quit('The start failed.');
    await core.ended;
    throw error;
  }
}

/**
 * Starts the server and prints how to reach it. Resolves with the reason when that server later ends without
 * being asked to and no other one is running.
 */
async function run(
  context: CommandContext,
  { client: core, watched }: CoreProcess,
  request: StartRequest,
  options: ServeOptions,
): Promise<string> {
  const { output } = context;
  const about = await core.call('core.about');
  say(output, about.secretsSentence);
  core.on('server.changed', server => printEvent(output, 'changed', { server }));
  core.on('server.changed', ({ name, state, reason }) => {
    if (state === 'restarting' || state === 'unhealthy')
      say(output, `${name} ${statePredicate[state]}: ${reason}`);
  });
  const show = showProgress(output, process.stderr.isTTY);
  core.on('setup.progress', progress => {
    printEvent(output, 'setup', { progress });
    show(progress);
  });
  const answered = await withTrust(core, request, options, output, context.ask);
  const server = await startOrSetUp(core, answered, output);
  await sayWhatWasPassedOver(core, request, output);
  const link = await core.call('server.link', server.id, { tool: false });
  printEvent(output, 'ready', { server, link });
  if (!output.json) output.out.write(forPeople(readyText(server, link.url)));
  if (options.browser !== false && hasScreen(context.environment, process.platform) && !output.json) {
    const opened = await openServer(core, server.id, context.environment, context.runtime, output);
    if (!opened) say(output, 'No browser could be opened. Use the link.');
  }
  return lastEnd(core, server.id, watched);
}

/** Waits until the last server has ended without being asked to; `gatehouse stop` asks. */
function lastEnd(core: CoreClient, id: string, watched: () => boolean): Promise<string> {
  return new Promise((resolve, reject) => {
    const settle = (reason: string, state: ServerState): void => {
      if (state === 'stopped') resolve(reason);
      else reject(new GatehouseError('gave-up', reason, { nextStep: `See \`gatehouse logs ${id}\`.` }));
    };
    core.on('server.changed', ({ id: changed, state, title, reason }) => {
      if (changed !== id || !isOver(state) || watched()) return;
      void nothingRuns(core).then(none => none && settle(`${title}: ${reason}`, state));
    });
  });
}

async function nothingRuns(core: CoreClient): Promise<boolean> {
  return (await core.call('server.list')).every(({ state }) => isOver(state));
}

/** Starts the server; where none is installed, makes the managed environment first. */
async function startOrSetUp(core: CoreClient, request: StartRequest, output: Output): Promise<ServerInfo> {
  try {
    return await begin(core, request, output);
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code !== 'none-found') throw error;
    say(
      output,
      `${error.message} Gatehouse installs it in an environment of its own; this takes a minute or two.`,
    );
    const found = await core.call('setup.run', request.profile);
    return begin(core, { ...request, found: found.id }, output);
  }
}

function readyText({ name, title, origin, folder, id }: ServerInfo, link: string): string {
  return `\n${name}: ${title} (${origin}) is ready in ${folder}.\n\n  ${link}\n\nThe link works once, in a browser on this computer; \`gatehouse link ${id}\` makes another. Ctrl-C stops everything.\n`;
}
