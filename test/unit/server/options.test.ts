import { expect, test } from 'vitest';
import { usualLimits } from '../../../src/main/core/server/options.ts';

test('the usual limits keep what is promised: a killed server may start again at once, a stop ends within a minute', () => {
  const { patience, askSeconds, stopSeconds, killSeconds } = usualLimits;
  expect(patience.backoff[0]).toBe(0);
  expect(patience.failures).toBe(5);
  expect(askSeconds + stopSeconds + 2 * killSeconds).toBeLessThanOrEqual(60);
});
