import type { Writable } from 'node:stream';
import { visible } from '../../shared/visible.ts';
import { errorInfo, GatehouseError } from '../core/errors.ts';
import { createRedactor } from '../core/log/redact.ts';
import { padColumns, textWidth } from './text-width.ts';

/**
 * Where a command writes: values to `out`, all else to `err`, so that a script can read one without the
 * other.
 */
export interface Output {
  readonly out: Writable;
  readonly err: Writable;
  readonly json: boolean;
}

/** The one value of a reading command: as JSON, or as the text made of it. */
export function printValue<T>(output: Output, value: T, text: (value: T) => string): void {
  output.out.write(output.json ? jsonText(value, 2) : ensureLine(forPeople(text(value))));
}

/** Prints one line for a person who waits; nothing under `--json`. */
export function say(output: Output, line: string): void {
  if (!output.json) output.err.write(`${forPeople(line)}\n`);
}

/**
 * Text as it may stand on a terminal, with commands in the form that works here: `npm start -- list` in a
 * checkout.
 */
export function forPeople(text: string): string {
  const command = process.env['GATEHOUSE_COMMAND'] ?? 'gatehouse';
  return visible(text).replaceAll('`gatehouse ', () => `\`${command} `);
}

/** JSON does not escape every character that a terminal obeys: C1 controls and bidirectional controls. */
function jsonText(value: unknown, indent = 0): string {
  return `${visible(JSON.stringify(value, null, indent))}\n`;
}

/** One object a line, for `serve --json`. */
export function printEvent(output: Output, event: string, fields: Readonly<Record<string, unknown>>): void {
  if (output.json) output.out.write(jsonText({ event, ...fields }));
}

/** Prints an error with what to do about it; returns the exit code. */
export function printError(output: Output, error: unknown): number {
  const { kind: _kind, ...info } = error instanceof GatehouseError ? errorInfo(error) : ownFault(error);
  if (output.json) output.err.write(jsonText({ error: info }));
  else
    output.err.write(
      forPeople(`gatehouse: ${info.message}\n${info.nextStep === '' ? '' : `  ${info.nextStep}\n`}`),
    );
  return error instanceof GatehouseError ? error.exitCode : 1;
}

/** A fault of this process, which keeps no log: the stack is printed, without secrets. */
function ownFault(error: unknown): ReturnType<typeof errorInfo> {
  const redactor = createRedactor();
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const where = stack.split('\n').filter(line => line.startsWith('    at '));
  return {
    ...errorInfo(error, text => redactor.redact(text)),
    nextStep: [
      'This is a fault of Gatehouse. Please report it with these lines:',
      ...where.map(line => redactor.redact(line)),
    ].join('\n'),
  };
}

/** Columns as wide as their widest cell; the last one is not padded. */
export function table(cells: readonly (readonly string[])[]): string {
  const rows = cells.map(row => row.map(visible));
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, textWidth(cell))));
  return rows
    .map(row =>
      row
        .map((cell, index) => (index === row.length - 1 ? cell : padColumns(cell, widths[index] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

function ensureLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
