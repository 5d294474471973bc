import { expect, test } from 'vitest';
import { createOnce, createRefusalCounter, others } from '../../../src/main/core/share/refusals.ts';

const refused = (address: string, reason = 'wrong-credential') =>
  ({ event: 'refused', server: 's', link: null, address, reason, times: 1 }) as const;

test('the first is written, the rest are counted and told once', () => {
  const counter = createRefusalCounter();
  expect(counter.add(0, refused('::1'))).toEqual(refused('::1'));
  for (let time = 1; time < 100; time++) expect(counter.add(time, refused('::1'))).toBeNull();
  expect(counter.due(59_999)).toEqual([]);
  expect(counter.due(60_000)).toEqual([{ ...refused('::1'), times: 99 }]);
  expect(counter.due(120_000)).toEqual([]);
  expect(counter.add(120_000, refused('::1'))).toEqual(refused('::1'));
});

test('another address or reason is another kind', () => {
  const counter = createRefusalCounter();
  counter.add(0, refused('::1'));
  expect(counter.add(0, refused('::2'))).not.toBeNull();
  expect(counter.add(0, refused('::1', 'expired'))).not.toBeNull();
});

test('a flood from many addresses is one line and a count', () => {
  const counter = createRefusalCounter();
  const written = Array.from({ length: 2000 }, (_none, index) => counter.add(0, refused(`10.0.0.${index}`)));
  expect(written.filter(event => event !== null)).toHaveLength(501);
  expect(counter.due(60_000)).toEqual([{ ...refused('many'), times: 1499 }]);
});

test('all that is counted is told at the end', () => {
  const counter = createRefusalCounter();
  counter.add(0, refused('::1'));
  counter.add(0, refused('::1'));
  expect(counter.due(1, true)).toEqual([{ ...refused('::1'), times: 1 }]);
});

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
