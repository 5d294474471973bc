import type { ServerInfo } from '../../shared/model.ts';
import { GatehouseError } from '../core/errors.ts';

/** The server that a person means: its id, its name, or the beginning of its id, as long as only one fits. */
export function matchServer(servers: readonly ServerInfo[], wanted: string): ServerInfo {
  if (wanted === '') {
    throw new GatehouseError('no-id', 'The id is empty.', {
      kind: 'usage',
      nextStep: 'Give the id of a server; an unset variable is the usual reason.',
    });
  }
  const exact = servers.find(server => server.id === wanted);
  if (exact !== undefined) return exact;
  const named = servers.filter(server => server.name === wanted);
  const fitting = named.length > 0 ? named : servers.filter(server => server.id.startsWith(wanted));
  const [only, another] = fitting;
  if (only !== undefined && another === undefined) return only;
  if (only === undefined) {
    throw new GatehouseError('no-such-server', `There is no server "${wanted.slice(0, 80)}".`, {
      kind: 'not-found',
      nextStep: 'See `gatehouse list`.',
    });
  }
  throw new GatehouseError(
    'ambiguous-server',
    `"${wanted}" may be ${fitting.map(({ id }) => id).join(' or ')}.`,
    {
      kind: 'usage',
      nextStep: 'Give the whole id.',
    },
  );
}
