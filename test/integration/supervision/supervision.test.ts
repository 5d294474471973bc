import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { findFamily } from '../../../src/main/core/server/process/ending.ts';
import { listProcesses, startOf } from '../../../src/main/core/server/process/processes.ts';
import { supervisorTest as test } from '../../fixtures/supervisor-test.ts';
import { commandOf, guardsOf, markerOf, until, type Fixture } from '../../fakes/supervised.ts';
import { away } from '../../support/reach.ts';

async function expectNothingLeft(it: Fixture, mark: string): Promise<void> {
  expect(await findFamily(mark, null)).toEqual([]);
  expect((await listProcesses('none')).filter(row => commandOf(row.pid).includes(`linger-${mark}`))).toEqual(
    [],
  );
  expect(readdirSync(it.runRoot)).toEqual([]);
  await until('the guard has gone', async () => (await guardsOf(it)).length === 0);
}

test('a good server starts, answers, and leaves nothing when it is stopped twice at once', async ({
  begin,
}) => {
  const it = begin({ mode: 'good' });
  await it.supervised.start();
  expect(it.supervised).toMatchObject({ state: 'ready', landing: '/lab', reach: { kind: 'open' } });
  expect(await it.supervised.busyKernels()).toBe(2);
  expect(await guardsOf(it)).toHaveLength(1);
  const mark = markerOf(it);
  await Promise.all([it.supervised.stop('Enough.'), it.supervised.stop('Enough.')]);
  expect(it.supervised).toMatchObject({ state: 'stopped', reason: 'Enough.', pid: null, reach: away });
  expect(it.history).toEqual(['starting', 'ready', 'stopping', 'stopped']);
  await expectNothingLeft(it, mark);
});

test('its own way to stop is preferred to a signal', async ({ begin }) => {
  const it = begin({ mode: 'deaf', shutdown: true });
  await it.supervised.start();
  const before = performance.now();
  await it.supervised.stop('Enough.');
  expect(performance.now() - before).toBeLessThan(3000);
  expect(it.lines.map(line => line.text)).not.toContain('TERM is not for me');
});

test('a server that ignores TERM is killed after the bound', async ({ begin }) => {
  const it = begin({ mode: 'deaf' }, { limits: { stopSeconds: 0.5 } });
  await it.supervised.start();
  const { pid } = it.supervised;
  await it.supervised.stop('Enough.');
  expect(it.lines.map(line => line.text)).toContain('TERM is not for me');
  expect(await startOf(pid ?? 0)).toBe(null);
});

test('whole families end: own session, own group, no marker', async ({ begin }) => {
  const it = begin({ mode: 'denying-family' }, { limits: { stopSeconds: 0.3 } });
  await it.supervised.start();
  const mark = markerOf(it);
  const lingering = async () =>
    (await listProcesses('none')).filter(row => commandOf(row.pid).includes(`linger-${mark}`));
  await until('the family is there', async () => (await lingering()).length === 3);
  await it.supervised.stop('Enough.');
  expect(it.supervised.state).toBe('stopped');
  await expectNothingLeft(it, mark);
});
