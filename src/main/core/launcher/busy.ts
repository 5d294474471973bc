/** What a stop would interrupt. */
import type { Busy } from '../../../shared/model.ts';
import type { ServerEntry } from './server-entry.ts';

export async function busyOf(entries: readonly ServerEntry[]): Promise<Busy> {
  const running = entries.filter(entry => entry.supervised.pid !== null);
  const each = await Promise.all(
    running.map(async ({ saved: { id, name }, supervised, gateway }) => ({
      id,
      name,
      busyKernels: await supervised.busyKernels(),
      connections: gateway?.connections() ?? 0,
    })),
  );
  return {
    servers: each.length,
    busyKernels: each.reduce((sum, server) => sum + server.busyKernels, 0),
    connections: each.reduce((sum, server) => sum + server.connections, 0),
    each,
  };
}
