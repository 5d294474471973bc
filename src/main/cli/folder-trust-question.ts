import { resolve } from 'node:path';
import type { FolderTrust, StartRequest } from '../../shared/model.ts';
import type { CoreClient } from '../control/core-client.ts';
import { GatehouseError } from '../core/errors.ts';
import { shellWord } from '../core/shell-word.ts';
import type { AskPerson } from './command-context.ts';
import { printValue, say, table, type Output } from './print.ts';
import { usage } from './target.ts';
import type { StartOptions } from './target-options.ts';

export interface TrustOptions {
  readonly list?: boolean;
  readonly remove?: boolean;
  readonly forget?: boolean;
}

type Asking = Pick<CoreClient, 'call'>;

/**
 * Adds the decision about the folder to the request. It comes from an option, or from the person at the
 * terminal, who is asked once for each folder.
 */
export async function withTrust(
  core: Asking,
  request: StartRequest,
  { trust }: StartOptions,
  output: Output,
  ask: AskPerson,
): Promise<StartRequest> {
  if (trust !== undefined) {
    if (trust && request.folder === undefined)
      throw usage('--trust needs a folder', 'Name it: `gatehouse start FOLDER --trust`.');
    return request.folder === undefined ? request : { ...request, trustFolder: trust };
  }
  const kinds = await core.call('profiles.kinds');
  const off = kinds.find(({ name }) => name === request.profile)?.untrusted;
  if (off === undefined || request.folder === undefined) return request;
  const standing = await core.call('folders.look', request.folder);
  // The start itself reports a missing folder.
  if (standing.trusted || standing.verdict === 'gone') return request;
  for (const warning of await core.call('folders.warnings')) say(output, warning);
  // Trusting the home folder would include the downloads, so Gatehouse does not ask about it.
  if (standing.verdict === 'unknown' && !standing.isHome && ask !== null && !output.json) {
    const answer = await ask(`Do you trust the authors of the files in ${standing.path}? [y/N] `);
    const trusted = /^y(es)?$/i.test(answer.trim());
    if (!trusted) say(output, untrustedText(standing.path, off));
    return answer === '' ? request : { ...request, trustFolder: trusted };
  }
  say(output, untrustedText(standing.path, off));
  return request;
}

/** `gatehouse trust`. */
export async function trustFolder(
  core: Asking,
  folder: string | undefined,
  { list, remove, forget }: TrustOptions,
  { output, cwd }: { readonly output: Output; readonly cwd: string },
): Promise<void> {
  if ([list, remove, forget].filter(given => given === true).length > 1)
    throw usage('--list, --remove and --forget cannot be combined', 'Give only one of them.');
  if (list === true) {
    if (folder !== undefined) throw usage('--list takes no folder', 'Leave it out: all folders are listed.');
    for (const warning of await core.call('folders.warnings')) say(output, warning);
    return printValue(output, await core.call('folders.list'), trustText);
  }
  // An empty word is an unset variable, not the current folder.
  if (folder === undefined || folder === '')
    throw usage('Say which folder to trust', 'Name it, or give --list.');
  if (forget === true) {
    printValue(output, await core.call('folders.forget', resolve(cwd, folder)), forgottenText);
    return;
  }
  const trusted = remove !== true;
  const standing = await core.call('folders.answer', resolve(cwd, folder), { trusted });
  if (trusted && !standing.trusted) throw notTrusted(standing);
  printValue(output, standing, answeredText);
}

function forgottenText({ path, by }: FolderTrust): string {
  const now =
    by === null
      ? 'it is not trusted, and you are asked when it is opened'
      : `it is trusted, because ${by} is`;
  return `Your decision about ${path} is forgotten: ${now}.`;
}

function untrustedText(folder: string, off: string): string {
  return `${folder} is not trusted. ${off} \`gatehouse trust ${shellWord(folder)}\` changes that, from the next start.`;
}

export function answeredText({ path, trusted, isHome }: FolderTrust): string {
  if (!trusted) return `${path} is not trusted. For running servers this takes effect at their next start.`;
  const extent = isHome
    ? 'with everything below it, for a server that is opened on it; you are asked about a folder below it that is opened itself'
    : 'with everything below it';
  return `${path} is trusted, ${extent}. For running servers this takes effect at their next start.`;
}

const words: Readonly<Record<FolderTrust['verdict'], string>> = {
  trusted: 'trusted',
  refused: 'not trusted',
  unknown: 'not trusted',
  'open-to-others': 'not trusted: another account of this computer can put files into it, or replace it',
  'other-owner': 'not trusted: its owner has changed since you trusted it',
  gone: 'gone: it does not exist or cannot be opened (--forget removes it from this list)',
};

function trustText(folders: readonly FolderTrust[]): string {
  if (folders.length === 0) return 'No folder is trusted.';
  return table(folders.map(({ path, verdict }) => [path, words[verdict]]));
}

function notTrusted({ path, verdict }: FolderTrust): GatehouseError {
  return new GatehouseError('folder-not-trusted', `${path} is ${words[verdict]}.`, {
    kind: 'refused',
    nextStep: 'See `gatehouse trust --list`.',
  });
}
