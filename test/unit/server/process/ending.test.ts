import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { endFamily, findFamily, signalGroup, wait } from '../../../../src/main/core/server/process/ending.ts';
import type { Identity } from '../../../../src/main/core/server/process/process-family.ts';
import { startOf } from '../../../../src/main/core/server/process/processes.ts';

const marker = 'unit-ending';
let children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  children = [];
});

/** A process that says when it stands. */
async function started(
  script: string,
  environment: Record<string, string> = {},
): Promise<{ child: ChildProcess; identity: Identity }> {
  const child = spawn('/bin/sh', ['-c', script], {
    env: { PATH: '/bin:/usr/bin', ...environment },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  await once(child.stdout, 'data');
  return { child, identity: { pid: child.pid ?? 0, start: (await startOf(child.pid ?? 0)) ?? '' } };
}

const polite = 'echo up; exec sleep 60';
const deaf = "trap '' TERM; echo up; while :; do sleep 60; done";

test('nobody there is nothing to do', async () => {
  expect(await endFamily({ marker, leader: null, graceful: 1000, bound: 1000 })).toBe(0);
});

test('who listens ends by TERM, who does not by KILL', async () => {
  const marked = await started(polite, { GATEHOUSE_RUN: marker });
  const stubborn = await started(deaf, { GATEHOUSE_RUN: marker });
  // The deaf one has a child most of the time: who is there at this moment differs.
  const pids = (await findFamily(marker, null)).map(({ pid }) => pid);
  expect(pids).toEqual(expect.arrayContaining([marked.identity.pid, stubborn.identity.pid]));
  expect(await endFamily({ marker, leader: null, graceful: 200, bound: 5000 })).toBe(0);
  expect([marked.child.signalCode, stubborn.child.signalCode]).toEqual(['SIGTERM', 'SIGKILL']);
});

test('what was known before is ended, though nothing ties it to the run any more', async () => {
  const { child, identity } = await started(polite);
  expect(await endFamily({ marker, leader: null, known: [identity], graceful: 2000, bound: 2000 })).toBe(0);
  expect(child.signalCode).toBe('SIGTERM');
});

test('a child that only its parent tells of is ended also when the parent ends first', async () => {
  const script = 'env -i setsid sh -c "trap : TERM; while :; do sleep 0.1; done" & echo $!; exec sleep 60';
  const child = spawn('/bin/sh', ['-c', script], {
    env: { PATH: '/bin:/usr/bin', GATEHOUSE_RUN: marker },
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  children.push(child);
  const [said] = await once(child.stdout, 'data');
  const denying = Number(String(said));
  const start = await startOf(denying);
  expect(await endFamily({ marker, leader: null, graceful: 300, bound: 5000 })).toBe(0);
  expect(start).not.toBe(null);
  expect(await startOf(denying)).toBe(null);
});

test('a number that was taken over is not', async () => {
  const { child, identity } = await started(polite);
  const before = { ...identity, start: `${identity.start}0` };
  expect(await endFamily({ marker, leader: before, known: [before], graceful: 200, bound: 1000 })).toBe(0);
  expect(child.signalCode).toBe(null);
});

test('a signal reaches the whole group', async () => {
  const { child, identity } = await started('sleep 61 & echo up; wait');
  const family = await findFamily(marker, identity);
  expect(family).toHaveLength(2);
  signalGroup(identity.pid, 'SIGKILL');
  await once(child, 'exit');
  expect(await endFamily({ marker, leader: identity, graceful: 2000, bound: 2000 })).toBe(0);
});

test('a wait ends with its signal', async () => {
  const over = new AbortController();
  const waited = wait(3_600_000, over.signal);
  over.abort();
  await waited;
  await wait(3_600_000, over.signal);
  await wait(1);
  expect(over.signal.aborted).toBe(true);
});
