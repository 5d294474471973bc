import type { ServerState } from '../../../shared/model.ts';
import type { Proof } from '../ports.ts';
import { defaultRestartPolicy, type RestartPolicy } from './restart-policy.ts';

/**
 * The life of one supervised server. Pure: no clock, no process, no timer. The supervisor performs the
 * effects and tells what came of them. One promise above all: a run is launched only when everything of the
 * run before is gone.
 */
export interface Lifecycle {
  readonly state: ServerState;
  /** Why, one sentence. */
  readonly reason: string;
  /** Number of the present or last run; what an older run still tells is not listened to. */
  readonly run: number;
  /** What exists of that run: nothing, a run that should live, or one that is being ended. */
  readonly exists: 'nothing' | 'run' | 'ending';
  /** What follows when the run that is being ended is gone. */
  readonly next: Next;
  /** A run that was ready before is started again after a failure; one that never was is not. */
  readonly patient: boolean;
  readonly failures: number;
  /** When the last failure was, in milliseconds of a clock that never jumps. */
  readonly failedAt: number;
  readonly missedProbes: number;
  /**
   * Why nothing may be sent to a run that is up; null when it was proved to be ours and nothing has
   * contradicted that since.
   */
  readonly shut: Shut | null;
  readonly portRetries: number;
  /** How many runs there were since the owner last asked. */
  readonly attempts: number;
}

/** As in `UpstreamAccess`. */
export type Shut = 'foreign' | 'unsafe';

export type Next =
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'fail'; readonly reason: string }
  | { readonly kind: 'launch'; readonly after: number };

export type Trouble = 'exited' | 'not-started' | 'not-ready' | 'port-taken' | 'forked-away' | 'unsafe';

export type LifecycleEvent =
  | { readonly kind: 'asked-to-start' }
  | { readonly kind: 'asked-to-stop'; readonly reason: string }
  | { readonly kind: 'asked-to-restart' }
  | { readonly kind: 'resumed' }
  | { readonly kind: 'proved'; readonly run: number }
  | { readonly kind: 'broke'; readonly run: number; readonly trouble: Trouble; readonly summary: string }
  /** Exited on its own with exit code 0 after it had been ready: somebody chose "Shut Down" inside it. */
  | { readonly kind: 'ended'; readonly run: number; readonly summary: string }
  | { readonly kind: 'cleared'; readonly run: number }
  | { readonly kind: 'waited'; readonly run: number }
  | { readonly kind: 'probe'; readonly run: number; readonly proof: Proof };

export type Effect =
  | { readonly kind: 'launch'; readonly run: number }
  /** End everything of the run, then tell `cleared`. Politely: let the server end in its own way first. */
  | { readonly kind: 'end'; readonly run: number; readonly politely: boolean }
  /** Tell `waited` after so many milliseconds. */
  | { readonly kind: 'wait'; readonly run: number; readonly milliseconds: number }
  | { readonly kind: 'stop-waiting' }
  | { readonly kind: 'watch'; readonly run: number };

export type Step = readonly [Lifecycle, readonly Effect[]];

export const initialState: Lifecycle = {
  state: 'stopped',
  reason: 'It was not started yet.',
  run: 0,
  exists: 'nothing',
  next: { kind: 'stop', reason: '' },
  patient: false,
  failures: 0,
  failedAt: 0,
  missedProbes: 0,
  shut: null,
  portRetries: 0,
  attempts: 0,
};

/** @param now milliseconds of a clock that never jumps */
export function step(
  now: number,
  was: Lifecycle,
  event: LifecycleEvent,
  policy: RestartPolicy = defaultRestartPolicy,
): Step {
  if ('run' in event && event.run !== was.run) return [was, []];
  switch (event.kind) {
    case 'asked-to-start':
      return askedToStart(was);
    case 'asked-to-stop':
      return askedToStop(was, event.reason);
    case 'asked-to-restart':
      return askedToRestart(was);
    case 'resumed':
      return [{ ...was, missedProbes: 0 }, []];
    case 'proved':
      return proved(was);
    case 'broke':
      if (was.exists !== 'run') return [was, []];
      return broke(now, was, event.trouble, event.summary, policy);
    case 'ended':
      if (was.exists !== 'run') return [was, []];
      return ending(
        { ...was, state: 'stopping', reason: event.summary },
        { kind: 'stop', reason: event.summary },
        false,
      );
    case 'cleared':
      return cleared(was);
    case 'waited':
      if (was.state !== 'restarting' || was.exists !== 'nothing') return [was, []];
      return launch(was);
    case 'probe':
      return probed(was, event.proof, policy);
    default:
      return event satisfies never;
  }
}

function proved(was: Lifecycle): Step {
  if (was.exists !== 'run' || isUp(was.state)) return [was, []];
  const reason = 'It answers and is ours.';
  const ready: Lifecycle = {
    ...was,
    state: 'ready',
    reason,
    patient: true,
    missedProbes: 0,
    shut: null,
    portRetries: 0,
  };
  return [ready, [{ kind: 'watch', run: was.run }]];
}

function isUp(state: ServerState): boolean {
  return state === 'ready' || state === 'unhealthy';
}

function launch(was: Lifecycle): Step {
  const run = was.run + 1;
  return [
    { ...was, run, exists: 'run', missedProbes: 0, shut: null, attempts: was.attempts + 1 },
    [{ kind: 'launch', run }],
  ];
}

function ending(was: Lifecycle, next: Next, politely: boolean): Step {
  return [{ ...was, exists: 'ending', next }, [{ kind: 'end', run: was.run, politely }]];
}

/** A new request of the owner starts with a clean record of failures. */
function afresh(was: Lifecycle): Lifecycle {
  return { ...was, patient: false, failures: 0, portRetries: 0, attempts: 0 };
}

