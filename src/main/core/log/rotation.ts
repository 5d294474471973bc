/** The plan of numbered log rotation: `log` becomes `log.1`, `log.1` becomes `log.2`, and so on. */
export interface Rotation {
  /** The oldest file; the log itself where none is kept. */
  readonly remove: string;
  /** In the order in which they must be done; the log itself moves last. */
  readonly moves: readonly { readonly from: string; readonly to: string }[];
}

/** The log itself at age 0, `log.1` at age 1, and so on. */
export function agedName(file: string, age: number): string {
  return age === 0 ? file : `${file}.${age}`;
}

/** @param kept how many older files are kept */
export function rotationOf(file: string, kept: number): Rotation {
  const aged = (age: number): string => agedName(file, age);
  const ages = Array.from({ length: kept }, (_none, index) => kept - index);
  return { remove: aged(kept), moves: ages.map(age => ({ from: aged(age - 1), to: aged(age) })) };
}
