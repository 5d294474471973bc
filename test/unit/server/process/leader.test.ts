import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { hasEnded, launch, type Child } from '../../../../src/main/core/server/launch.ts';
import { endLeader } from '../../../../src/main/core/server/process/leader.ts';

const limits = { askSeconds: 0.2, stopSeconds: 0.2, killSeconds: 5 };
let child: Child | null = null;

afterEach(async () => {
  if (child === null || hasEnded(child)) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
});

async function started(script: string): Promise<Child> {
  child = await launch({
    argv: ['/bin/sh', '-c', script],
    environment: { PATH: '/bin:/usr/bin' },
    folder: '/',
  });
  await once(child.stdout, 'data');
  return child;
}

const polite = 'echo up; exec sleep 60';
const deaf = "trap '' TERM; echo up; while :; do sleep 60; done";

test('its own way is enough where it works', async () => {
  const it = await started("trap 'exit 0' USR1; trap '' TERM; echo up; while :; do sleep 0.02; done");
  const asking = { askToStop: () => Promise.resolve(void it.kill('SIGUSR1')) };
  await endLeader(it, asking, { ...limits, askSeconds: 5 });
  expect([it.exitCode, it.signalCode]).toEqual([0, null]);
});

test.each<[string, (() => Promise<void>) | null]>([
  ['there is no way to ask', null],
  ['asking fails', () => Promise.reject(new Error('refused'))],
  ['asking never ends', () => new Promise(() => undefined)],
  ['it agrees and stays', () => Promise.resolve()],
])('TERM where %s', async (_name, askToStop) => {
  const it = await started(polite);
  await endLeader(it, { askToStop }, limits);
  expect(it.signalCode).toBe('SIGTERM');
});

test('KILL where TERM is not heard', async () => {
  const it = await started(deaf);
  await endLeader(it, null, limits);
  expect(it.signalCode).toBe('SIGKILL');
});

test('one that has ended is not asked', async () => {
  const it = await started('echo up');
  if (!hasEnded(it)) await once(it, 'exit');
  let asked = false;
  await endLeader(it, { askToStop: () => Promise.resolve(void (asked = true)) }, limits);
  expect(asked).toBe(false);
});
