import type { Log } from '../../ports.ts';
import type { ProcessGuard } from './process-guard.ts';
import { openJobObject, type JobObject } from './job-object.ts';

/**
 * The guard of Windows: a Job Object, so that the system itself ends the server when the core dies. Where it
 * cannot be had, a core that is killed hard leaves its server running until the next start of Gatehouse finds
 * the record and ends it; that is said, not hidden.
 */
export async function processGuardOnWindows(
  log: Log,
  open: () => Promise<JobObject> = openJobObject,
): Promise<ProcessGuard> {
  const unguarded = (error: unknown): null => {
    log.warn('If Gatehouse is killed, this server keeps running until Gatehouse is started again.', {
      error: String(error),
    });
    return null;
  };
  const job = await open().catch(unguarded);
  return {
    pid: null,
    follow(leader) {
      try {
        job?.add(leader.pid);
      } catch (error) {
        unguarded(error);
      }
    },
    release: async () => job?.close(),
  };
}
