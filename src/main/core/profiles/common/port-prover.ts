/**
 * The attack: another program, perhaps of another user, takes the port between its choice and the server's
 * start, answers nicely and is then sent every request of the owner, the credential included. A custom server
 * knows no proof of ours, so the operating system is asked: the socket that a connection would reach has to
 * belong to a process of this run. Until it does, nothing is sent. In our own private folder nobody else can
 * listen.
 */
import { systemCode } from '../../errors.ts';
import type { Address, Log, Proof, RunFacts } from '../../ports.ts';
import { ask } from './ask.ts';
import { listenersOn } from '../../server/process/port-listeners.ts';
import { portOwner } from '../../server/process/port-owner.ts';

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
      const code = systemCode(error) || 'no answer';
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
    return {
      kind: 'not-yet',
      detail: `It answers ${readyPath} with status ${status}, without the expected text.`,
      nextStep: 'Compare the configured path and text with what the server answers.',
    };
  return {
    kind: 'not-yet',
    detail: `It answers ${readyPath} with status ${status}.`,
    nextStep:
      'It runs but does not work: read its last lines, or name a path that it answers with a status below 500 (`--ready-path`).',
  };
}
