/* How a server is reached, for tests in which nobody takes its port. */
import type { CheckHolder, UpstreamAccess, Upstream } from '../../src/main/core/ports.ts';

export const alwaysOurs: CheckHolder = () => Promise.resolve({ kind: 'ours' });

export const away: UpstreamAccess = { kind: 'away' };

export function openTo(upstream: Upstream): UpstreamAccess {
  return { kind: 'open', upstream, checkHolder: alwaysOurs };
}

/** Throws where nothing may be sent. */
export function upstreamOf({ reach }: { readonly reach: UpstreamAccess }): Upstream {
  if (reach.kind !== 'open') throw new Error(`The server is ${reach.kind}.`);
  return reach.upstream;
}
