import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ServerInfo, StartRequest } from '../../shared/model.ts';
import type { CoreClient } from '../control/core-client.ts';
import { shellWord } from '../core/shell-word.ts';
import { matchServer } from './match.ts';
import { kindOf, usage, type TargetOptions } from './target.ts';
import { say, type Output } from './print.ts';

/**
 * `start` accepts the id or name of a saved server as well as a target, and the beginning of an id where no
 * file has that name.
 */
export async function findSavedServer(
  core: CoreClient,
  target: string | undefined,
  cwd: string,
): Promise<ServerInfo | undefined> {
  if (target === undefined || kindOf(target) !== undefined) return undefined;
  const servers = await core.call('server.list');
  const exact = servers.filter(({ id, name }) => id === target || name === target);
  const here = resolve(cwd, target);
  // The attack: a downloaded folder that was opened before has the name of the folder that is meant, and is
  // opened or trusted instead.
  if (
    exact.length > 0 &&
    existsSync(here) &&
    !exact.some(({ id, folder }) => id === target || folder === here)
  ) {
    throw usage(
      `"${target}" is the name both of a server and of a file or folder here`,
      `Write ./${target} for the folder, or ${exact[0]?.id} for the server.`,
    );
  }
  if (exact.length > 0) return matchServer(exact, target);
  if (existsSync(here) || !servers.some(({ id }) => id.startsWith(target))) return undefined;
  return matchServer(servers, target);
}

/**
 * Refuses options that only a new server can have: for a saved one they would be ignored without a word.
 */
export function refuseTargetOptions({ id, name }: ServerInfo, options: TargetOptions): void {
  const flags: { readonly [K in keyof Required<TargetOptions>]: string } = {
    name: '--name',
    folder: '--folder',
    env: '--env',
    credential: '--credential',
    readyPath: '--ready-path',
    profileFile: '--profile-file',
    readySeconds: '--ready-seconds',
  };
  const given = Object.entries(options).flatMap(([key, value]) => {
    const flag = Object.entries(flags).find(([option]) => option === key)?.[1];
    return flag === undefined || value === undefined ? [] : [flag];
  });
  if (given.length === 0) return;
  throw usage(
    `"${name}" is already in the list and starts as it did the first time: ${given.join(', ')} would change nothing`,
    `Leave that out, or name a kind of server, a folder or a file for a new server; \`gatehouse forget ${id}\` removes this one from the list.`,
  );
}

/**
 * An environment inside the opened folder is never the default, and the user's own one may not work. Says
 * that another one was used, and what to do.
 */
export async function sayWhatWasPassedOver(
  core: Pick<CoreClient, 'call'>,
  { folder, found, profile }: StartRequest,
  output: Output,
): Promise<void> {
  if (folder === undefined || found !== undefined) return;
  const all = await core.call('profiles.find', { fresh: false, folder });
  const own = all.find(
    each =>
      each.profile === profile &&
      (each.fromFolder === true || (each.expected === true && each.problem !== null)),
  );
  if (own === undefined) return;
  const use =
    own.problem === null ? `\`--env ${shellWord(own.location)}\` uses it, which runs its code.` : own.problem;
  say(output, `The environment ${own.location} (${own.origin}) was not used: ${use}`);
}

/**
 * A core keeps the tokens and the store it started with. Says that a token given to this command is not used.
 */
export async function sayWhatIsNotUsed(core: CoreClient, output: Output): Promise<void> {
  const about = await core.call('core.about');
  if (about.secrets !== 'keychain') say(output, about.secretsSentence);
  const wasThere = Date.parse(about.startedAt) < Date.now() - process.uptime() * 1000;
  const given = ['GATEHOUSE_TOKEN', 'GATEHOUSE_TOKEN_FILE'].find(name => process.env[name] !== undefined);
  if (wasThere && given !== undefined) {
    say(
      output,
      `${given} is not used: Gatehouse is already running, with tokens of its own. \`gatehouse quit\` ends it.`,
    );
  }
}
