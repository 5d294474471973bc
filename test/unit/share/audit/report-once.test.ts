import { expect, test } from 'vitest';
import { createOnce, others } from '../../../../src/main/core/share/audit/report-once.ts';

test('what was said is not said again for a while, and the memory is bounded', () => {
  const once = createOnce(100, 2);
  const at = (now: number, what: string) => once(now, 'ada', what);
  expect([at(0, 'a'), at(50, 'a'), at(100, 'a')]).toEqual(['a', null, 'a']);
  expect([at(100, 'b'), at(100, 'c'), at(100, 'a')]).toEqual(['b', 'c', 'a']);
});

test('a guest who makes up what is refused does not fill the log, and silences nobody else', () => {
  const once = createOnce(100, 2000, 3);
  const flood = (from: number) =>
    Array.from({ length: 50 }, (_none, n) => once(from + n, 'eve', `/${from}/${n}`));
  expect(flood(0).filter(what => what !== null)).toEqual(['/0/0', '/0/1', '/0/2', others]);
  expect(once(60, 'ada', '/0/9')).toBe('/0/9');
  expect(flood(100).filter(what => what !== null)).toEqual(['/100/0', '/100/1', '/100/2', others]);
});
