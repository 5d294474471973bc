/** Whether the operating system says that a port belongs to a run. */
import type { Proof, RunFacts } from '../../ports.ts';
import { holds, networkPorts, reached, type Listener } from './port-listeners.ts';
import { familyOf } from './process-family.ts';
import { listProcesses, startOf } from './processes.ts';

export type PortOwner =
  Extract<Proof, { kind: 'not-yet' | 'foreign' }> | { readonly kind: 'ours'; readonly exposed: boolean };

/**
 * Whether a connection to 127.0.0.1 (or, where nothing takes that, to ::1) would end at this run, and whether
 * its port is open to the network.
 * @param listeners of the port @param six the address that was reached; by default the one that would be
 */
export async function portOwner(
  listeners: readonly Listener[],
  port: number,
  run: RunFacts,
  platform: NodeJS.Platform,
  six?: boolean,
): Promise<PortOwner> {
  const four = reached(listeners);
  const reachable = six === undefined && four.length > 0 ? four : reached(listeners, six ?? true);
  if (reachable.length === 0) return { kind: 'not-yet', detail: `Nothing listens on port ${port} yet.` };
  const pids = await pidsOf(run, platform);
  for (const listener of reachable) {
    if (!(await holds(pids, listener))) return foreignPort(port, reachable);
  }
  return { kind: 'ours', exposed: listeners.some(listener => listener.reach !== 'loopback') };
}

export function foreignPort(
  port: number,
  listeners: readonly Pick<Listener, 'pid'>[],
): Extract<Proof, { kind: 'foreign' }> {
  const pid = listeners.find(listener => listener.pid !== null)?.pid;
  const who = pid === undefined || pid === null ? 'Another program' : `Another program (process ${pid})`;
  return { kind: 'foreign', detail: `${who} listens on port ${port}.` };
}

/**
 * Whether a process of this run listens where other computers can reach it. @param ports where it may listen;
 * Linux tells of all
 */
export async function listensOnNetwork(
  run: RunFacts,
  ports: readonly number[],
  platform: NodeJS.Platform,
): Promise<boolean> {
  return (await networkPorts(await pidsOf(run, platform), ports, platform)).length > 0;
}

/** What carries the run's marker, and what it started. On Windows only the process itself is known. */
export async function pidsOf(run: RunFacts, platform: NodeJS.Platform): Promise<number[]> {
  if (platform === 'win32') return [run.pid];
  const [rows, start] = await Promise.all([listProcesses(run.marker), startOf(run.pid)]);
  const leader = start === null ? null : { pid: run.pid, start };
  return familyOf(rows, leader, process.pid).map(row => row.pid);
}
