import { expect, test, vi } from 'vitest';
import {
  defaultFairQueueLimits,
  oneByOneQueueLimits,
  FairQueue,
  type QueueSlot,
} from '../../../../src/main/core/gateway/guest/fair-queue.ts';

/** Turns on a clock that only the test moves; `sent` says whose requests were sent, in order. */
function open(limits = oneByOneQueueLimits) {
  const time = { now: 0 };
  const turns = new FairQueue(limits, () => time.now);
  const sent: string[] = [];
  const refused: string[] = [];
  const running: { readonly name: string; readonly turn: QueueSlot }[] = [];
  const ask = (session: string, link = 'class'): (() => void) =>
    turns.ask(
      { id: session, link },
      turn => {
        sent.push(session);
        running.push({ name: session, turn });
      },
      () => refused.push(session),
    );
  /** The server answers the oldest request of a session, after so many milliseconds. */
  const answer = (session: string, ms = 0): void => {
    time.now += ms;
    const at = running.findIndex(({ name }) => name === session);
    running.splice(at, 1)[0]?.turn.end();
  };
  return { turns, time, sent, refused, running, ask, answer };
}

test('only so many requests of a session, a link and all guests are with the server; the others wait in fair turns', () => {
  const { turns, sent, ask, answer } = open();
  for (const session of ['a', 'a', 'a', 'b', 'c']) ask(session);
  ask('other', 'second');
  ask('another', 'third');
  expect(sent).toEqual(['a', 'a', 'other']);
  expect(turns.size).toEqual({ running: 3, waiting: 4 });
  answer('a');
  answer('a');
  expect(sent.slice(3)).toEqual(['a', 'b']);
  for (const session of ['a', 'b', 'other']) answer(session);
  expect(sent.slice(5)).toEqual(['c', 'another']);
});

test('a request that was taken back while it waits is not sent', () => {
  const { turns, sent, ask, answer } = open();
  ask('a');
  ask('a');
  ask('a')();
  answer('a');
  expect(sent).toEqual(['a', 'a']);
  expect(turns.size).toEqual({ running: 1, waiting: 0 });
});

test('a guest who hangs up keeps the turn until the server has answered', () => {
  const { sent, running, ask, answer } = open();
  const brokenOff = vi.fn<() => void>();
  for (const session of ['a', 'a', 'b']) ask(session);
  for (const { turn } of running) turn.abandon(brokenOff);
  expect(sent).toEqual(['a', 'a']);
  answer('a', 200);
  expect(sent).toEqual(['a', 'a', 'b']);
  expect(brokenOff).not.toHaveBeenCalled();
});

test('a request that the server has put aside holds no turn, and is broken off where nobody waits for it', () => {
  const { running, sent, ask, answer } = open();
  const brokenOff = vi.fn<() => void>();
  ask('poll');
  running[0]?.turn.abandon(brokenOff);
  ask('quick');
  answer('quick', 249);
  expect(brokenOff).not.toHaveBeenCalled();
  ask('quick');
  answer('quick', 1);
  expect(brokenOff).toHaveBeenCalledOnce();
  ask('poll');
  ask('poll');
  expect(sent.filter(name => name === 'poll')).toHaveLength(3);
});

test('long polls on every turn do not keep the others away for ever', () => {
  const { time, sent, ask } = open(defaultFairQueueLimits);
  for (let number = 0; number < 16; number++) ask(`poll ${number}`, `link ${number % 2}`);
  ask('late', 'its own');
  expect(sent).not.toContain('late');
  time.now += 5000;
  ask('another', 'its own');
  expect(sent).toContain('late');
});

test('who has had much of the time of the server waits, and who has not does not', async () => {
  vi.useFakeTimers();
  try {
    const { time, sent, ask, answer } = open();
    for (let round = 0; round < 80; round++) {
      ask('greedy');
      answer('greedy', 100);
    }
    const before = sent.length;
    ask('greedy');
    ask('honest');
    expect(sent.slice(before)).toEqual(['honest']);
    answer('honest', 10);
    time.now += 10_000;
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.slice(before)).toContain('greedy');
  } finally {
    vi.useRealTimers();
  }
});

test('those who have had much come one at a time, and so does everybody once guests have had what they may', () => {
  const { sent, ask, answer } = open();
  for (const session of ['a', 'b', 'c', 'd']) {
    for (let round = 0; round < 40; round++) {
      ask(session, session);
      answer(session, 100);
    }
  }
  const before = sent.length;
  ask('new', 'x');
  ask('newer', 'y');
  expect(sent.slice(before)).toEqual(['new']);
  answer('new');
  expect(sent.slice(before)).toEqual(['new', 'newer']);
});

/** Of all strategies of guests: requests that end after any time, in any order, abandoned or not. */
test('whatever guests do, what runs stays within the bounds, and all that is asked is sent or refused', async () => {
  vi.useFakeTimers();
  try {
    const { turns, time, sent, refused, running, ask } = open({
      ...oneByOneQueueLimits,
      longMs: Infinity,
      asideMs: Infinity,
    });
    let seed = 1;
    const random = (most: number): number => (seed = (seed * 48271) % 2147483647) % most;
    let asked = 0;
    for (let step = 0; step < 3000; step++) {
      if (random(3) > 0) {
        ask(`s${random(12)}`, `l${random(3)}`);
        asked += 1;
      } else if (running.length > 0) {
        const [one] = running.splice(random(running.length), 1);
        if (random(2) === 0) one?.turn.abandon(() => {});
        one?.turn.end();
      }
      time.now += random(200);
      const counts = new Map<string, number>();
      for (const { name } of running) counts.set(name, (counts.get(name) ?? 0) + 1);
      expect(Math.max(0, ...counts.values())).toBeLessThanOrEqual(2);
      expect(turns.size.running).toBeLessThanOrEqual(3);
    }
    for (let step = 0; step < 5000 && turns.size.running + turns.size.waiting > 0; step++) {
      for (const { turn } of running.splice(0)) turn.end();
      time.now += 1000;
      await vi.advanceTimersByTimeAsync(1000);
    }
    expect(sent.length + refused.length).toBe(asked);
  } finally {
    vi.useRealTimers();
  }
});

test('one who waits too long is refused, and so is one too many', async () => {
  vi.useFakeTimers();
  try {
    const { time, refused, ask } = open({ ...oneByOneQueueLimits, waiting: 1, longMs: Infinity });
    for (const session of ['a', 'a', 'b', 'c']) ask(session);
    expect(refused).toEqual(['c']);
    time.now += 60_000;
    await vi.advanceTimersByTimeAsync(1000);
    expect(refused).toEqual(['c', 'b']);
  } finally {
    vi.useRealTimers();
  }
});
