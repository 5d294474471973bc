import type { ServerInfo } from '../../shared/model.ts';
import { GatehouseError } from '../core/errors.ts';

/**
 * The server with this id, this name, or an id that begins so, if there is only one.
 * @param how `whole` for an action that cannot be undone: the beginning of an id may fit another server
 *   tomorrow
 */
export function matchServer(
  servers: readonly ServerInfo[],
  wanted: string,
  how: 'begins' | 'whole' = 'begins',
): ServerInfo {
  if (wanted === '') {
    throw new GatehouseError('usage', 'The id is empty.', {
      kind: 'usage',
      nextStep: 'Give the id of a server; an unset variable is the usual reason.',
    });
  }
  const exact = servers.find(server => server.id === wanted);
  if (exact !== undefined) return exact;
  const named = servers.filter(server => server.name === wanted);
  const fitting = named.length > 0 ? named : servers.filter(server => server.id.startsWith(wanted));
  const [only, another] = fitting;
  if (how === 'whole' && named.length === 0 && only !== undefined) throw notWhole(wanted, fitting);
  if (only !== undefined && another === undefined) return only;
  if (only === undefined) {
    throw new GatehouseError('no-such-server', `There is no server "${wanted.slice(0, 80)}".`, {
      kind: 'not-found',
      nextStep: 'See `gatehouse list`.',
    });
  }
  throw new GatehouseError(
    'ambiguous-server',
    `"${wanted}" may mean ${fitting.map(({ id }) => id).join(' or ')}.`,
    {
      kind: 'usage',
      nextStep: 'Give the whole id.',
    },
  );
}

function notWhole(wanted: string, fitting: readonly ServerInfo[]): GatehouseError {
  return new GatehouseError(
    'ambiguous-server',
    `"${wanted}" is the beginning of ${fitting.map(({ id }) => id).join(' and ')}, and this cannot be undone.`,
    { kind: 'usage', nextStep: 'Give the whole id.' },
  );
}

/**
 * The id that begins so, if there is only one. A whole link is refused: its secret would stay in the shell's
 * history.
 */
export function matchId(known: readonly string[], given: string, what: string, list: string): string {
  if (given.includes('#') || given.includes('/')) {
    throw wrong(
      'That looks like a whole link.',
      'Give only its id, which holds no secret: the twelve letters before the #.',
    );
  }
  const fitting = known.filter(id => given !== '' && id.startsWith(given));
  const [only, another] = fitting.includes(given) ? [given] : fitting;
  if (only !== undefined && another === undefined) return only;
  if (only !== undefined) throw wrong(`"${given}" may mean ${fitting.join(' or ')}.`, 'Give more of the id.');
  throw new GatehouseError('no-such-thing', `There is no ${what} "${given.slice(0, 40)}".`, {
    kind: 'not-found',
    nextStep: `\`${list}\` lists them.`,
  });
}

function wrong(message: string, nextStep: string): GatehouseError {
  return new GatehouseError('usage', message, { kind: 'usage', nextStep });
}
