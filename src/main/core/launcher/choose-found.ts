/**
 * The attack: a cloned folder brings a `.venv`, and anyone who starts a server in the folder runs the code in
 * it without having been asked. So what came with the folder is never the default: its owner names it, or
 * clicks on it.
 */
import { isAbsolute } from 'node:path';
import { namedOrigin, type FoundServer, type ProfileName } from '../../../shared/model.ts';
import { GatehouseError } from '../errors.ts';
import { shellWord } from '../shell-word.ts';

/**
 * The installation asked for, or the first that works and is trusted. Throws with the reason where there is
 * none.
 * @param title of the kind that is looked for @param canSetUp whether Gatehouse can make one
 */
export function choose(
  found: readonly FoundServer[],
  wanted: string | undefined,
  title: string,
  canSetUp: boolean,
): FoundServer {
  if (wanted === undefined) {
    const working = found.filter(each => each.problem === null);
    const best = working.find(each => each.fromFolder !== true);
    if (best !== undefined) return best;
    throw working[0] === undefined ? noneFound(found, title, canSetUp) : onlyFromFolder(working[0], canSetUp);
  }
  const one = found.find(each => each.id === wanted || (isAbsolute(wanted) && isNamed(each)));
  if (one === undefined) {
    throw new GatehouseError(
      'installation-gone',
      isAbsolute(wanted)
        ? `There is no ${title} in "${wanted}".`
        : `There is no longer a server installed at "${wanted}".`,
      {
        kind: 'not-found',
        nextStep: 'See `gatehouse profiles` for what is there now.',
      },
    );
  }
  if (one.problem === null) return one;
  throw new GatehouseError('cannot-start', `${one.title} in ${one.location} cannot start: ${one.problem}`, {
    nextStep: 'Repair that environment, or use another one (`gatehouse profiles`).',
  });
}

/** MATLAB's says more after it. */
function isNamed({ origin }: FoundServer): boolean {
  return origin.split(';')[0] === namedOrigin;
}

function noneFound(found: readonly FoundServer[], title: string, canSetUp: boolean): GatehouseError {
  const [only] = found;
  const sentence =
    found.length === 0
      ? `No ${title} was found on this computer.`
      : found.length === 1 && only !== undefined
        ? `${only.title} in ${only.location} cannot start: ${only.problem}`
        : `None of the ${found.length} environments found can start ${title}.`;
  // `none-found` makes `serve` set one up.
  return new GatehouseError(canSetUp ? 'none-found' : 'not-installed', sentence, {
    kind: 'not-found',
    nextStep: `${canSetUp ? 'Make one with `gatehouse setup jupyter`' : 'Install it as its documentation says'}, or see \`gatehouse profiles\` for what was found and why it cannot start.`,
  });
}

function onlyFromFolder(one: FoundServer, canSetUp: boolean): GatehouseError {
  const { title, version, location, id } = one;
  const what = version === null ? title : `${title} ${version}`;
  return new GatehouseError(
    canSetUp ? 'none-found' : 'not-installed',
    `Only ${what} in ${location} was found; it lies in the opened folder and is not started unless you ask for it, since that runs the folder's code.`,
    {
      kind: 'not-found',
      nextStep: `If you trust the folder, use it with \`--env ${shellWord(id)}\`${canSetUp ? '; or make an environment with `gatehouse setup jupyter`' : ''}.`,
    },
  );
}

export function noSetup(name: ProfileName): GatehouseError {
  return new GatehouseError('no-setup', `There is no managed environment for "${name}".`, {
    kind: 'usage',
    nextStep: 'Use `gatehouse setup jupyter`.',
  });
}

export function noSuchProfile(name: ProfileName, known: readonly ProfileName[]): GatehouseError {
  return new GatehouseError('no-such-profile', `There is no profile "${name}".`, {
    kind: 'not-found',
    nextStep: `There are ${known.join(', ')}.`,
  });
}

export function noSuchServer(id: string): GatehouseError {
  return new GatehouseError('no-such-server', `There is no server "${id}".`, {
    kind: 'not-found',
    nextStep: 'See `gatehouse list`.',
  });
}

export function inUse({ id, name }: { readonly id: string; readonly name: string }): GatehouseError {
  return new GatehouseError('in-use', `"${name}" runs from the managed environment.`, {
    nextStep: `Stop it first: \`gatehouse stop ${id}\`.`,
  });
}
