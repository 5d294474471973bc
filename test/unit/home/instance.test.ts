import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { becomeCore, findCore } from '../../../src/main/core/home/instance.ts';
import type { ProcessTable } from '../../../src/main/core/home/process-lock.ts';

let runtime: string;
beforeEach(async () => {
  runtime = await mkdtemp(join(tmpdir(), 'instance-'));
});
afterEach(() => rm(runtime, { recursive: true }));

const own = (pid: number) => ({ pid, version: '1.0.0', socket: 's', place: 'in a terminal' });
const table = (living: Record<number, string>): ProcessTable => ({
  startOf: async pid => living[pid] ?? null,
});

test('the second core is refused and told where the first is', async () => {
  const processes = table({ 10: 'a', 11: 'b' });
  const lock = await becomeCore(runtime, own(10), processes);
  const second = becomeCore(runtime, own(11), processes);
  await expect(second).rejects.toMatchObject({ code: 'core-running' });
  await expect(second).rejects.toThrow(/process 10, in a terminal/);
  await lock.release();
  await becomeCore(runtime, own(11), processes);
  expect((await findCore(runtime, processes))?.pid).toBe(11);
});

test("a dead core's lock gives way, also when its pid lives on in another process", async () => {
  await becomeCore(runtime, own(10), table({ 10: 'a' }));
  const reused = table({ 10: 'much later', 11: 'b' });
  expect(await findCore(runtime, reused)).toBeNull();
  await becomeCore(runtime, own(11), reused);
  expect((await findCore(runtime, reused))?.pid).toBe(11);
  expect(await readdir(runtime)).toEqual(['core.lock.2']);
});

test.each(['', '{', '[]', '{"pid":-1}', 'null', '\0\0\0'])('a lock that reads %j is stale', async text => {
  await writeFile(join(runtime, 'core.lock.1'), text);
  await becomeCore(runtime, own(11), table({ 11: 'b' }));
  expect((await findCore(runtime, table({ 11: 'b' })))?.pid).toBe(11);
});

test('of twenty that start at once over a stale lock, exactly one becomes the core: thirty times', async () => {
  const pids = Array.from({ length: 20 }, (_, index) => index + 100);
  for (let round = 0; round < 30; round += 1) {
    const place = join(runtime, String(round));
    await mkdir(place);
    await becomeCore(place, own(1), table({ 1: 'dead soon' }));
    const processes = table(Object.fromEntries(pids.map(pid => [pid, `start of ${pid}`])));
    const outcomes = await Promise.allSettled(pids.map(pid => becomeCore(place, own(pid), processes)));
    const winners = outcomes.flatMap(outcome =>
      outcome.status === 'fulfilled' ? [outcome.value.record.pid] : [],
    );
    expect(winners).toHaveLength(1);
    expect((await findCore(place, processes))?.pid).toBe(winners[0]);
  }
});
