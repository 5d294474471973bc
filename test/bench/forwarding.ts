/**
 * Requests through every contestant in turn, round after round, so that what else the computer does strikes
 * all alike.
 */
import type { Contestant } from './contestants.ts';
import type { Load, Shown } from './load.ts';

export const paths = { small: '/small', large: '/large' } as const;
export type Size = keyof typeof paths;

/** Of one contestant, round by round. */
export type Rounds = Readonly<Record<Size, readonly Shown[]>>;

/**
 * Before the first round each one gets this many times the load of a round: compilers and caches are warm
 * then.
 */
const warmUp = 2;

export async function measureForwarding(
  contestants: readonly Contestant[],
  load: Load,
  options: { readonly rounds: number; readonly seconds: number },
  say: (text: string) => void,
): Promise<ReadonlyMap<string, Rounds>> {
  const { rounds, seconds } = options;
  const result = new Map(
    contestants.map(({ name }) => [name, { small: [] as Shown[], large: [] as Shown[] }]),
  );
  for (const size of ['small', 'large'] as const) {
    for (const contestant of contestants) await load(contestant, paths[size], warmUp * seconds);
    for (let round = 0; round < rounds; round += 1) {
      for (const contestant of contestants) {
        result.get(contestant.name)?.[size].push(await load(contestant, paths[size], seconds));
      }
      say(`${size} answers: round ${round + 1} of ${rounds}`);
    }
  }
  return result;
}
