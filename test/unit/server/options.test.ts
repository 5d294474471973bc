import { expect, test } from 'vitest';
import { defaultSupervisionLimits } from '../../../src/main/core/server/options.ts';

test('the usual limits keep what is promised: a killed server may start again at once, a stop ends within a minute', () => {
  const { policy, askSeconds, stopSeconds, killSeconds } = defaultSupervisionLimits;
  expect(policy.backoff[0]).toBe(0);
  expect(policy.failures).toBe(5);
  expect(askSeconds + stopSeconds + 2 * killSeconds).toBeLessThanOrEqual(60);
});
