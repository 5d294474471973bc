/** What several rounds of one measurement say: the middle, and how far the others are from it. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spread(values: readonly number[]): Spread {
  return { median: quantile(values, 0.5), min: Math.min(...values), max: Math.max(...values) };
}

/** The value that the given share of all values does not exceed (0 to 1); NaN of nothing. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  if (share === 0.5 && sorted.length % 2 === 0) {
    return ((sorted[sorted.length / 2 - 1] ?? NaN) + (sorted[sorted.length / 2] ?? NaN)) / 2;
  }
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Round by round, so that what disturbed a whole round disturbs no ratio. */
export function ratios(of: readonly number[], over: readonly number[]): readonly number[] {
  return of.map((value, round) => value / (over[round] ?? NaN));
}

export function differences(of: readonly number[], from: readonly number[]): readonly number[] {
  return of.map((value, round) => value - (from[round] ?? NaN));
}
