import { defaultRestartPolicy } from '../../../src/main/core/server/restart-policy.ts';
import { expect, test } from 'vitest';
import {
  step,
  initialState,
  type Effect,
  type Lifecycle,
  type LifecycleEvent,
} from '../../../src/main/core/server/lifecycle.ts';

const start: LifecycleEvent = { kind: 'asked-to-start' };
const stop: LifecycleEvent = { kind: 'asked-to-stop', reason: 'Enough.' };
const restart: LifecycleEvent = { kind: 'asked-to-restart' };
const proved = (run = 1): LifecycleEvent => ({ kind: 'proved', run });
const exited = (run = 1): LifecycleEvent => ({ kind: 'broke', run, trouble: 'exited', summary: 'Exit 1.' });
const taken = (run = 1): LifecycleEvent => ({ kind: 'broke', run, trouble: 'port-taken', summary: 'Taken.' });
const unsafe = (run = 1): LifecycleEvent => ({ kind: 'broke', run, trouble: 'unsafe', summary: 'Open.' });
const forked = (run = 1): LifecycleEvent => ({
  kind: 'broke',
  run,
  trouble: 'forked-away',
  summary: 'Forked.',
});
const late = (run = 1): LifecycleEvent => ({ kind: 'broke', run, trouble: 'not-ready', summary: 'Late.' });
const ended = (run = 1): LifecycleEvent => ({ kind: 'ended', run, summary: 'Exit 0.' });
const cleared = (run = 1): LifecycleEvent => ({ kind: 'cleared', run });
const waited = (run = 1): LifecycleEvent => ({ kind: 'waited', run });
const miss = (run = 1): LifecycleEvent => ({
  kind: 'probe',
  run,
  proof: { kind: 'not-yet', detail: 'silence' },
});
const well = (run = 1): LifecycleEvent => ({ kind: 'probe', run, proof: { kind: 'ours' } });
const foreign = (run = 1): LifecycleEvent => ({
  kind: 'probe',
  run,
  proof: { kind: 'foreign', detail: 'Theirs.' },
});
const exposed = (run = 1): LifecycleEvent => ({
  kind: 'probe',
  run,
  proof: { kind: 'unsafe', detail: 'it is open' },
});
const resumed: LifecycleEvent = { kind: 'resumed' };

function live(
  events: readonly LifecycleEvent[],
  from: Lifecycle = initialState,
  now = 0,
): [Lifecycle, string[]] {
  const done: string[] = [];
  let life = from;
  for (const event of events) {
    const [next, effects] = step(now, life, event);
    life = next;
    done.push(...effects.map(inShort));
  }
  return [life, done];
}

function inShort(effect: Effect): string {
  switch (effect.kind) {
    case 'launch':
      return `launch ${effect.run}`;
    case 'end':
      return `${effect.politely ? 'ask' : 'end'} ${effect.run}`;
    case 'wait':
      return `wait ${effect.milliseconds}`;
    case 'stop-waiting':
      return 'stop-waiting';
    case 'watch':
      return `watch ${effect.run}`;
    default:
      return effect satisfies never;
  }
}

/** name | what happens, with the number of the run where it is not 1 | state | reason | effects */
const table = `
a start | start | starting | It was asked to start. | launch 1
two starts | start start | starting | It was asked to start. | launch 1
ready | start proved | ready | It answers and is ours. | launch 1, watch 1
a start of what is ready | start proved start | ready | It answers and is ours. | launch 1, watch 1
a stop | start proved stop cleared | stopped | Enough. | launch 1, watch 1, ask 1
a stop, before it is done | start proved stop | stopping | Enough. | launch 1, watch 1, ask 1
two stops | start proved stop stop cleared | stopped | Enough. | launch 1, watch 1, ask 1
a stop of what never ran | stop | stopped | It was not started yet. | 
a stop during the start | start stop cleared | stopped | Enough. | launch 1, end 1
ready too late for a stop | start stop proved | stopping | Enough. | launch 1, end 1
an exit during the stop | start proved stop exited | stopping | Enough. | launch 1, watch 1, ask 1
a start during the stop | start stop start cleared | starting | It was asked to start. | launch 1, end 1, launch 2
start, stop, start, stop | start stop start stop cleared | stopped | Enough. | launch 1, end 1
a restart | start proved restart cleared | restarting | It was asked to restart. | launch 1, watch 1, ask 1, launch 2
a restart while starting | start restart cleared | restarting | It was asked to restart. | launch 1, end 1, launch 2
a restart that fails at once | start proved restart cleared exited2 cleared2 | failed | Exit 1. | launch 1, watch 1, ask 1, launch 2, end 2
a restart of what is stopped | restart | starting | It was asked to start. | launch 1
a restart that stop beats | start restart stop cleared | stopped | Enough. | launch 1, end 1
a first start that ends at once | start exited cleared | failed | Exit 1. | launch 1, end 1
never ready | start late cleared | failed | Late. | launch 1, end 1
a failed one stopped | start exited cleared stop | stopped | Enough. | launch 1, end 1
a failed one started | start exited cleared start | starting | It was asked to start. | launch 1, end 1, launch 2
a start while it is failing | start exited start cleared | starting | It was asked to start. | launch 1, end 1, launch 2
a taken port | start taken cleared | starting | Taken. Trying another port. | launch 1, end 1, launch 2
open where it must not be: no other port is tried | start unsafe cleared | failed | Open. | launch 1, end 1
open again after it was ready once | start proved unsafe cleared | failed | Open. | launch 1, watch 1, end 1
forked away | start forked cleared | failed | Forked. | launch 1, end 1
forked away although it was ready once | start proved forked cleared | failed | Forked. | launch 1, watch 1, end 1
a crash | start proved exited cleared | restarting | Exit 1. It is started again. | launch 1, watch 1, end 1, launch 2
a crash and ready again | start proved exited cleared proved2 | ready | It answers and is ours. | launch 1, watch 1, end 1, launch 2, watch 2
an end from inside | start proved ended cleared | stopped | Exit 0. | launch 1, watch 1, end 1
two misses | start proved miss miss | ready | It answers and is ours. | launch 1, watch 1
three misses | start proved miss miss miss | unhealthy | It did not answer 3 times in a row: silence | launch 1, watch 1
recovered | start proved miss miss miss well | ready | It answers again. | launch 1, watch 1
misses with an answer between | start proved miss miss well miss | ready | It answers and is ours. | launch 1, watch 1
another program has its port | start proved foreign | unhealthy | Theirs. Nothing is sent to it until it has proved that it is ours. | launch 1, watch 1
another program is silent | start proved foreign miss miss miss | unhealthy | Theirs. Nothing is sent to it until it has proved that it is ours. | launch 1, watch 1
its own again | start proved foreign miss well | ready | It answers again. | launch 1, watch 1
open where it must not be while it runs | start proved exposed | unhealthy | It is open. Nothing is sent to it until it has proved that it is ours. | launch 1, watch 1
sleep is not a crash | start proved miss miss resumed miss | ready | It answers and is ours. | launch 1, watch 1
an unhealthy one stopped | start proved miss miss miss stop | stopping | Enough. | launch 1, watch 1, ask 1
news of an older run | start stop start cleared exited1 cleared1 proved1 | starting | It was asked to start. | launch 1, end 1, launch 2
`;

