import { expect, test } from 'vitest';
import { keepRunningQuestion, quitQuestion } from '../../../../src/main/shell/menus/quit-question.ts';

test.each([
  [{ servers: 0, busyKernels: 0, connections: 0 }, null],
  [{ servers: 2, busyKernels: 0, connections: 0 }, null],
  [
    { servers: 1, busyKernels: 1, connections: 0 },
    '1 kernel is running a cell. Quitting stops the server now',
  ],
  [
    { servers: 2, busyKernels: 0, connections: 3 },
    '3 other connections are open. Quitting stops all 2 servers now',
  ],
  [
    { servers: 2, busyKernels: 2, connections: 1 },
    '2 kernels are running a cell, and 1 other connection is open. Quitting',
  ],
])('%j asks %s', (busy, wanted) => {
  const question = quitQuestion(busy);
  if (wanted === null) expect(question).toBeNull();
  else expect(question?.detail).toContain(wanted);
});

test('closing the last window asks only where something runs', () => {
  expect(keepRunningQuestion(0)).toBeNull();
  expect(keepRunningQuestion(1)?.message).toBe('Keep the server running?');
  expect(keepRunningQuestion(3)?.message).toBe('Keep 3 servers running?');
});
