import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Proof } from '../../../src/main/core/ports.ts';
import {
  step,
  initialState,
  type Effect,
  type Lifecycle,
  type LifecycleEvent,
  type Trouble,
} from '../../../src/main/core/server/lifecycle.ts';

const start: LifecycleEvent = { kind: 'asked-to-start' };
const stop: LifecycleEvent = { kind: 'asked-to-stop', reason: 'Enough.' };
const restart: LifecycleEvent = { kind: 'asked-to-restart' };
const resumed: LifecycleEvent = { kind: 'resumed' };

/** Events as a world tells them that may do anything at any time, but tells `cleared` only after `end`. */
const anyEvent: fc.Arbitrary<LifecycleEvent> = fc.oneof(
  fc.constantFrom(start, stop, restart, resumed),
  fc.record({ kind: fc.constantFrom('proved' as const, 'waited' as const), run: fc.nat(12) }),
  fc.record({ kind: fc.constant('cleared' as const), run: fc.nat(12) }),
  fc.record({ kind: fc.constant('ended' as const), run: fc.nat(12), summary: fc.constant('Exit 0.') }),
  fc.record({
    kind: fc.constant('broke' as const),
    run: fc.nat(12),
    trouble: fc.constantFrom<Trouble[]>(
      'exited',
      'not-started',
      'not-ready',
      'port-taken',
      'forked-away',
      'unsafe',
    ),
    summary: fc.constant('Broke.'),
  }),
  fc.record({
    kind: fc.constant('probe' as const),
    run: fc.nat(12),
    proof: fc.constantFrom<Proof>(
      { kind: 'ours' },
      { kind: 'not-yet', detail: '' },
      { kind: 'foreign', detail: '' },
      { kind: 'unsafe', detail: '' },
    ),
  }),
);

function everythingThatARunTells(run: number): LifecycleEvent[] {
  return [
    { kind: 'proved', run },
    { kind: 'waited', run },
    { kind: 'cleared', run },
    { kind: 'ended', run, summary: 'Exit 0.' },
    { kind: 'broke', run, trouble: 'exited', summary: 'Exit 1.' },
    { kind: 'probe', run, proof: { kind: 'not-yet', detail: 'silence' } },
  ];
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`broken promise: ${what}`);
}

/** Runs that exist, by what the effects did. Also the judge of every promise. */
class World {
  life: Lifecycle = initialState;
  existing: number | null = null;
  ending = false;
  waiting = false;

  happen(event: LifecycleEvent, now: number): void {
    // `cleared` is true only of a run that is being ended; anything else the world may claim.
    if (event.kind === 'cleared' && !(this.ending && event.run === this.existing)) return;
    if (event.kind === 'waited' && !this.waiting) return;
    if (event.kind === 'cleared') [this.existing, this.ending] = [null, false];
    if (event.kind === 'waited' && event.run === this.life.run) this.waiting = false;
    const [life, effects] = step(now, this.life, event);
    this.life = life;
    for (const effect of effects) this.perform(effect);
    if (life.state === 'stopped' || life.state === 'failed') {
      must(this.existing === null && !this.waiting, 'nothing exists after the end');
    }
    must(life.reason !== '', 'every state has a reason');
    const exists = this.existing === null ? 'nothing' : this.ending ? 'ending' : 'run';
    must(life.exists === exists, 'the machine knows what exists');
  }

  perform(effect: Effect): void {
    switch (effect.kind) {
      case 'launch':
        must(this.existing === null, 'never two runs at once');
        this.existing = effect.run;
        return;
      case 'end':
        must(this.existing === effect.run && !this.ending, 'what is ended exists, and is ended once');
        this.ending = true;
        return;
      case 'wait':
        must(this.existing === null, 'no pause beside a run');
        this.waiting = true;
        return;
      case 'stop-waiting':
        this.waiting = false;
        return;
      case 'watch':
        must(this.existing === effect.run && !this.ending, 'what is watched lives');
        return;
      default:
        effect satisfies never;
    }
  }
}

test('whatever happens: never two runs at once, and a stop always ends in stopped', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anyEvent, fc.nat(4_000_000))), events => {
      const world = new World();
      let now = 0;
      // Runs are numbered from the start, so that random numbers often mean the present one.
      for (const [event, passed] of events) {
        now += passed;
        world.happen('run' in event && event.run > 4 ? { ...event, run: world.life.run } : event, now);
      }
      world.happen(stop, now);
      if (world.existing !== null) world.happen({ kind: 'cleared', run: world.existing }, now);
      expect(world.life.state).toBe('stopped');
      const quiet = world.life;
      for (const event of everythingThatARunTells(quiet.run)) {
        expect(step(now, world.life, event)).toEqual([quiet, []]);
      }
    }),
    { numRuns: 2000 },
  );
});
