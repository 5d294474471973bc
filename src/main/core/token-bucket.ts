/** The arithmetic of a token bucket, in one place: it holds `burst` tokens at most and refills evenly with time. */
export interface TokenBucket {
  readonly burst: number;
  readonly perSecond: number;
}

/** Tokens that there are now. A clock that was set back gives nothing and takes nothing. @param at, now milliseconds */
export function tokensAt({ burst, perSecond }: TokenBucket, tokens: number, at: number, now: number): number {
  return Math.min(burst, tokens + (Math.max(0, now - at) / 1000) * perSecond);
}
