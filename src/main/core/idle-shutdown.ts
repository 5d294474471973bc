/**
 * Decides whether a core that nobody is connected to keeps running. Milliseconds of a clock that stops while
 * the computer sleeps.
 */
export interface Attention {
  /** A core in a terminal ends with its terminal only. */
  readonly background: boolean;
  readonly connections: number;
  /** Whether anything runs. */
  readonly active: boolean;
  /** How long ago the last shell went away; null when there never was one. */
  readonly sinceShell: number | null;
  /** How long ago the last connection of any kind went away. */
  readonly sinceConnection: number;
  /** How long ago somebody used a server. */
  readonly sinceUse: number;
}

/** Milliseconds after which a background core with nothing to do ends. */
const emptyLimit = 60_000;

/** Whether to stop everything now, and why; null to go on. Pure. */
export function shutdownReason(attention: Attention, graceMilliseconds: number): string | null {
  const { background, connections, active, sinceShell, sinceConnection, sinceUse } = attention;
  if (!background || connections > 0) return null;
  if (!active) return sinceConnection >= emptyLimit ? 'Nothing runs and nobody asks.' : null;
  if (sinceShell === null) return null;
  const quiet = Math.min(sinceShell, sinceUse);
  return quiet >= graceMilliseconds ? 'The window is gone and nobody used a server since.' : null;
}
