/**
 * The attacks: another program is on the port first, and would be sent the upstream secret; and the shim
 * stops to work, after an update of matlab-proxy perhaps, so that the server listens on every address of the
 * computer. So the operating system is asked who holds the port and where it listens; then the server has to
 * prove that it knows the secret; nothing secret is sent before. What listens on more than loopback is not
 * warned of but ended: its owner was promised that nobody else can reach it.
 */
import { randomBytes } from 'node:crypto';
import { systemCode } from '../../errors.ts';
import type { Proof, RunFacts, Upstream } from '../../ports.ts';
import type { Secret } from '../../secret.ts';
import { ask } from '../common/ask.ts';
import { listenersOn, type Listener } from '../../server/process/port-listeners.ts';
import { portOwner } from '../../server/process/port-owner.ts';
import { isProof } from '../jupyter/jupyter-client.ts';

/** The one header by which matlab-proxy takes its token. */
export const tokenHeader = 'mwi-auth-token';

export interface MatlabProof {
  readonly port: number;
  readonly host: string;
  readonly secret: Secret<string>;
  readonly platform: NodeJS.Platform;
  /** Who listens on a port; the operating system's answer when absent. */
  readonly listeners?: (port: number, platform: NodeJS.Platform) => Promise<readonly Listener[]>;
}

export async function proveMatlab(options: MatlabProof, signal: AbortSignal, run: RunFacts): Promise<Proof> {
  const { port, host, secret, platform, listeners = listenersOn } = options;
  try {
    const owner = await portOwner(await listeners(port, platform), port, run, platform);
    if (owner.kind !== 'ours') return owner;
    if (owner.exposed) return { kind: 'unsafe', detail: exposed(port) };
    const nonce = randomBytes(24).toString('base64url');
    const answer = await ask({
      address: { kind: 'port', port },
      host,
      path: '/_gatehouse/proof',
      headers: { 'X-Gatehouse-Nonce': nonce },
      signal,
    });
    if (isProof(answer.headers['x-gatehouse-proof'], nonce, secret)) return { kind: 'ours' };
    return { kind: 'unsafe', detail: unlocked(port) };
  } catch (error) {
    const code = systemCode(error) || 'no answer';
    return { kind: 'not-yet', detail: `Not there yet (${code}).` };
  }
}

function exposed(port: number): string {
  return `matlab-proxy listens on the network at port ${port} although it was told to listen on this computer only, so it is not used.`;
}

/** A process of this run holds the port, and knows no secret of ours: the lock is not in place. */
function unlocked(port: number): string {
  return `matlab-proxy answers at port ${port} without Gatehouse's lock, so it is not used.`;
}

/** The way of its own page: MATLAB is stopped first, then the server. */
export async function askMatlabToStop(
  { address, host, headers }: Upstream,
  basePath: string,
  signal: AbortSignal,
): Promise<void> {
  const answer = await ask({
    address,
    host,
    method: 'DELETE',
    path: `${basePath}/shutdown_integration`,
    headers: Object.fromEntries(headers.map(([name, value]) => [name, value.reveal()])),
    signal,
  });
  if (answer.status >= 300)
    throw new Error(`matlab-proxy answered the request to stop with ${answer.status}.`);
}
