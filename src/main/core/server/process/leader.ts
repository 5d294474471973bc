import type { LaunchPlan } from '../../ports.ts';
import { signalGroup, wait } from './ending.ts';
import { hasEnded, type Child } from '../launch.ts';
import type { Limits } from '../options.ts';

/**
 * Ends the process that was launched: the server's own way, then TERM to its group, then KILL; each with its
 * bound.
 * @param plan whose way to stop is tried first; null where there is nobody to ask
 */
export async function endLeader(
  child: Child,
  plan: Pick<LaunchPlan, 'askToStop'> | null,
  limits: Pick<Limits, 'askSeconds' | 'stopSeconds' | 'killSeconds'>,
): Promise<void> {
  if (child.pid === undefined || hasEnded(child)) return;
  const gone = new AbortController();
  child.once('exit', () => gone.abort());
  if (plan !== null && plan.askToStop !== null)
    await ask(plan.askToStop, limits.askSeconds * 1000, gone.signal);
  if (!hasEnded(child)) {
    signalGroup(child.pid, 'SIGTERM');
    await wait(limits.stopSeconds * 1000, gone.signal);
  }
  if (!hasEnded(child)) {
    signalGroup(child.pid, 'SIGKILL');
    await wait(limits.killSeconds * 1000, gone.signal);
  }
}

/** Resolves when the server has ended, or has had its time, or cannot even be asked. */
async function ask(
  askToStop: (signal: AbortSignal) => Promise<void>,
  milliseconds: number,
  gone: AbortSignal,
): Promise<void> {
  const policy = AbortSignal.any([AbortSignal.timeout(milliseconds), gone]);
  const understood = await Promise.race([
    askToStop(policy).then(
      () => true,
      () => false,
    ),
    wait(milliseconds, policy).then(() => false),
  ]);
  if (understood) await wait(milliseconds, policy);
}
