/** The tables that are printed, and the aims: each with what was found, and whether it was met. */
import type { Rounds, Size } from './forwarding.ts';
import type { Shown } from './load.ts';
import { type Spread, spread } from './statistics.ts';

export interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly found: Spread;
  readonly unit: string;
  /** The median decides. */
  readonly met: boolean;
}

/** An aim of the form "at most". */
export function atMost(what: string, limit: number, unit: string, values: readonly number[]): Aim {
  const found = spread(values);
  return { what, aim: `<= ${limit}${unit}`, found, unit, met: found.median <= limit };
}

/** Of several ways that all have to meet one aim: the one that is furthest from it. */
export function worst(aims: readonly Aim[]): readonly Aim[] {
  const sorted = aims.toSorted((left, right) => right.found.median - left.found.median);
  return sorted.slice(0, 1);
}

export function aimsTable(aims: readonly Aim[]): string {
  const rows = aims.map(({ what, aim, found, unit, met }) => [
    what,
    aim,
    shown(found, unit),
    met ? 'met' : 'MISSED',
  ]);
  return table(['aim', 'at most', 'found: median (min to max)', ''], rows);
}

export function forwardingTable(size: Size, measured: ReadonlyMap<string, Rounds>): string {
  const rows = [...measured].map(([name, rounds]) => {
    const of = (key: keyof Shown): string => shown(spread(rounds[size].map(round => round[key])), '');
    return [name, of('requestsPerSecond'), of('cpu'), of('p50'), of('p99')];
  });
  return table([`${size} answer`, 'requests/s', 'CPU us/request', 'p50 us', 'p99 us'], rows);
}

export function shown({ median, min, max }: Spread, unit: string): string {
  return `${figure(median)}${unit} (${figure(min)} to ${figure(max)})`;
}

function figure(value: number): string {
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 3);
}

/** Markdown that can be read as it stands. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, column) =>
    Math.max(3, title.length, ...rows.map(row => (row[column] ?? '').length)),
  );
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), line(widths.map(width => '-'.repeat(width))), ...rows.map(line)].join('\n');
}
