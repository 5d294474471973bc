import type { Failure, ServerInfo } from '../../shared/model.ts';
import { redactLine } from './redact-line.ts';

/**
 * The text that "Copy details" puts on the clipboard, fit for a bug report. The core has redacted it; a
 * second look costs nothing.
 */
export function failureReport(server: ServerInfo, failure: Failure, program: string): string {
  const ended =
    failure.signal === null ? `exit code ${failure.exitCode ?? 'unknown'}` : `signal ${failure.signal}`;
  const lines = [
    `${server.title} (${server.origin}) did not start`,
    failure.summary,
    failure.nextStep,
    '',
    `${program}, tried ${failure.attempts} ${failure.attempts === 1 ? 'time' : 'times'}, ${ended}`,
    `$ ${failure.command}`,
    ...failure.lastLines,
  ];
  return `${lines.map(redactLine).join('\n')}\n`;
}
