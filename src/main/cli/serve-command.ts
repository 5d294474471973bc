import type { ServerInfo, ServerState, StartRequest } from '../../shared/model.ts';
import type { CoreClient } from '../control/core-client.ts';
import { GatehouseError } from '../core/errors.ts';
import { hasScreen } from './browser.ts';
import { openServer } from './open-server.ts';
import type { CoreProcess } from './core-process.ts';
import { forPeople, printEvent, say, type Output } from './print.ts';
import { sayWhatWasPassedOver } from './find-server.ts';
import { showProgress } from './show-progress.ts';
import { splitTarget, type ServeOptions } from './program.ts';
import { begin } from './start-server.ts';
import { withTrust, type AskPerson } from './folder-trust-question.ts';
import { startRequest } from './target.ts';

export interface ServeDeps {
  readonly output: Output;
  readonly cwd: string;
  readonly argv: readonly string[];
  readonly runtime: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Asks the person at the terminal; null where nobody can be asked. */
  readonly ask: AskPerson;
  openCore(background: boolean): Promise<CoreProcess>;
  /** Resolves when the user interrupts (Ctrl-C) or the system ends us. */
  readonly interrupted: () => Promise<void>;
}

/** `gatehouse serve`: the core in this terminal, one server started, until Ctrl-C. */
export async function serve(
  deps: ServeDeps,
  given: string | undefined,
  words: readonly string[],
  options: ServeOptions,
): Promise<void> {
  const background = options.background === true;
  const [target, command] = splitTarget(given, words, deps.argv);
  const request = background ? null : await startRequest(target, command, options, deps.cwd);
  const core = await deps.openCore(background);
  const stop = deps.interrupted().then(() => core.quit('Gatehouse was interrupted.'));
  try {
    const ownEnd = request === null ? new Promise<never>(() => {}) : run(deps, core, request, options);
    const reason = await Promise.race([ownEnd, core.ended, stop]);
    if (typeof reason === 'string') {
      say(deps.output, `${reason} Nothing else runs, so Gatehouse ends.`);
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
 * Starts the server and tells how to reach it. Resolves with the reason when the server later ends by itself
 * and was the last.
 */
async function run(
  deps: ServeDeps,
  { client: core, watched }: CoreProcess,
  request: StartRequest,
  options: ServeOptions,
): Promise<string> {
  const { output } = deps;
  const about = await core.call('core.about');
  say(output, about.secretsSentence);
  core.on('server.changed', server => printEvent(output, 'changed', { server }));
  core.on('server.changed', ({ name, state, reason }) => {
    if (state === 'restarting' || state === 'unhealthy') say(output, `${name} is ${state}: ${reason}`);
  });
  const show = showProgress(output, process.stderr.isTTY);
  core.on('setup.progress', progress => {
    printEvent(output, 'setup', { progress });
    show(progress);
  });
  const answered = await withTrust(core, request, options, output, deps.ask);
  const server = await startOrSetUp(core, answered, output);
  await sayWhatWasPassedOver(core, request, output);
  const link = await core.call('server.link', server.id, { tool: false });
  printEvent(output, 'ready', { server, link });
  if (!output.json) output.out.write(forPeople(readyText(server, link.url)));
  if (options.browser !== false && hasScreen(deps.environment, process.platform) && !output.json) {
    const opened = await openServer(core, server.id, deps.environment, deps.runtime, output);
    if (!opened) say(output, 'No browser could be opened; use the link.');
  }
  return lastEnd(core, server.id, watched);
}

/**
 * Waits until nothing runs any more without anybody having asked for that. `gatehouse stop` is somebody who
 * asks.
 */
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

function isOver(state: ServerState): boolean {
  return state === 'stopped' || state === 'failed';
}

/** Starts what was asked for; where nothing is installed, makes the managed environment first. */
async function startOrSetUp(core: CoreClient, request: StartRequest, output: Output): Promise<ServerInfo> {
  try {
    return await begin(core, request, output);
  } catch (error) {
    if (!(error instanceof GatehouseError) || error.code !== 'none-found') throw error;
    say(output, `${error.message} Making a managed environment; this takes a minute or two.`);
    const found = await core.call('setup.run', request.profile);
    return begin(core, { ...request, found: found.id }, output);
  }
}

function readyText({ name, title, origin, folder, id }: ServerInfo, link: string): string {
  return `\n${name}: ${title} (${origin}) is ready in ${folder}.\n\n  ${link}\n\nThe link works once, for this computer's browser; \`gatehouse link ${id}\` makes another. Ctrl-C stops all.\n`;
}
