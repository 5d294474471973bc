import { expect, test } from 'vitest';
import { defaultBudgets } from '../../../../src/main/core/gateway/guest/guest-budgets.ts';
import { GuestWork } from '../../../../src/main/core/gateway/guest/guest-work.ts';

/** A clock that only work moves. */
function open(): { work: GuestWork; time: { now: number } } {
  const time = { now: 0 };
  return { work: new GuestWork(defaultBudgets, () => time.now), time };
}
const nobody = (): void => {};

test('in one turn only so much is done for all guests together, and the rest session by session', async () => {
  const { work, time } = open();
  const done: string[] = [];
  const share = (session: string) => work.open({ id: session, link: 'class' }, nobody);
  const step = (session: string) => (): void =>
    share(session).run(0, () => {
      time.now += 3;
      done.push(session);
    });
  const a = share('a');
  expect(a.ready()).toBe(true);
  step('a')();
  expect(a.ready()).toBe(true);
  step('a')();
  expect([a.ready(), share('b').ready()]).toEqual([false, false]);
  for (const session of ['a', 'a', 'a', 'b', 'c']) share(session).later(step(session));
  expect(done).toEqual(['a', 'a']);
  await expect.poll(() => done.length).toBe(7);
  expect(done.slice(2)).toEqual(['a', 'b', 'c', 'a', 'a']);
  await expect.poll(() => a.ready()).toBe(true);
});

test('who has used up the budget is not ready, while others are', async () => {
  const { work, time } = open();
  const greedy = work.open({ id: 'a', link: 'class' }, nobody);
  const honest = work.open({ id: 'b', link: 'class' }, nobody);
  greedy.run(0, () => (time.now += 150));
  await expect.poll(() => honest.ready()).toBe(true);
  expect(greedy.ready()).toBe(false);
  time.now += 5000;
  expect(greedy.ready()).toBe(true);
});

test('of the session that holds too much the one that holds most gives way', () => {
  const { work } = open();
  const ended: string[] = [];
  const opened = (name: string, session: string) => {
    const share = work.open({ id: session, link: 'class' }, () => {
      ended.push(name);
      share.close();
    });
    return share;
  };
  const mebibyte = 1024 * 1024;
  const [small, large] = [opened('small', 'a'), opened('large', 'a')];
  const other = opened('other', 'b');
  other.hold('sent', 7 * mebibyte);
  large.hold('sent', 5 * mebibyte);
  small.hold('sent', 3 * mebibyte);
  expect(ended).toEqual([]);
  small.hold('sent', 4 * mebibyte);
  expect(ended).toEqual(['large']);
  expect(work.budgets.held('sent', 'a')).toBe(4 * mebibyte);
  work.forget('a');
  small.close();
  other.close();
  expect(work.budgets.held('sent')).toBe(0);
});

test('work on another thread is done one at a time for each session, is charged, and may fail', async () => {
  const { work, time } = open();
  const share = work.open({ id: 'a', link: 'class' }, nobody);
  const running: string[] = [];
  const gates = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  const first = share.away(() => (running.push('first'), gates[0]!.promise));
  const second = share.away(() => (running.push('second'), gates[1]!.promise));
  await expect.poll(() => running).toEqual(['first']);
  gates[0]!.reject(new Error('gone'));
  await first;
  await expect.poll(() => running).toEqual(['first', 'second']);
  gates[1]!.resolve(150);
  await second;
  expect(work.budgets.waitMs({ id: 'a', link: 'class' }, time.now)).toBeGreaterThan(0);
});
