/**
 * How many messages a guest may send over WebSockets. The attack: a server that says each message again to
 * everybody (a bus) is a loudspeaker, and a guest who opens ten sockets speaks ten times as fast. So what is
 * counted is the guest, not the socket. And a message of two megabytes takes a quarter of a second to be
 * judged (measured): a few of them each second, and the gateway does nothing else. So a long one counts as
 * many.
 */
import type { MessageRate } from '../../role-ports.ts';
import { tokensAt } from '../../token-bucket.ts';

export interface MessageRates {
  /**
   * Counts one message of this session; false when it is one too many. @param now milliseconds @param bytes
   * its length
   */
  take(session: string, rate: MessageRate, now: number, bytes: number): boolean;
  forget(session: string): void;
}

/** Half a minute of speech, as audio, counts as some twenty. */
const bytesOfOne = 64 * 1024;

interface Bucket {
  left: number;
  at: number;
}

/**
 * A bucket for each session that fills as time goes by. A session that has ended is forgotten by whoever ends
 * it.
 */
export function openMessageRates(): MessageRates {
  const buckets = new Map<string, Bucket>();
  return {
    take(session, rate, now, bytes) {
      const bucket = buckets.get(session) ?? { left: rate.burst, at: now };
      buckets.set(session, bucket);
      bucket.left = tokensAt(rate, bucket.left, bucket.at, now);
      bucket.at = Math.max(bucket.at, now);
      const cost = 1 + Math.floor(bytes / bytesOfOne);
      if (bucket.left < cost) return false;
      bucket.left -= cost;
      return true;
    },
    forget: session => void buckets.delete(session),
  };
}
