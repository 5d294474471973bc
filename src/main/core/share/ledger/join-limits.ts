/**
 * The attack: `join` and `leave` in a loop by somebody who holds a link: each join writes the ledger, the
 * keychain and the audit log. So joins are limited by link and by address. An address has less than a link
 * has, so that one address does not use up the link for all others; and a class of 30 behind one address
 * joins at once.
 */
import { createRateLimit, type Rate } from '../../rate-limit.ts';
import { addressBytes } from '../network/address-range.ts';

export interface JoinRates {
  readonly link: Rate;
  readonly address: Rate;
}

export const joinRates: JoinRates = {
  link: { burst: 120, perMinute: 60 },
  address: { burst: 60, perMinute: 30 },
};

/** Asked only by those who have shown the right secret: a stranger uses up nothing of a link. */
export interface JoinLimits {
  /**
   * Counts one join, or one question to the owner. Milliseconds until the next one is allowed; 0 when this
   * one is. One that is refused is not counted.
   */
  take(now: number, link: string, address: string): number;
}

export function createJoinLimits(rates: JoinRates = joinRates): JoinLimits {
  const links = createRateLimit(rates.link);
  const addresses = createRateLimit(rates.address);
  return {
    take(now, link, address) {
      const network = networkOf(address);
      const wait = Math.max(links.waitMs(now, link), addresses.waitMs(now, network));
      if (wait > 0) return wait;
      links.take(now, link);
      addresses.take(now, network);
      return 0;
    },
  };
}

/** One host of IPv6 has a whole /64 to choose its addresses from. */
function networkOf(address: string): string {
  const bytes = addressBytes(address);
  return bytes?.length === 16 ? `${Buffer.from(bytes.subarray(0, 8)).toString('hex')}::/64` : address;
}
