import { expect, test } from 'vitest';
import { RecentFailures } from '../../../../src/main/shell/windows/recent-failures.ts';

test('a failure is told once, and only while nothing newer is known of its address', () => {
  const failures = new RecentFailures();
  failures.note('/a', 'the server answered 404 Not Found');
  failures.note('/b', 'net::ERR_FAILED');
  failures.note('/b', null);
  expect([failures.take('/a'), failures.take('/a'), failures.take('/b')]).toEqual([
    'the server answered 404 Not Found',
    null,
    null,
  ]);
});

test('a page that asks for ever more addresses does not fill the memory', () => {
  const failures = new RecentFailures();
  for (let index = 0; index <= 100; index += 1) failures.note(`/${index}`, 'failed');
  expect([failures.take('/0'), failures.take('/1'), failures.take('/100')]).toEqual([
    null,
    'failed',
    'failed',
  ]);
});
