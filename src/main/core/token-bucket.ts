/** The arithmetic of every token bucket: it holds at most `burst` tokens and refills evenly with time. */
export interface TokenBucket {
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * The tokens in the bucket now. A clock that was set back gives nothing and takes nothing.
 *
 * @param at milliseconds @param now milliseconds
 */
export function tokensAt({ burst, perSecond }: TokenBucket, tokens: number, at: number, now: number): number {
  return Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
}
