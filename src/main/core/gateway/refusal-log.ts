/**
 * The attack: a log that is filled (CVE-2026-54338), forged with line breaks, or read for the secrets in it.
 * A line has a path without query, cut and escaped, never a credential; and a flood of refusals becomes a
 * number.
 */
import { escaped } from '../../../shared/visible.ts';
import type { Clock, Log } from '../ports.ts';

const windowMs = 60_000;
const linesEachWindow = 60;
const maxFieldLength = 200;

/** A text from outside as it may stand in a log. */
export function logField(value: string | null | undefined): string {
  const text = (value ?? '').slice(0, maxFieldLength);
  return text.replaceAll(/[^\u0020-\u007e]/g, character => escaped(character));
}

export type RefusalLog = (reason: string, fields: Readonly<Record<string, string>>) => void;

export function openRefusalLog(log: Log, clock: Clock): RefusalLog {
  let since = 0;
  let lines = 0;
  let left = 0;
  return (reason, fields) => {
    const now = clock();
    if (now - since >= windowMs || now < since) {
      if (left > 0) log.warn(`${left} more refusals were not written`);
      since = now;
      lines = 0;
      left = 0;
    }
    lines += 1;
    if (lines > linesEachWindow) {
      left += 1;
      return;
    }
    const escaped = Object.entries(fields).map(([name, value]) => [name, logField(value)] as const);
    log.warn(`refused: ${reason}`, Object.fromEntries(escaped));
  };
}
