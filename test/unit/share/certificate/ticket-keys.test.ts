import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { rotateTicketKeys, ticketLifeMs } from '../../../../src/main/core/share/certificate/ticket-keys.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('new keys at once and at each turn, never the same, until it is ended', () => {
  const keys: Buffer[] = [];
  const stop = rotateTicketKeys({ setTicketKeys: fresh => keys.push(fresh) });
  expect(keys.map(key => key.length)).toEqual([48]);
  vi.advanceTimersByTime(3 * ticketLifeMs);
  expect(new Set(keys.map(key => key.toString('hex'))).size).toBe(4);
  stop();
  vi.advanceTimersByTime(10 * ticketLifeMs);
  expect(keys).toHaveLength(4);
  expect(vi.getTimerCount()).toBe(0);
});
