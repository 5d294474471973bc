/**
 * The attack: another program, perhaps of another user, takes the port between its choice and the server's start, answers
 * nicely and is then sent every request of the owner, the credential included. A custom server knows no proof of ours, so the
 * operating system is asked: the socket that a connection would reach has to belong to a process of this run. Until it does,
 * nothing is sent. In our own private folder nobody else can listen.
 */
import type { Address, Log, Proof, RunFacts } from '../ports.ts';
import { familyOf, listProcesses, startOf } from '../server/processes.ts';
import { ask } from './ask.ts';
import { holds, listenersOn, networkPorts, reached } from '../server/listeners.ts';
import type { Listener } from '../server/listeners.ts';

export interface PortProof {
  readonly address: Address;
  /** Further ports that have to be the run's own before anything is believed. */
  readonly alsoPorts?: readonly number[];
  /** Has to be in the answer; absent: any answer below 500 will do. */
  readonly readyText?: string | undefined;
  readonly host: string;
  readonly readyPath: string;
  readonly platform: NodeJS.Platform;
  readonly log: Log;
  /** Told once, when its port is seen to be open to the network. */
  readonly exposed?: () => void;
}

/** One prover for one run: it remembers what it has warned of. */
export function portProver(options: PortProof): (signal: AbortSignal, run: RunFacts) => Promise<Proof> {
  let warned = false;
  return async (signal, run) => {
    try {
      const { address, alsoPorts = [], platform } = options;
      for (const port of address.kind === 'port' ? [address.port, ...alsoPorts] : alsoPorts) {
        const owner = await portOwner(await listenersOn(port, platform), port, run, platform);
        if (owner.kind !== 'ours') return owner;
        if (owner.exposed && !warned) {
          warned = true;
          options.exposed?.();
          options.log.warn('The server listens on the network, where it can be reached past the gateway.', {
            port,
            nextStep: 'Tell it in its command to listen on 127.0.0.1 only.',
          });
        }
      }
      return await answers(options, signal);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
      return { kind: 'not-yet', detail: `Not there yet (${code}).` };
    }
  };
}

/** The credential is not sent: whatever is not a failure of the server shows that it is up. */
async function answers(options: PortProof, signal: AbortSignal): Promise<Proof> {
  const { address, host, readyPath } = options;
  const { status, body } = await ask({ address, host, path: readyPath, signal });
  if (status < 500 && body.includes(options.readyText ?? '')) return { kind: 'ours' };
  if (status < 500)
    return { kind: 'not-yet', detail: `What it answers ${readyPath} has not the text that was named.` };
  return { kind: 'not-yet', detail: `It answers ${readyPath} with status ${status}.` };
}

type Owner = Exclude<Proof, { kind: 'ours' }> | { readonly kind: 'ours'; readonly exposed: boolean };

/** Whether a connection to 127.0.0.1 would end at this run, and whether its port is open to the network. @param listeners of the port */
export async function portOwner(
  listeners: readonly Listener[],
  port: number,
  run: RunFacts,
  platform: NodeJS.Platform,
): Promise<Owner> {
  const reachable = reached(listeners);
  if (reachable.length === 0) return { kind: 'not-yet', detail: `Nothing listens on port ${port} yet.` };
  const pids = platform === 'win32' ? [run.pid] : await pidsOf(run);
  for (const listener of reachable) {
    if (!(await holds(pids, listener))) return foreign(port, reachable);
  }
  return { kind: 'ours', exposed: listeners.some(listener => listener.reach !== 'loopback') };
}

function foreign(port: number, listeners: readonly Listener[]): Owner {
  const pid = listeners.find(listener => listener.pid !== null)?.pid;
  const who = pid === undefined || pid === null ? 'Another program' : `Another program (process ${pid})`;
  return { kind: 'foreign', detail: `${who} listens on port ${port}.` };
}

/** Whether a process of this run listens where other computers can reach it. @param ports where it may listen; Linux tells of all */
export async function listensOnNetwork(
  run: RunFacts,
  ports: readonly number[],
  platform: NodeJS.Platform,
): Promise<boolean> {
  const pids = platform === 'win32' ? [run.pid] : await pidsOf(run);
  return (await networkPorts(pids, ports, platform)).length > 0;
}

/** What carries the run's marker, and what it started. */
async function pidsOf(run: RunFacts): Promise<number[]> {
  const [rows, start] = await Promise.all([listProcesses(run.marker), startOf(run.pid)]);
  const leader = start === null ? null : { pid: run.pid, start };
  return familyOf(rows, leader, process.pid).map(row => row.pid);
}
