import type { LaunchPlan, Proof, RunFacts } from '../ports.ts';
import { wait } from './process/ending.ts';
import { placesOf } from './process/port-listeners.ts';
import { pidsOf } from './process/port-owner.ts';

export type Readiness =
  | { readonly kind: 'ours' }
  | { readonly kind: 'port-taken'; readonly detail: string }
  | { readonly kind: 'unsafe'; readonly detail: string }
  | { readonly kind: 'late'; readonly detail: string; readonly nextStep: string }
  /** Nobody waits any more: the server has ended, or is to be ended. */
  | { readonly kind: 'given-up' };

/** Milliseconds that one look may take. */
const onceLook = 5000;

const noAnswer = 'nothing answered';
const tooLate = 'it did not answer in time';

/**
 * Asks until the server has proved that it is ours, ever less often; ends at once with the signal, and no
 * question outlives the answer.
 */
export async function untilReady(plan: LaunchPlan, run: RunFacts, signal: AbortSignal): Promise<Readiness> {
  const end = performance.now() + plan.readySeconds * 1000;
  let [detail, nextStep] = [noAnswer, ''];
  const begun = performance.now();
  for (;;) {
    if (signal.aborted) return { kind: 'given-up' };
    const left = end - performance.now();
    if (left <= 0) return (await elsewhere(plan, run)) ?? { kind: 'late', detail, nextStep };
    const proof = await proveOnce(plan, run, signal, Math.min(onceLook, left));
    if (signal.aborted) return { kind: 'given-up' };
    if (proof.kind === 'ours' || proof.kind === 'unsafe') return proof;
    // The last look is cut short by the end: what was answered before says more.
    const cut = proof.detail === tooLate && left < onceLook && detail !== noAnswer;
    if (!cut) {
      ({ detail } = proof);
      nextStep = proof.kind === 'not-yet' ? (proof.nextStep ?? '') : '';
    }
    // Behind a socket in our own folder there is nobody else; on a port, anybody.
    if (proof.kind === 'foreign' && plan.upstream.address.kind === 'port')
      return { kind: 'port-taken', detail };
    // In step with how long it already takes: what is ready after 2 s is noticed within 60 ms, and a slow one
    // is not pestered.
    const pause = Math.min(500, Math.max(40, (performance.now() - begun) * 0.03));
    await wait(Math.min(pause, Math.max(1, end - performance.now())), signal);
  }
}

/** It never came to its port, and is somewhere else: then more time would not help. */
async function elsewhere(plan: LaunchPlan, run: RunFacts): Promise<Readiness | null> {
  const { address } = plan.upstream;
  if (address.kind !== 'port') return null;
  const places = await pidsOf(run, process.platform)
    .then(pids => placesOf(pids, process.platform))
    .catch(() => []);
  if (places.length === 0 || places.some(context => context.endsWith(`:${address.port}`))) return null;
  return {
    kind: 'late',
    detail: `nothing listens on port ${address.port}, where it was told to; it listens on ${places.join(', ')} instead`,
    nextStep:
      'Let it use the port that it is given: {port} in its command stands for it; or remove a port from its settings.',
  };
}

/** One look that ends in time even if the profile's own question does not. */
export async function proveOnce(
  plan: LaunchPlan,
  run: RunFacts,
  signal: AbortSignal,
  milliseconds: number = onceLook,
): Promise<Proof> {
  const over = new AbortController();
  const stop = (): void => over.abort();
  const timer = setTimeout(stop, milliseconds);
  signal.addEventListener('abort', stop);
  if (signal.aborted) stop();
  const late = new Promise<Proof>(resolve => {
    const tell = (): void => resolve({ kind: 'not-yet', detail: tooLate });
    if (over.signal.aborted) tell();
    else over.signal.addEventListener('abort', tell);
  });
  try {
    return await Promise.race([plan.prove(over.signal, run), late]);
  } catch (error) {
    return { kind: 'not-yet', detail: error instanceof Error ? error.message : String(error) };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    stop();
  }
}
