import { readdirSync } from 'node:fs';
import { expect } from 'vitest';
import { errorInfo } from '../../../src/main/core/errors.ts';
import { findFamily } from '../../../src/main/core/server/process/ending.ts';
import { startOf } from '../../../src/main/core/server/process/processes.ts';
import { supervisorTest as test } from '../../fixtures/supervisor-test.ts';
import { ask, fakePlan, guardsOf, markerOf, until } from '../../fakes/supervised.ts';
import { upstreamOf } from '../../support/reach.ts';

test('a server that exits at once has failed, with its own words and no blind retries', async ({ begin }) => {
  const it = begin({ mode: 'exit' });
  await expect(it.supervised.start()).rejects.toMatchObject({
    code: 'start-failed',
    nextStep: 'Buy a licence.',
  });
  const failure = it.supervised.failure();
  expect(failure).toMatchObject({
    exitCode: 3,
    signal: null,
    attempts: 1,
    lastLines: ['no licence found'],
  });
  expect(failure?.summary).toMatch(/^It exited after \d+\.\d s, exit code 3\.$/u);
  expect(failure?.command).toContain('bad-server.mjs exit');
  expect(it.history).toEqual(['starting', 'starting', 'failed']);
});

test('a server that prints nothing still gets a next step', async ({ begin }) => {
  const it = begin({ mode: 'silent-exit' });
  await expect(it.supervised.start()).rejects.toThrow('exit code 4');
  expect(it.supervised.failure()?.nextStep).toContain('It printed nothing.');
});

test('a program that does not exist says so', async ({ begin }) => {
  const it = begin({ mode: 'good', argv: ['/nowhere/jupyter-lab'] });
  await expect(it.supervised.start()).rejects.toThrow('"/nowhere/jupyter-lab" could not be started');
  expect(readdirSync(it.runRoot)).toEqual([]);
});

test('a server that never gets ready is given up and ended', async ({ begin }) => {
  const it = begin({ mode: 'never', readySeconds: 0.6 });
  await expect(it.supervised.start()).rejects.toThrow('not ready after 0.6 s');
  expect(it.supervised.failure()?.lastLines).toEqual(['thinking']);
  expect(readdirSync(it.runRoot)).toEqual([]);
});

test('a taken port brings a fresh one, a few times', async ({ begin }) => {
  const ports: string[] = [];
  const plan = fakePlan({ mode: attempt => (attempt < 3 ? 'port-taken' : 'good'), port: true });
  const it = begin(
    { mode: 'good' },
    {
      plan: async place => {
        ports.push(String(place.port));
        return plan(place);
      },
    },
  );
  await it.supervised.start();
  expect(it.supervised.state).toBe('ready');
  expect(new Set(ports).size).toBe(3);
});

test("another program's page on the port is not believed", async ({ begin }) => {
  const it = begin({ mode: 'stranger', port: true });
  await expect(it.supervised.start()).rejects.toThrow('Another program answers on its port');
  expect(it.supervised.failure()?.attempts).toBe(4);
});

test('a server that puts itself into the background is recognised and ended', async ({ begin }) => {
  const it = begin({ mode: 'fork-away' });
  await expect(it.supervised.start()).rejects.toThrow('put itself into the background');
  expect(it.supervised.failure()?.nextStep).toContain('foreground');
  expect(readdirSync(it.runRoot)).toEqual([]);
});

test('SIGKILL of the server: ready again within 5 s, in a new run', async ({ begin }) => {
  const it = begin({ mode: 'family' }, { limits: { stopSeconds: 0.3 } });
  await it.supervised.start();
  const old = markerOf(it);
  const { pid } = it.supervised;
  const before = performance.now();
  process.kill(pid ?? 0, 'SIGKILL');
  await until(
    'ready again',
    () => it.supervised.state === 'ready' && ![null, pid].includes(it.supervised.pid),
  );
  expect(performance.now() - before).toBeLessThan(5000);
  expect(await findFamily(old, null)).toEqual([]);
  expect(it.history).toEqual(['starting', 'ready', 'restarting', 'restarting', 'ready']);
});

test('five failures in a row, and it is given up with the reason', async ({ begin }) => {
  const limits = {
    policy: { backoff: [0, 20], failures: 5, quiet: 60_000, missedProbes: 3, portRetries: 3 },
  };
  const it = begin({ mode: attempt => (attempt === 1 ? 'good' : 'exit') }, { limits });
  await it.supervised.start();
  process.kill(it.supervised.pid ?? 0, 'SIGKILL');
  await until('given up', () => it.supervised.state === 'failed');
  expect(it.supervised.failure()).toMatchObject({ exitCode: 3, attempts: 5 });
  expect(it.supervised.reason).toContain('It failed 5 times in a row');
});

test('a server that somebody shuts down from inside stays down', async ({ begin }) => {
  const it = begin({ mode: 'good' });
  await it.supervised.start();
  const upstream = upstreamOf(it.supervised);
  await ask(upstream.address, '/leave').catch(() => '');
  await until('stopped', () => it.supervised.state === 'stopped');
  expect(it.supervised.reason).toContain('exit code 0');
});

test('SIGKILL of the guard: a new one, and the server notices nothing', async ({ begin }) => {
  const it = begin({ mode: 'good' });
  await it.supervised.start();
  const { pid } = it.supervised;
  const [first] = await guardsOf(it);
  process.kill(first ?? 0, 'SIGKILL');
  await until('another guard', async () => (await guardsOf(it)).some(guard => guard !== first));
  expect(it.supervised).toMatchObject({ state: 'ready', pid });
});

test('a stop during the start wins', async ({ begin }) => {
  const it = begin({ mode: 'never' });
  const started = it.supervised.start();
  const refused = started.then(
    () => 'it started',
    (error: unknown) => errorInfo(error).code,
  );
  await until('a process', () => it.supervised.pid !== null);
  await it.supervised.stop('Changed my mind.');
  expect(await refused).toBe('stopped');
  expect(it.supervised).toMatchObject({ state: 'stopped', reason: 'Changed my mind.' });
  expect(readdirSync(it.runRoot)).toEqual([]);
});

test('a start during the stop is done after it', async ({ begin }) => {
  const it = begin({ mode: 'good' });
  await it.supervised.start();
  const { pid } = it.supervised;
  const stopped = it.supervised.stop('Enough.');
  await it.supervised.start();
  await stopped;
  expect(it.supervised.state).toBe('ready');
  expect(it.supervised.pid).not.toBe(pid);
  expect(await startOf(pid ?? 0)).toBe(null);
});
