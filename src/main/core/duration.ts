import { GatehouseError } from './errors.ts';

const factors = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * Durations as `90s`, `15m`, `2h`, `1d`, or a plain number of seconds. Refuses anything else with kind
 * `usage`.
 */
export function seconds(text: string): number {
  const match = /^(\d{1,6}(?:\.\d+)?)(s|m|h|d)?$/.exec(text);
  const unit = match?.[2] ?? 's';
  if (match === null || !isUnit(unit)) {
    throw new GatehouseError('usage', `"${text.slice(0, 40)}" is not a duration.`, {
      kind: 'usage',
      nextStep: 'Write it as 90s, 15m, 2h or 1d.',
    });
  }
  return Number(match[1]) * factors[unit];
}

function isUnit(text: string): text is keyof typeof factors {
  return Object.hasOwn(factors, text);
}

const words = [
  [86_400, 'day'],
  [3600, 'hour'],
  [60, 'minute'],
  [1, 'second'],
] as const;

/** For people: `1 day`, `2 hours`, `90 minutes`. The unit in which it is a small whole number; rounded. */
export function durationWords(milliseconds: number): string {
  const whole = Math.max(0, Math.round(milliseconds / 1000));
  const [size, word] = words.find(([size]) => whole >= size * 2 || (whole >= size && whole % size === 0)) ?? [
    1,
    'second',
  ];
  const count = Math.round(whole / size);
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}
