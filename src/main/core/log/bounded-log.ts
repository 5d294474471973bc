/**
 * The attack: a line that somebody outside can cause at will, caused until the log has nothing else in it. So
 * what a listener writes goes through here: each message has a budget of lines, and all of them together have
 * one. What is beyond is counted, and the next line that is written says the number.
 */
import type { Clock, Log } from '../ports.ts';
import { createRateLimit } from '../rate-limit.ts';

const eachMessage = { burst: 60, perMinute: 10 };
const allMessages = { burst: 300, perMinute: 30 };

export function createBoundedLog(log: Log, clock: Clock): Log {
  const each = createRateLimit(eachMessage, 200);
  const all = createRateLimit(allMessages);
  let left = 0;
  const bounded =
    (level: keyof Log): Log['warn'] =>
    (message, fields) => {
      const now = clock();
      if (each.waitMs(now, message) > 0 || !all.take(now, '')) {
        left += 1;
        return;
      }
      each.take(now, message);
      if (left > 0)
        log.warn(`${left} more lines were not written, because there were too many of their kind.`);
      left = 0;
      log[level](message, fields);
    };
  return { info: bounded('info'), warn: bounded('warn'), error: bounded('error') };
}
