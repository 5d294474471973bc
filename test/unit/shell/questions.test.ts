import { expect, test } from 'vitest';
import { keepRunningQuestion, lossQuestion, type ServerLosses } from '../../../src/main/shell/questions.ts';

const quiet: ServerLosses = { name: 'thesis', busyKernels: 0, unsaved: [], guests: [] };

test.each(['stop', 'restart', 'quit'] as const)('nothing is lost by a %s, so nothing is asked', ending => {
  expect(lossQuestion(ending, [quiet])).toBeNull();
  expect(lossQuestion(ending, [])).toBeNull();
});

test('a server is never forgotten without a question', () => {
  expect(lossQuestion('forget', [quiet])).toEqual({
    message: 'Forget “thesis”?',
    detail: 'It leaves the list, with its log and its share links. The files in its folder stay.',
  });
});

test('what would be lost is named', () => {
  const losses = { ...quiet, busyKernels: 1, unsaved: ['a.ipynb', 'b.py'], guests: ['Ada'] };
  expect(lossQuestion('stop', [losses])).toEqual({
    message: 'Stop “thesis”?',
    detail: [
      '• 1 kernel is running a cell.',
      '• Not saved: a.ipynb, b.py.',
      '• 1 guest is in: Ada.',
      'Stopping it ends this now; what is not saved is lost.',
    ].join('\n'),
  });
});

test('of several servers each is named', () => {
  const question = lossQuestion('quit', [
    { ...quiet, busyKernels: 2 },
    { ...quiet, name: 'b', guests: ['A', 'B'] },
  ]);
  expect(question?.detail.split('\n').slice(0, 2)).toEqual([
    '• thesis: 2 kernels are running a cell.',
    '• b: 2 guests are in: A, B.',
  ]);
});

test('closing the last window asks only where something runs', () => {
  expect(keepRunningQuestion(0)).toBeNull();
  expect(keepRunningQuestion(1)?.message).toBe('Keep the server running?');
  expect(keepRunningQuestion(3)?.message).toBe('Keep 3 servers running?');
});
