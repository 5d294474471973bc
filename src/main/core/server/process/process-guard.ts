import type { Log } from '../../ports.ts';
import type { Identity } from './process-family.ts';

/** Ends everything of one run when the core is no longer there to do it. */
export interface ProcessGuard {
  readonly pid: number | null;
  /** Ties the process group of this leader to the guard. */
  follow(leader: Identity): void;
  /** The run is over and nothing of it is left: the guard may go. */
  release(): Promise<void>;
}

export interface GuardOptions {
  readonly runRoot: string;
  /** Name of the run's folder in `runRoot`. */
  readonly name: string;
  readonly marker: string;
  readonly script: string;
  readonly log: Log;
}
