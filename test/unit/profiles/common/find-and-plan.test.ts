import { expect, test } from 'vitest';
import { findAndPlan } from '../../../../src/main/core/profiles/common/find-and-plan.ts';
import type { LaunchPlan, RunContext } from '../../../../src/main/core/ports.ts';
import { notingLog } from '../../../fakes/supervised.ts';
import { found } from '../../../support/fake-ports.ts';

const context = { folder: '/work' } as RunContext;
const request = { profile: 'lab' };
const fault = new Error('the disk is gone');

function made(look: () => Promise<ReturnType<typeof found>[]>) {
  const log = notingLog();
  const planned: string[] = [];
  const plan = async (_request: unknown, { id }: { readonly id: string }): Promise<LaunchPlan> => {
    planned.push(id);
    return {} as LaunchPlan;
  };
  return { ...findAndPlan({ title: 'Lab', canSetUp: false, log, look, plan }), log, planned };
}

test('a look that throws finds nothing, and is in the log', async () => {
  const { find, log } = made(() => Promise.reject(fault));
  expect(await find({ fresh: false, signal: AbortSignal.timeout(1000) })).toEqual([]);
  expect(log.notes.join()).toMatch(/Looking for Lab failed.*the disk is gone/);
});

test('what was chosen is planned; else the best that works', async () => {
  const { plan, planned } = made(async () => [found('broken', { problem: 'no' }), found('good')]);
  await plan(request, found('chosen'), context);
  await plan(request, null, context);
  expect(planned).toEqual(['chosen', 'good']);
});

test('where nothing is found that is said', async () => {
  await expect(made(async () => []).plan(request, null, context)).rejects.toMatchObject({
    code: 'not-installed',
    message: 'No Lab was found on this computer.',
  });
});
