import type { Writable } from 'node:stream';
import { errorInfo, GatehouseError } from '../core/errors.ts';

/** Where a command writes: values to `out`, all else to `err`, so that a script can read one without the other. */
export interface Output {
  readonly out: Writable;
  readonly err: Writable;
  readonly json: boolean;
}

/** The one value of a reading command: as JSON, or as the text made of it. */
export function printValue<T>(output: Output, value: T, text: (value: T) => string): void {
  output.out.write(output.json ? `${JSON.stringify(value, null, 2)}\n` : ensureLine(text(value)));
}

/** One line for a person who waits; nothing under `--json`. */
export function say(output: Output, line: string): void {
  if (!output.json) output.err.write(`${line}\n`);
}

/** One object a line, for `serve --json`. */
export function printEvent(output: Output, event: string, fields: Readonly<Record<string, unknown>>): void {
  if (output.json) output.out.write(`${JSON.stringify({ event, ...fields })}\n`);
}

/** Tells an error as what, where and what to do; returns the exit code. */
export function printError(output: Output, error: unknown): number {
  const { kind: _kind, ...info } = errorInfo(error);
  if (output.json) output.err.write(`${JSON.stringify({ error: info })}\n`);
  else output.err.write(`gatehouse: ${info.message}\n${info.nextStep === '' ? '' : `  ${info.nextStep}\n`}`);
  return error instanceof GatehouseError ? error.exitCode : 1;
}

/** Columns as wide as their widest cell; the last one is not padded. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows
    .map(row =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

function ensureLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
