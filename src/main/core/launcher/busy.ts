/** What a stop would interrupt. */
import type { BusyServer } from '../../../shared/model.ts';
import type { ServerEntry } from './server-entry.ts';

/** Of each server that runs. */
export function busyOf(entries: readonly ServerEntry[]): Promise<readonly BusyServer[]> {
  const running = entries.filter(entry => entry.supervised.pid !== null);
  return Promise.all(
    running.map(async ({ saved: { id, name }, supervised }) => ({
      id,
      name,
      busyKernels: await supervised.busyKernels(),
    })),
  );
}
