/**
 * The attack: a clock that is set back makes an expired link young again; and a clock that was once set far
 * ahead makes a time that is only kept from going back stand still, so that a new link never expires. So the
 * time that links are judged by never goes back (also over a restart: the ledger keeps the latest it has
 * seen) and never stands still: where the wall clock is behind, it runs by the clock that nobody can set.
 */
import type { Clock } from '../../ports.ts';

/**
 * @param wall milliseconds since the epoch
 * @param monotonic milliseconds since anything, never set: `performance.now`
 * @param mark the latest time ever seen, from the ledger
 */
export function steadyClock(wall: Clock, monotonic: Clock, mark: number): Clock {
  let last = mark;
  let at = monotonic();
  return () => {
    const tick = monotonic();
    const told = wall();
    const run = Math.floor(last + Math.max(0, tick - at));
    // A whole millisecond is only counted when it has passed, so that many looks within one do not slow the
    // clock down.
    if (Number.isSafeInteger(told) && told > run) {
      last = told;
      at = tick;
      return told;
    }
    return run;
  };
}
