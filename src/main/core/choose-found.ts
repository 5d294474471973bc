/**
 * The attack: a cloned folder brings a `.venv`, and whoever starts a server in the folder runs the code in it without having been
 * asked. So what came with the folder is never the default: its owner names it, or clicks on it.
 */
import type { FoundServer } from '../../shared/model.ts';
import { GatehouseError } from './errors.ts';

/** The installation asked for, or the first that works and is trusted. Throws with the reason where there is none. */
export function choose(found: readonly FoundServer[], wanted: string | undefined): FoundServer {
  if (wanted === undefined) {
    const working = found.filter(each => each.problem === null);
    const best = working.find(each => each.fromFolder !== true);
    if (best !== undefined) return best;
    throw working[0] === undefined ? noneFound(found) : onlyFromFolder(working[0]);
  }
  const one = found.find(each => each.id === wanted);
  if (one === undefined) {
    throw new GatehouseError('not-found-here', `There is no server installed at "${wanted}" any more.`, {
      kind: 'not-found',
      nextStep: 'See `gatehouse profiles` for what is there now.',
    });
  }
  if (one.problem === null) return one;
  throw new GatehouseError('cannot-start', `${one.title} in ${one.location} cannot start: ${one.problem}`, {
    nextStep: 'Mend that environment, or use another one (`gatehouse profiles`).',
  });
}

function noneFound(found: readonly FoundServer[]): GatehouseError {
  const sentence =
    found.length === 0
      ? 'No JupyterLab was found on this computer.'
      : `None of the ${found.length} environments found can start a server.`;
  return new GatehouseError('none-found', sentence, {
    kind: 'not-found',
    nextStep:
      'Make one with `gatehouse setup jupyter`, or see `gatehouse profiles` for what was found and why it cannot start.',
  });
}

function onlyFromFolder(one: FoundServer): GatehouseError {
  const { title, version, location, id } = one;
  const what = version === null ? title : `${title} ${version}`;
  return new GatehouseError(
    'none-found',
    `Only ${what} in ${location} was found; it lies in the opened folder and is not started unasked, since that runs the folder's code.`,
    {
      kind: 'not-found',
      nextStep: `If you trust the folder, use it with \`--env ${id}\`; or make an environment with \`gatehouse setup jupyter\`.`,
    },
  );
}
