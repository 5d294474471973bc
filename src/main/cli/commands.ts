import { setTimeout as delay } from 'node:timers/promises';
import type { ServerInfo } from '../../shared/model.ts';
import type { CoreClient } from '../control/core-client.ts';
import { GatehouseError } from '../core/errors.ts';
import type { CommandContext } from './command-context.ts';
import { openServer } from './open-server.ts';
import {
  findSavedServer,
  refuseTargetOptions,
  sayWhatIsNotUsed,
  sayWhatWasPassedOver,
} from './find-server.ts';
import { matchServer } from './match.ts';
import { listMatlab, matlabTableText, matlabUrlsText } from './matlab-list.ts';
import { begin, restart } from './start-server.ts';
import { printValue, say, type Output } from './print.ts';
import { showLogs } from './show-logs.ts';
import { showProgress } from './show-progress.ts';
import type { Actions } from './program.ts';
import { splitTarget } from './program.ts';
import { sharing } from './share-commands.ts';
import { takeover } from './takeover.ts';
import { answeredText, trustFolder, withTrust } from './folder-trust-question.ts';
import { withCore } from './with-core.ts';
import { startRequest, usage } from './target.ts';
import {
  aboutText,
  doctorText,
  foundText,
  kindsText,
  serversText,
  serverText,
  settingsText,
} from './texts.ts';

type Commands = (deps: CommandContext) => Actions;

/** The commands; what they answer is the contract's, what they print is `texts.ts`. */
export const commands: Commands = deps => ({
  ...starting(deps),
  ...running(deps),
  ...access(deps),
  ...upkeep(deps),
  ...sharing(deps),
  takeover: options => takeover(deps, options),
  serve: deps.serve,
});

/** Milliseconds that a core which has stopped everything may take to be gone. */
const endLimit = 5000;

