import { expect, test } from 'vitest';
import type { LaunchPlan, Proof } from '../../../src/main/core/ports.ts';
import { proveOnce, untilReady } from '../../../src/main/core/server/readiness.ts';
import { somePlan } from '../../fakes/supervised.ts';

const facts = { pid: 2, marker: 'm' };
const notYet: Proof = { kind: 'not-yet', detail: 'refused' };
const foreign: Proof = { kind: 'foreign', detail: 'a page of nginx' };
const port = { ...somePlan.upstream, address: { kind: 'port' as const, port: 1 } };

function proving(
  proofs: readonly Proof[],
  more: Partial<LaunchPlan> = {},
): LaunchPlan & { readonly asked: () => number } {
  let asked = 0;
  const prove = (): Promise<Proof> => Promise.resolve(proofs[Math.min(asked++, proofs.length - 1)] ?? notYet);
  return { ...somePlan, prove, ...more, asked: () => asked };
}

test('asks until it is ours', async () => {
  const plan = proving([notYet, notYet, { kind: 'ours' }]);
  expect(await untilReady(plan, facts, new AbortController().signal)).toEqual({ kind: 'ours' });
  expect(plan.asked()).toBe(3);
});

test('gives up in time, with what was seen last', async () => {
  const plan = proving([notYet], { readySeconds: 0.15 });
  expect(await untilReady(plan, facts, new AbortController().signal)).toEqual({
    kind: 'late',
    detail: 'refused',
    nextStep: '',
  });
});

test('what was answered is kept when the last look is cut short', async () => {
  let looks = 0;
  const answered: Proof = { kind: 'not-yet', detail: 'It answers / with status 501.', nextStep: 'Look.' };
  const prove = (): Promise<Proof> =>
    looks++ === 0 ? Promise.resolve(answered) : new Promise(() => undefined);
  const plan = { ...somePlan, prove, readySeconds: 0.3 };
  const { detail, nextStep } = answered;
  expect(await untilReady(plan, facts, new AbortController().signal)).toEqual({
    kind: 'late',
    detail,
    nextStep,
  });
  expect(looks).toBe(2);
});

test('a stranger on a port is told at once; behind a socket of our own it is only a wait', async () => {
  const onPort = proving([foreign], { upstream: port });
  expect(await untilReady(onPort, facts, new AbortController().signal)).toEqual({
    kind: 'port-taken',
    detail: 'a page of nginx',
  });
  expect(onPort.asked()).toBe(1);
  const onSocket = proving([foreign, { kind: 'ours' }]);
  expect(await untilReady(onSocket, facts, new AbortController().signal)).toEqual({ kind: 'ours' });
});

test('what is ours and open where it must not be is told at once, and for good', async () => {
  const unsafe: Proof = { kind: 'unsafe', detail: 'It listens on the network.' };
  const plan = proving([notYet, unsafe, { kind: 'ours' }], { upstream: port });
  expect(await untilReady(plan, facts, new AbortController().signal)).toEqual(unsafe);
  expect(plan.asked()).toBe(2);
});

test('ends at once with its signal, even if the question never ends, and asks no more', async () => {
  const over = new AbortController();
  let asked = 0;
  const prove = (): Promise<Proof> => {
    asked += 1;
    queueMicrotask(() => over.abort());
    return new Promise(() => undefined);
  };
  expect(await untilReady({ ...somePlan, prove, readySeconds: 60 }, facts, over.signal)).toEqual({
    kind: 'given-up',
  });
  expect(await untilReady({ ...somePlan, prove, readySeconds: 60 }, facts, over.signal)).toEqual({
    kind: 'given-up',
  });
  expect(asked).toBe(1);
});

test('a question without an answer ends, and is told to', async () => {
  let told: AbortSignal | null = null;
  const prove = (signal: AbortSignal): Promise<Proof> => {
    told = signal;
    return new Promise(() => undefined);
  };
  const proof = await proveOnce({ ...somePlan, prove }, facts, new AbortController().signal, 20);
  expect(proof).toEqual({ kind: 'not-yet', detail: 'it did not answer in time' });
  expect(told).toHaveProperty('aborted', true);
});

test('a question that fails is no answer', async () => {
  const prove = (): Promise<Proof> => Promise.reject(new Error('odd'));
  expect(await proveOnce({ ...somePlan, prove }, facts, new AbortController().signal)).toEqual({
    kind: 'not-yet',
    detail: 'odd',
  });
});