const events: Readonly<Record<string, (run?: number) => LifecycleEvent>> = {
  start: () => start,
  stop: () => stop,
  restart: () => restart,
  resumed: () => resumed,
  proved,
  exited,
  taken,
  forked,
  unsafe,
  late,
  ended,
  cleared,
  waited,
  miss,
  well,
  foreign,
  exposed,
};

function read(words: string): LifecycleEvent[] {
  return words.split(' ').map(word => {
    const [, name = '', run = '1'] = /^([a-z]+)(\d*)$/u.exec(word) ?? [];
    const event = events[name];
    if (event === undefined) throw new Error(`no event "${word}"`);
    return event(Number(run === '' ? '1' : run));
  });
}

test.each(
  table
    .trim()
    .split('\n')
    .map(row => row.split('|').map(cell => cell.trim())),
)('%s', (_name, happening = '', state = '', reason = '', effects = '') => {
  const [life, done] = live(read(happening));
  expect([life.state, life.reason, done.join(', ')]).toEqual([state, reason, effects]);
});

test('a port may be taken three times, then it is said', () => {
  const [life, done] = live([
    start,
    taken(1),
    cleared(1),
    taken(2),
    cleared(2),
    taken(3),
    cleared(3),
    taken(4),
    cleared(4),
  ]);
  expect(life).toMatchObject({ state: 'failed', reason: 'Taken.', attempts: 4 });
  expect(done.filter(effect => effect.startsWith('launch'))).toHaveLength(4);
});

function crashOnce(life: Lifecycle, now: number): [Lifecycle, string[]] {
  const [broken] = step(now, life, exited(life.run));
  const [next, effects] = step(now, broken, cleared(life.run));
  return [next, effects.map(inShort)];
}

test('five failures in a row: longer and longer pauses, then the reason', () => {
  let [life] = live([start, proved()]);
  const seen: string[][] = [];
  for (let failures = 1; failures <= 5; failures += 1) {
    const [next, effects] = crashOnce(life, failures);
    seen.push(effects);
    [life] =
      next.exists === 'nothing' && next.state === 'restarting' ? live([waited(next.run)], next) : [next];
  }
  expect(seen).toEqual([['launch 2'], ['wait 500'], ['wait 1000'], ['wait 2000'], []]);
  expect(life).toMatchObject({ state: 'failed', attempts: 5 });
  expect(life.reason).toBe('It failed 5 times in a row and is not restarted. The last time: Exit 1.');
});

test('a quiet hour makes earlier failures forgotten, one millisecond less does not', () => {
  const [ready] = live([start, proved()]);
  const [once] = crashOnce(ready, 0);
  const [again] = live([proved(once.run)], once);
  expect(crashOnce(again, defaultRestartPolicy.quiet - 1)[1]).toEqual(['wait 500']);
  expect(crashOnce(again, defaultRestartPolicy.quiet)[1]).toEqual(['launch 3']);
});

test.each<[string, LifecycleEvent, string, string[]]>([
  ['stop', stop, 'stopped', ['stop-waiting']],
  ['start', start, 'starting', ['stop-waiting', 'launch 3']],
  ['restart', restart, 'restarting', ['stop-waiting', 'launch 3']],
  ['the end of another pause', waited(1), 'restarting', []],
])('during the pause before a restart: %s', (_name, event, state, effects) => {
  const [first] = crashOnce(live([start, proved()])[0], 0);
  const [pausing] = crashOnce(live([proved(2)], first)[0], 1);
  const [life, done] = live([event], pausing);
  expect([life.state, done]).toEqual([state, effects]);
});