async function processEnd(pid: number): Promise<void> {
  const deadline = performance.now() + endLimit;
  while (isAlive(pid) && performance.now() < deadline) await delay(20);
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** One that runs is left as it is: its kernels and what is not saved are worth more than a fresh start. */
async function startKnown(core: CoreClient, known: ServerInfo, output: Output): Promise<ServerInfo> {
  if (known.state !== 'ready' && known.state !== 'unhealthy')
    return restart(core, known.id, output, { fresh: true });
  say(output, `It is already running. To restart it: \`gatehouse restart ${known.id}\``);
  return known;
}

function starting({ output, reach, cwd, argv, ask }: CommandContext): Pick<Actions, 'start' | 'trust'> {
  const show = (server: ServerInfo): void => printValue(output, server, serverText);
  return {
    start: (given, words, options) =>
      withCore(reach.ensured(), async core => {
        const [target, command] = splitTarget(given, words, argv);
        await sayWhatIsNotUsed(core, output);
        const known = command.length > 0 ? undefined : await findSavedServer(core, target, cwd);
        if (known === undefined) {
          const request = await startRequest(target, command, options, cwd);
          const server = await begin(core, await withTrust(core, request, options, output, ask), output);
          await sayWhatWasPassedOver(core, request, output);
          return show(server);
        }
        refuseTargetOptions(known, options);
        if (options.trust !== undefined)
          say(
            output,
            answeredText(await core.call('folders.answer', known.folder, { trusted: options.trust })),
          );
        show(await startKnown(core, known, output));
      }),
    trust: (folder, options) =>
      withCore(reach.reading(), core => trustFolder(core, folder, options, { output, cwd })),
  };
}

function running({ output, reach }: CommandContext): Pick<Actions, 'stop' | 'restart' | 'forget' | 'quit'> {
  const show = (server: ServerInfo): void => printValue(output, server, serverText);
  return {
    stop: (id, { all }) =>
      withCore(reach.running(), async core => {
        if ((id === undefined) === (all !== true))
          throw usage('One server, or all of them', 'Give the id of one, or --all and no id.');
        const servers = await core.call('server.list');
        const chosen = id === undefined ? servers : [matchServer(servers, id)];
        const stopped = await Promise.all(chosen.map(server => core.call('server.stop', server.id)));
        if (id === undefined) printValue(output, stopped, serversText);
        else for (const server of stopped) show(server);
      }),
    restart: id =>
      withCore(reach.running(), async core => {
        const server = matchServer(await core.call('server.list'), id);
        show(await restart(core, server.id, output));
      }),
    forget: id =>
      withCore(reach.reading(), async core => {
        const server = matchServer(await core.call('server.list'), id, 'whole');
        await core.call('server.forget', server.id);
        printValue(output, { forgotten: server.id }, () => `${server.id} is forgotten.`);
      }),
    quit: () =>
      withCore(reach.running(), async core => {
        const { pid } = await core.call('core.about');
        await core.call('core.quit');
        await processEnd(pid);
        printValue(output, { quit: true }, () => 'Gatehouse has stopped.');
      }),
  };
}

function access({
  output,
  reach,
  runtime,
  interrupted,
}: CommandContext): Pick<Actions, 'list' | 'open' | 'link' | 'token' | 'logs'> {
  return {
    list: ({ matlabProxy, quiet }) =>
      withCore(reach.reading(), async core => {
        if (quiet === true && matlabProxy !== true) {
          throw usage('--quiet is for the list of one kind of server', 'Give --matlab-proxy, too.');
        }
        if (matlabProxy !== true) return printValue(output, await core.call('server.list'), serversText);
        const text = quiet === true ? matlabUrlsText : matlabTableText;
        printValue(output, await listMatlab(core), text);
      }),
    open: id =>
      withCore(reach.running(), async core => {
        const server = theServer(await core.call('server.list'), id);
        if (await openServer(core, server.id, process.env, runtime, output)) {
          printValue(output, { id: server.id, opened: true }, () => `Opened ${server.id}.`);
          return;
        }
        say(output, 'No browser could be opened; here is a link that works once.');
        const link = await core.call('server.link', server.id, { tool: false });
        printValue(output, { id: server.id, opened: false, link }, () => link.url);
      }),
    link: (id, { tool }) =>
      withCore(reach.running(), async core => {
        const server = matchServer(await core.call('server.list'), id);
        printValue(
          output,
          await core.call('server.link', server.id, { tool: tool === true }),
          link => link.url,
        );
      }),
    token: (id, { rotate }) =>
      withCore(reach.running(), async core => {
        const server = matchServer(await core.call('server.list'), id);
        const token = await core.call(rotate === true ? 'server.rotateToken' : 'server.token', server.id);
        printValue(output, { id: server.id, token }, () => token);
      }),
    logs: (id, options) =>
      withCore(reach.reading(), core => showLogs(core, output, id, options, interrupted)),
  };
}

function upkeep({
  output,
  reach,
  cwd,
}: CommandContext): Pick<
  Actions,
  'profiles' | 'setup' | 'doctor' | 'about' | 'configList' | 'configGet' | 'configSet'
> {
  return {
    profiles: ({ cached, kinds }) =>
      withCore(reach.reading(), async core => {
        if (kinds === true) return printValue(output, await core.call('profiles.kinds'), kindsText);
        printValue(
          output,
          await core.call('profiles.find', { fresh: cached !== true, folder: cwd }),
          foundText,
        );
      }),
    setup: (profile, { remove }) =>
      withCore(reach.reading(), async core => {
        if (remove === true) {
          await core.call('setup.remove', profile);
          return printValue(output, { removed: profile }, () => 'The managed environment is removed.');
        }
        core.on('setup.progress', showProgress(output, process.stderr.isTTY));
        printValue(output, await core.call('setup.run', profile), found => foundText([found]));
      }),
    doctor: () =>
      withCore(reach.reading(), async core => printValue(output, await core.call('doctor.run'), doctorText)),
    about: () =>
      withCore(reach.running(), async core => {
        printValue(output, await core.call('core.about'), aboutText);
      }),
    configList: () =>
      withCore(reach.reading(), async core =>
        printValue(output, await core.call('config.list'), settingsText),
      ),
    configGet: key =>
      withCore(reach.reading(), async core => {
        printValue(output, await core.call('config.get', key), setting => JSON.stringify(setting.value));
      }),
    configSet: (key, value) =>
      withCore(reach.reading(), async core => {
        printValue(output, await core.call('config.set', key, parseValue(value)), setting =>
          settingsText([setting]),
        );
      }),
  };
}

function theServer(servers: readonly ServerInfo[], id: string | undefined): ServerInfo {
  if (id !== undefined) return matchServer(servers, id);
  const [only, another] = servers.filter(server => server.url !== null);
  if (only !== undefined && another === undefined) return only;
  if (only !== undefined) throw usage('More than one server runs', 'Say which: `gatehouse list` shows them.');
  throw new GatehouseError('no-such-server', 'No server runs.', {
    kind: 'not-found',
    nextStep: 'Start one with `gatehouse start`.',
  });
}

/**
 * JSON where it is JSON, else the word itself: `config set log.maxMegabytes 5`, `config set secrets
 * keychain`.
 */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