function askedToStart(was: Lifecycle): Step {
  const starting: Lifecycle = { ...afresh(was), state: 'starting', reason: 'It was asked to start.' };
  if (was.state === 'stopped' || was.state === 'failed') return launch(starting);
  if (was.state === 'stopping') {
    const reason = 'It is being stopped and will start again.';
    return [{ ...afresh(was), reason, next: { kind: 'launch', after: 0 } }, []];
  }
  // Waiting for a better moment, or failing: the owner's word ends the wait.
  if (was.state === 'restarting' && was.exists === 'nothing') return andNoWait(launch(starting));
  if (was.next.kind === 'fail' && was.exists === 'ending') {
    return [{ ...starting, next: { kind: 'launch', after: 0 } }, []];
  }
  return [was, []];
}

function askedToStop(was: Lifecycle, reason: string): Step {
  const stopped: Lifecycle = { ...afresh(was), state: 'stopped', reason };
  const stopping: Lifecycle = { ...stopped, state: 'stopping', next: { kind: 'stop', reason } };
  switch (was.exists) {
    case 'nothing':
      if (was.state === 'stopped') return [was, []];
      return [stopped, was.state === 'restarting' ? [{ kind: 'stop-waiting' }] : []];
    case 'run':
      return ending(stopping, stopping.next, isUp(was.state));
    case 'ending':
      return [stopping, []];
    default:
      return was.exists satisfies never;
  }
}

function askedToRestart(was: Lifecycle): Step {
  const restarting: Lifecycle = { ...afresh(was), state: 'restarting', reason: 'It was asked to restart.' };
  const next: Next = { kind: 'launch', after: 0 };
  switch (was.exists) {
    case 'nothing':
      if (was.state !== 'restarting') return askedToStart(was);
      return andNoWait(launch(restarting));
    case 'run':
      return ending(restarting, next, isUp(was.state));
    case 'ending':
      return [{ ...restarting, next }, []];
    default:
      return was.exists satisfies never;
  }
}

function andNoWait([life, effects]: Step): Step {
  return [life, [{ kind: 'stop-waiting' }, ...effects]];
}

function broke(now: number, was: Lifecycle, trouble: Trouble, summary: string, policy: RestartPolicy): Step {
  const failing = (reason: string): Step =>
    ending(
      { ...was, state: was.patient ? 'restarting' : 'starting', reason },
      { kind: 'fail', reason },
      false,
    );
  if (trouble === 'port-taken' && !isUp(was.state)) {
    if (was.portRetries >= policy.portRetries) return failing(summary);
    const reason = `${summary} Trying another port.`;
    return ending({ ...was, reason, portRetries: was.portRetries + 1 }, { kind: 'launch', after: 0 }, false);
  }
  if (!was.patient || trouble === 'forked-away' || trouble === 'unsafe') return failing(summary);
  const failures = now - was.failedAt >= policy.quiet ? 1 : was.failures + 1;
  if (failures >= policy.failures) {
    return failing(`It failed ${failures} times in a row and is not restarted. The last time: ${summary}`);
  }
  const after = policy.backoff[Math.min(failures, policy.backoff.length) - 1] ?? 0;
  const restarting: Lifecycle = {
    ...was,
    state: 'restarting',
    reason: `${summary} It is started again.`,
    failures,
    failedAt: now,
  };
  return ending(restarting, { kind: 'launch', after }, false);
}

function cleared(was: Lifecycle): Step {
  if (was.exists !== 'ending') return [was, []];
  const gone: Lifecycle = { ...was, exists: 'nothing' };
  switch (was.next.kind) {
    case 'stop':
      return [{ ...gone, state: 'stopped', reason: was.next.reason }, []];
    case 'fail':
      return [{ ...gone, state: 'failed', reason: was.next.reason }, []];
    case 'launch':
      if (was.next.after > 0) {
        return [gone, [{ kind: 'wait', run: was.run, milliseconds: was.next.after }]];
      }
      if (was.state !== 'stopping') return launch(gone);
      return launch({ ...gone, state: 'starting', reason: 'It was asked to start.' });
    default:
      return was.next satisfies never;
  }
}

function probed(was: Lifecycle, proof: Proof, policy: RestartPolicy): Step {
  if (!isUp(was.state)) return [was, []];
  switch (proof.kind) {
    case 'ours':
      if (was.state === 'ready') return [was.missedProbes === 0 ? was : { ...was, missedProbes: 0 }, []];
      return [{ ...was, state: 'ready', reason: 'It answers again.', missedProbes: 0, shut: null }, []];
    case 'not-yet':
      return missed(was, proof.detail, policy);
    case 'foreign':
    case 'unsafe':
      // Not one more request, however healthy it was: this is no question of health.
      return [{ ...was, state: 'unhealthy', reason: shutReason(proof.detail), shut: proof.kind }, []];
    default:
      return proof satisfies never;
  }
}

/** Only a proof opens what is shut: that it is silent now does not. */
function missed(was: Lifecycle, detail: string, policy: RestartPolicy): Step {
  const missedProbes = was.missedProbes + 1;
  if (missedProbes < policy.missedProbes || was.state === 'unhealthy') return [{ ...was, missedProbes }, []];
  const reason = `It did not answer ${missedProbes} times in a row: ${detail}`;
  return [{ ...was, state: 'unhealthy', reason, missedProbes }, []];
}

function shutReason(detail: string): string {
  const sentence = detail.charAt(0).toUpperCase() + detail.slice(1);
  return `${sentence.replace(/\.$/u, '')}. Nothing is sent to it until it has proved that it is ours.`;
}
