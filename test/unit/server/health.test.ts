import { expect, test } from 'vitest';
import type { Proof } from '../../../src/main/core/ports.ts';
import { Health } from '../../../src/main/core/server/health.ts';
import { until } from '../../fakes/supervised.ts';

const ours: Proof = { kind: 'ours' };
const miss: Proof = { kind: 'not-yet', detail: 'silence' };

function watch(
  probe: () => Proof,
  clocks: { wall: number; steady: number } = { wall: 0, steady: 0 },
  every = 2,
) {
  const told: string[] = [];
  const health = new Health({
    every,
    clock: () => clocks.wall,
    now: () => clocks.steady,
    probe: () => Promise.resolve(probe()),
    told: proof => void told.push(proof.kind === 'ours' ? 'well' : proof.detail),
    jumped: () => told.push('jumped'),
  });
  return { health, told, watched: health.watch() };
}

test('tells what it sees, until it is stopped', async () => {
  const proofs = [ours, miss, ours];
  const { health, told, watched } = watch(() => proofs.shift() ?? ours);
  await until('three looks', () => told.length >= 3);
  health.stop();
  await watched;
  expect(told.slice(0, 3)).toEqual(['well', 'silence', 'well']);
});

test.each([
  ['the wall clock leaps (sleep, or somebody sets it)', { wall: 60_000, steady: 0 }],
  ['the wall clock goes back', { wall: -60_000, steady: 0 }],
  ['a look comes much too late (the process was stopped)', { wall: 60_000, steady: 60_000 }],
])('%s: what was missed is forgotten', async (_name, leap) => {
  const clocks = { wall: 0, steady: 0 };
  let looks = 0;
  const { health, told, watched } = watch(() => {
    looks += 1;
    if (looks === 1) Object.assign(clocks, leap);
    return miss;
  }, clocks);
  await until('two looks', () => told.length >= 2);
  health.stop();
  await watched;
  expect(told.slice(0, 2)).toEqual(['jumped', 'silence']);
});

test('a look can be hurried', async () => {
  const { health, told, watched } = watch(() => ours, undefined, 3_600_000);
  health.look();
  await until('a look', () => told.length === 1);
  health.stop();
  await watched;
  expect(told).toEqual(['well']);
});

test('stopped in the middle of a look, it tells nothing', async () => {
  const told: string[] = [];
  const health = new Health({
    every: 1,
    clock: () => 0,
    now: () => 0,
    probe: signal => {
      health.stop();
      return Promise.resolve(signal.aborted ? miss : ours);
    },
    told: () => told.push('told'),
    jumped: () => told.push('jumped'),
  });
  await health.watch();
  expect(told).toEqual([]);
});
