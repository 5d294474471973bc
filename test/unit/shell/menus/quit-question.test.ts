import { expect, test } from 'vitest';
import { keepRunningQuestion } from '../../../../src/main/shell/menus/quit-question.ts';

test('closing the last window asks only where something runs', () => {
  expect(keepRunningQuestion(0)).toBeNull();
  expect(keepRunningQuestion(1)?.message).toBe('Keep the server running?');
  expect(keepRunningQuestion(3)?.message).toBe('Keep 3 servers running?');
});
