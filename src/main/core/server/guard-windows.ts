import type { Log } from '../ports.ts';
import type { Guard } from './guard.ts';

/**
 * The place of the Windows guard: a Job Object with KILL_ON_JOB_CLOSE whose only handle the core holds, so that the
 * system itself ends the server when the core dies. Until one is built in, a core that is killed hard leaves its
 * server running until the next start of Gatehouse finds the record and ends it; that is said, not hidden.
 */
export function guardOnWindows(log: Log): Guard {
  log.warn('On Windows a server outlives a Gatehouse that is killed hard, until Gatehouse is started again.');
  return {
    pid: null,
    follow: () => undefined,
    release: () => Promise.resolve(),
  };
}
