/**
 * Token buckets by key. The attack: somebody who may do something costly once does it in a loop. A bucket
 * holds `burst` tokens at first, each action takes one, and they come back evenly with time.
 */
import { tokensAt } from './token-bucket.ts';

export interface Rate {
  /** How many at once; 1 or more. */
  readonly burst: number;
  /** How many come back in a minute; more than 0. */
  readonly perMinute: number;
}

export interface RateLimit {
  /** Milliseconds until the next action is allowed; 0 when one is allowed now. Takes nothing. */
  waitMs(now: number, key: string): number;
  /** Takes one, and answers whether it was allowed. */
  take(now: number, key: string): boolean;
}

interface Bucket {
  tokens: number;
  at: number;
}

/**
 * One bucket for each key.
 *
 * @param maxBuckets beyond that number, the bucket that was used least recently starts full again
 */
export function createRateLimit({ burst, perMinute }: Rate, maxBuckets = 2000): RateLimit {
  const buckets = new Map<string, Bucket>();
  const rate = { burst, perSecond: perMinute / 60 };
  const filled = (now: number, key: string): Bucket => {
    const { tokens, at } = buckets.get(key) ?? { tokens: burst, at: now };
    return { tokens: tokensAt(rate, tokens, at, now), at: now };
  };
  const waitMs = (now: number, key: string): number => {
    const { tokens } = filled(now, key);
    return tokens >= 1 ? 0 : Math.ceil(((1 - tokens) / rate.perSecond) * 1000);
  };
  return {
    waitMs,
    take(now, key) {
      const bucket = filled(now, key);
      if (bucket.tokens < 1) return false;
      bucket.tokens -= 1;
      buckets.delete(key);
      buckets.set(key, bucket);
      for (const oldest of buckets.keys()) {
        if (buckets.size <= maxBuckets) break;
        buckets.delete(oldest);
      }
      return true;
    },
  };
}
