import { expect, test } from 'vitest';
import { guardOnWindows } from '../../../src/main/core/server/guard-windows.ts';
import { notingLog } from '../../fakes/supervised.ts';

test('what is missing on Windows is said, and nothing else fails by it', async () => {
  const log = notingLog();
  const guard = guardOnWindows(log);
  guard.follow({ pid: 5, start: '1' });
  await guard.release();
  expect(guard.pid).toBe(null);
  expect(log.notes).toEqual([expect.stringContaining('On Windows')]);
});
