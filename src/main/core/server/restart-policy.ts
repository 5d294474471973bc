/* When a server that ended is started again, and when that is given up. */
export interface RestartPolicy {
  /** Milliseconds before the first, second, ... start after a failure; the last one repeats. */
  readonly backoff: readonly number[];
  /** So many failures in a row, and it is given up. */
  readonly failures: number;
  /** Milliseconds without a failure after which earlier ones are forgotten. */
  readonly quiet: number;
  /** Probes missed in a row until a server is called unhealthy. */
  readonly missedProbes: number;
  /** How often a start is repeated because somebody else was faster at the port. */
  readonly portRetries: number;
}

export const defaultRestartPolicy: RestartPolicy = {
  backoff: [0, 500, 1000, 2000, 4000],
  failures: 5,
  quiet: 3_600_000,
  missedProbes: 3,
  portRetries: 3,
};
