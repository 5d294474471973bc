import type { FoundServer } from '../../shared/model.ts';
import { GatehouseError } from './errors.ts';

/** The installation asked for, or the first that works. Throws with the reason where there is none. */
export function choose(found: readonly FoundServer[], wanted: string | undefined): FoundServer {
  if (wanted === undefined) {
    const best = found.find(each => each.problem === null);
    if (best !== undefined) return best;
    throw new GatehouseError('none-found', noneSentence(found), {
      kind: 'not-found',
      nextStep:
        'Make one with `gatehouse setup jupyter`, or see `gatehouse profiles` for what was found and why it cannot start.',
    });
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

function noneSentence(found: readonly FoundServer[]): string {
  return found.length === 0
    ? 'No JupyterLab was found on this computer.'
    : `None of the ${found.length} environments found can start a server.`;
}
