import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  GuestBudgets,
  type BudgetLimits,
  type Payer,
} from '../../../../src/main/core/gateway/guest/guest-budgets.ts';

const limits: BudgetLimits = {
  burstSeconds: 2,
  session: { workMs: 50, bytes: 1000, sentBytes: 100, servedBytes: 1000 },
  link: { workMs: 100, bytes: 4000, sentBytes: 300, servedBytes: 3000 },
  all: { workMs: 150, bytes: 8000, sentBytes: 500, servedBytes: 5000 },
};
const payer = (session: string, link = 'class'): Payer => ({ id: session, link });
const open = (): GuestBudgets => new GuestBudgets(limits, 0);

test('a session waits once it has used two seconds of its budget, and until it is out of debt', () => {
  const budgets = open();
  budgets.spend(payer('a'), 0, 100, 0);
  expect(budgets.waitMs(payer('a'), 0)).toBe(0);
  budgets.spend(payer('a'), 0, 10, 0);
  expect(budgets.waitMs(payer('a'), 0)).toBe(200);
  expect([100, 150, 200].map(now => budgets.waitMs(payer('a'), now))).toEqual([100, 50, 0]);
});

test('bytes count as work does, and a clock that goes back gives nothing', () => {
  const budgets = open();
  budgets.spend(payer('a'), 5000, 0, 2500);
  expect(budgets.waitMs(payer('a'), 5000)).toBe(500);
  expect(budgets.waitMs(payer('a'), 0)).toBe(500);
});

test('where the budget of a link is used up, only who has taken much of it waits', () => {
  const budgets = open();
  for (const name of ['a', 'b', 'c']) budgets.spend(payer(name), 0, 90, 0);
  budgets.spend(payer('d'), 0, 20, 0);
  expect(['a', 'b', 'c', 'd', 'e'].map(name => budgets.waitMs(payer(name), 0))).toEqual([
    900, 900, 900, 0, 0,
  ]);
  expect(budgets.waitMs(payer('f', 'other'), 0)).toBe(0);
});

test('the budget of all holds over links', () => {
  const budgets = open();
  for (const name of ['a', 'b', 'c', 'd']) budgets.spend(payer(name, name), 0, 90, 0);
  expect(budgets.waitMs(payer('a', 'a'), 0)).toBe(400);
  expect(budgets.waitMs(payer('new', 'new'), 0)).toBe(0);
});

test.each<[string, readonly (readonly [session: string, link: string, bytes: number])[], string | null]>([
  [
    'room for all',
    [
      ['a', 'x', 100],
      ['b', 'x', 100],
      ['c', 'x', 100],
      ['d', 'y', 100],
    ],
    null,
  ],
  [
    'a session beyond its share',
    [
      ['a', 'x', 60],
      ['a', 'x', 50],
    ],
    'a',
  ],
  [
    'a link beyond its share',
    [
      ['a', 'x', 90],
      ['b', 'x', 100],
      ['c', 'x', 90],
      ['d', 'x', 30],
    ],
    'b',
  ],
  [
    'all beyond theirs',
    [
      ['a', 'x', 90],
      ['b', 'y', 95],
      ['c', 'z', 100],
      ['d', 'v', 90],
      ['e', 'w', 80],
      ['f', 'u', 50],
    ],
    'c',
  ],
])('with %s it gives way who holds most', (_name, steps, victim) => {
  const budgets = open();
  const victims = steps.map(([session, link, bytes]) => budgets.hold(payer(session, link), 0, 'sent', bytes));
  expect(victims.at(-1)).toBe(victim);
  expect(victims.slice(0, -1).every(one => one === null)).toBe(true);
});

test('what has ended is forgotten once it holds nothing', () => {
  const budgets = open();
  budgets.hold(payer('a'), 0, 'sent', 10);
  budgets.forget('a');
  expect([budgets.size, budgets.held('sent')]).toEqual([2, 10]);
  budgets.hold(payer('a'), 0, 'sent', -10);
  expect([budgets.size, budgets.held('sent')]).toEqual([1, 0]);
  for (let index = 0; index < 1000; index++) {
    budgets.spend(payer(`s${index}`, `l${index}`), 0, 1, 0);
    budgets.forget(`s${index}`);
  }
  expect(budgets.size).toBeLessThan(200);
});

test('whatever the guests do, more is kept than the bounds allow only until somebody has given way', () => {
  const steps = fc.array(fc.record({ at: fc.nat(9), bytes: fc.integer({ min: 1, max: 40 }) }), {
    maxLength: 200,
  });
  fc.assert(
    fc.property(steps, asked => {
      const budgets = open();
      for (const { at, bytes } of asked) {
        const who = payer(`s${at}`, `l${at % 3}`);
        let victim = budgets.hold(who, 0, 'sent', bytes);
        while (victim !== null) {
          const link = `l${Number(victim.slice(1)) % 3}`;
          const held = budgets.held('sent', victim);
          expect(held).toBeGreaterThan(0);
          victim = budgets.hold(payer(victim, link), 0, 'sent', -held);
        }
        expect(budgets.held('sent')).toBeLessThanOrEqual(limits.all.sentBytes);
        expect(budgets.held('sent', who.id)).toBeLessThanOrEqual(limits.session.sentBytes);
      }
    }),
  );
});

test('whatever the others do, a guest who asks for little never waits, and a session never works for more than its share', () => {
  const steps = fc.array(
    fc.record({ at: fc.nat(9), after: fc.nat(50), ms: fc.integer({ min: 1, max: 20 }) }),
    {
      minLength: 50,
      maxLength: 400,
    },
  );
  fc.assert(
    fc.property(steps, asked => {
      const budgets = open();
      const worked = new Map<string, number>();
      let now = 0;
      for (const { at, after, ms } of asked) {
        now += after;
        const session = `s${at}`;
        if (budgets.waitMs(payer(session), now) > 0) continue;
        budgets.spend(payer(session), now, ms, 0);
        worked.set(session, (worked.get(session) ?? 0) + ms);
        expect(budgets.waitMs(payer('honest'), now)).toBe(0);
      }
      for (const ms of worked.values()) expect(ms).toBeLessThanOrEqual(100 + (now * 50) / 1000 + 20);
    }),
  );
});
