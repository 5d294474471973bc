import type { LogLine } from '../../../shared/model.ts';
import type { Clock, LaunchPlan, Log, Redactor, RunContext, Supervised } from '../ports.ts';
import { defaultRestartPolicy, type RestartPolicy } from './restart-policy.ts';

export interface SuperviseOptions {
  readonly serverId: string;
  readonly name: string;
  /** Called again for each run, with a fresh secret, port and folder. */
  readonly plan: (context: RunContext) => Promise<LaunchPlan>;
  /**
   * Private folder in which the folders of runs are made; short, so that a Unix socket fits into 104 bytes.
   */
  readonly runRoot: string;
  readonly logFile: string;
  /** Working folder, absolute and existing. */
  readonly folder: string;
  /** Login name of the owner. */
  readonly user: string;
  /** File mode creation mask of its next run; that of this process when absent. */
  readonly umask?: () => number | undefined;
  readonly redactor: Redactor;
  readonly log: Log;
  readonly clock: Clock;
  readonly onChange: (supervised: Supervised) => void;
  readonly onLine: (line: LogLine) => void;
  readonly limits?: Partial<Limits>;
  /** Where guard.sh is, when it is not next to this code. */
  readonly guardPath?: string;
  /** The user's environment where the plan says none; this process's own when absent. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /**
   * Patterns of the settings, asked for each run (`environment.names`); absent or null: everything of the
   * user's passes.
   */
  readonly environmentNames?: () => readonly string[] | null;
}

export interface Limits {
  readonly maxLogBytes: number;
  /** Older logs that are kept. */
  readonly keptLogs: number;
  readonly policy: RestartPolicy;
  /** For the server's own way to end. */
  readonly askSeconds: number;
  /** From TERM to KILL. */
  readonly stopSeconds: number;
  /** Until what cannot be killed is left to the next start. */
  readonly killSeconds: number;
  /** For a profile to say what to run. */
  readonly planSeconds: number;
  readonly probeSeconds: number;
}

export const defaultSupervisionLimits: Limits = {
  maxLogBytes: 4 * 1024 * 1024,
  keptLogs: 2,
  policy: defaultRestartPolicy,
  askSeconds: 5,
  stopSeconds: 5,
  killSeconds: 20,
  planSeconds: 60,
  probeSeconds: 10,
};
