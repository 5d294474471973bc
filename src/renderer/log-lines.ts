/** The lines of the log pane: bounded, so that a server that floods its output does not flood the window. */
import type { LogLine } from '../shared/model.ts';

export const lineLimit = 5000;
/** Letters of one line that are shown. */
export const widthLimit = 4000;

export interface LogModel {
  readonly lines: readonly LogLine[];
  /** How many lines fell out at the top. */
  readonly dropped: number;
  /** Lines that came while the pane was paused; null while it follows. */
  readonly held: readonly LogLine[] | null;
}

export const emptyLog: LogModel = { lines: [], dropped: 0, held: null };

export function append(log: LogModel, fresh: readonly LogLine[]): LogModel {
  if (log.held !== null) return { ...log, held: [...log.held, ...fresh.map(cut)].slice(-lineLimit) };
  const all = [...log.lines, ...fresh.map(cut)];
  const excess = Math.max(0, all.length - lineLimit);
  return { ...log, lines: all.slice(excess), dropped: log.dropped + excess };
}

export function pause(log: LogModel): LogModel {
  return log.held === null ? { ...log, held: [] } : log;
}

export function follow(log: LogModel): LogModel {
  if (log.held === null) return log;
  return append({ ...log, held: null }, log.held);
}

function cut(line: LogLine): LogLine {
  return line.text.length <= widthLimit ? line : { ...line, text: `${line.text.slice(0, widthLimit)} …` };
}
