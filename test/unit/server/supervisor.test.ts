import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LaunchPlan, Proof, Supervised } from '../../../src/main/core/ports.ts';
import { defaultRestartPolicy } from '../../../src/main/core/server/restart-policy.ts';
import type { SuperviseOptions } from '../../../src/main/core/server/options.ts';
import { supervise } from '../../../src/main/core/server/supervisor.ts';
import { notingLog, simpleRedactor, somePlan, until } from '../../fakes/supervised.ts';
import { away } from '../../support/reach.ts';

let root = '';
let it: Supervised;
let states: string[] = [];
let log = notingLog();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh-sup-'));
  [states, log] = [[], notingLog()];
});

afterEach(async () => {
  await it.stop('over');
  rmSync(root, { recursive: true, force: true });
});

function begin(plan: Partial<LaunchPlan> = {}, more: Partial<SuperviseOptions> = {}): Supervised {
  const argv = ['/bin/sleep', '60'];
  it = supervise({
    serverId: 'lab',
    name: 'Lab',
    plan: () => Promise.resolve({ ...somePlan, argv, folder: root, landing: '/lab', ...plan }),
    runRoot: join(root, 'run'),
    logFile: join(root, 'lab.log'),
    folder: root,
    user: 'me',
    redactor: simpleRedactor(),
    log,
    clock: Date.now,
    onChange: now => states.push(now.state),
    onLine: () => undefined,
    environment: { PATH: '/bin:/usr/bin' },
    ...more,
  });
  return it;
}

test('before anything happens', async () => {
  begin();
  expect(it).toMatchObject({ state: 'stopped', pid: null, startedAt: null, reach: away, landing: '/' });
  expect([it.failure(), await it.busyKernels(), await it.logs(5)]).toEqual([null, 0, []]);
  await it.stop('Nothing to do.');
  expect(states).toEqual([]);
});

test('two starts are one, and what is ready can be reached', async () => {
  begin();
  await Promise.all([it.start(), it.start()]);
  expect(it).toMatchObject({
    state: 'ready',
    landing: '/lab',
    reach: { kind: 'open', upstream: somePlan.upstream },
  });
  expect(it.startedAt).toBeGreaterThan(Date.now() - 60_000);
  expect(states).toEqual(['starting', 'ready']);
  expect((await it.logs(5)).map(line => line.text)).toEqual([
    'starting: It was asked to start.',
    'Seen from outside the gateway: it listens only on a private socket, and nobody else can reach it.',
    'ready: It answers and is ours.',
  ]);
});

test('what its owner has to know is said as long as it is ready', async () => {
  begin({ caveat: () => 'others can reach it.' });
  await it.start();
  expect(it.reason).toBe('It answers and is ours; others can reach it.');
  expect((await it.logs(1)).map(line => line.text)).toEqual([`ready: ${it.reason}`]);
  await it.stop('Enough.');
  expect(it.reason).toBe('Enough.');
});

test('a restart is another process', async () => {
  begin();
  await it.start();
  const { pid } = it;
  await it.restart();
  expect(it.state).toBe('ready');
  expect(it.pid).not.toBe(pid);
});

test('a listener that stops what has just started is heard, and one that fails hurts nobody', async () => {
  begin(
    {},
    {
      onChange: now => {
        states.push(now.state);
        if (now.state === 'ready') void now.stop('Not wanted.');
        throw new Error('a listener');
      },
    },
  );
  await it.start().catch(() => undefined);
  await until('stopped', () => it.state === 'stopped');
  expect(it.reason).toBe('Not wanted.');
  expect(states).toEqual(['starting', 'ready', 'stopping', 'stopped']);
  expect(log.notes.some(note => note.startsWith('error A listener'))).toBe(true);
});

test('a failure is there until it is started again', async () => {
  const argv = [['/bin/false'], ['/bin/sleep', '60']];
  const prove = (): Promise<Proof> =>
    Promise.resolve({ kind: argv.length === 1 ? 'not-yet' : 'ours', detail: '' });
  begin({}, { plan: () => Promise.resolve({ ...somePlan, folder: root, argv: argv.shift() ?? [], prove }) });
  await expect(it.start()).rejects.toMatchObject({ code: 'start-failed' });
  expect(it.failure()).toMatchObject({ exitCode: 1, attempts: 1, command: '/bin/false', lastLines: [] });
  await it.start();
  expect(it.failure()).toBe(null);
});

test('unhealthy after misses, ready when it answers again, the same process all the time', async () => {
  let well = true;
  const prove = (): Promise<Proof> =>
    Promise.resolve(well ? { kind: 'ours' } : { kind: 'not-yet', detail: 'silence' });
  begin({ prove }, { limits: { probeSeconds: 0.02, policy: { ...defaultRestartPolicy, missedProbes: 3 } } });
  await it.start();
  const { pid } = it;
  well = false;
  await until('unhealthy', () => it.state === 'unhealthy');
  expect(it).toMatchObject({
    reason: 'It did not answer 3 times in a row: silence',
    reach: { kind: 'open', upstream: somePlan.upstream },
  });
  well = true;
  it.resumed();
  await until('ready', () => it.state === 'ready');
  expect(it.pid).toBe(pid);
});

test('kernels are asked for where there is somebody to ask, and nobody waits for a failure', async () => {
  const answers = [Promise.resolve(3), Promise.reject(new Error('gone'))];
  answers[1]?.catch(() => undefined);
  begin({ busyKernels: () => answers.shift() ?? Promise.resolve(0) });
  await it.start();
  expect([await it.busyKernels(), await it.busyKernels()]).toEqual([3, 0]);
});

test('a secret in a reason is not told', async () => {
  begin({}, { plan: context => Promise.reject(new Error(`bad secret ${context.secret.reveal()}`)) });
  await expect(it.start()).rejects.toThrow('bad secret ***');
  expect(it.failure()?.summary).toBe('bad secret ***');
});
