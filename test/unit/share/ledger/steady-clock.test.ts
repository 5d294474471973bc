import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { steadyClock } from '../../../../src/main/core/share/ledger/steady-clock.ts';

/** A wall clock and one that nobody can set; `pass` moves both. */
function clocks(wall: number, mark: number) {
  const state = { wall, run: 5 };
  return {
    now: steadyClock(
      () => state.wall,
      () => state.run,
      mark,
    ),
    pass: (milliseconds: number): void => {
      state.wall += milliseconds;
      state.run += milliseconds;
    },
    set: (wall: number): void => {
      state.wall = wall;
    },
  };
}

test('it is the wall clock while that goes on', () => {
  const { now, pass } = clocks(1000, 0);
  expect(now()).toBe(1000);
  pass(70);
  expect(now()).toBe(1070);
});

test('attack: a clock that is set back does not take the time back, and it goes on', () => {
  const { now, pass, set } = clocks(1_000_000, 0);
  now();
  set(5);
  expect(now()).toBe(1_000_000);
  pass(300);
  expect(now()).toBe(1_000_300);
});

test('attack: set back while nothing ran, it goes on from the mark', () => {
  const { now, pass } = clocks(5, 1_000_000);
  expect(now()).toBe(1_000_000);
  pass(42);
  expect(now()).toBe(1_000_042);
});

test('a wall clock that tells nothing does not stop it', () => {
  const { now, pass, set } = clocks(1000, 0);
  now();
  set(Number.NaN);
  pass(10);
  expect(now()).toBe(1010);
});

test('however often it is looked at, it never goes back, and never runs slower than time', () => {
  const moves = fc.array(fc.oneof(fc.double({ min: 0, max: 50, noNaN: true }), fc.constant('look' as const)));
  fc.assert(
    fc.property(moves, fc.integer({ min: 0, max: 2000 }), (moves, wallFirst) => {
      const { now, pass, set } = clocks(wallFirst, 1000);
      let last = now();
      const first = last;
      let passed = 0;
      for (const move of moves) {
        if (move === 'look') set(wallFirst);
        else {
          pass(move);
          passed += move;
        }
        expect(now()).toBeGreaterThanOrEqual(last);
        last = now();
      }
      expect(last).toBeGreaterThanOrEqual(first + Math.floor(passed) - 1);
    }),
  );
});
