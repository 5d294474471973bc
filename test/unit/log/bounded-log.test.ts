import { expect, test } from 'vitest';
import { createBoundedLog } from '../../../src/main/core/log/bounded-log.ts';

function bench() {
  const lines: string[] = [];
  const note = (message: string): void => void lines.push(message);
  const clock = { now: 1_000_000 };
  return { lines, clock, log: createBoundedLog({ info: note, warn: note, error: note }, () => clock.now) };
}

test('attack: a line that is caused in a loop becomes a number, and hides no other line', () => {
  const { lines, clock, log } = bench();
  for (let turn = 0; turn < 1000; turn++) log.warn('the server broke off an answer', { path: `/${turn}` });
  expect(lines).toHaveLength(60);
  log.error('a page of Gatehouse failed');
  expect(lines.slice(60)).toEqual([
    '940 more lines were not written, because there were too many of their kind.',
    'a page of Gatehouse failed',
  ]);
  clock.now += 60_000;
  for (let turn = 0; turn < 1000; turn++) log.warn('the server broke off an answer');
  expect(lines.slice(62)).toHaveLength(10);
});

test('many different lines have a bound of their own', () => {
  const { lines, log } = bench();
  for (let turn = 0; turn < 5000; turn++) log.info(`made up ${turn % 100}`);
  expect(lines).toHaveLength(300);
});
