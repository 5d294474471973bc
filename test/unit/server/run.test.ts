import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LaunchPlan, Proof } from '../../../src/main/core/ports.ts';
import { defaultSupervisionLimits, type SuperviseOptions } from '../../../src/main/core/server/options.ts';
import { Run, type RunEvent } from '../../../src/main/core/server/run.ts';
import { ServerLog } from '../../../src/main/core/server/output/server-log.ts';
import { notingLog, simpleRedactor, somePlan, until } from '../../fakes/supervised.ts';

let root = '';
let run: Run | null = null;
let news: RunEvent[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh-run-'));
  news = [];
});

afterEach(async () => {
  await run?.end(false);
  rmSync(root, { recursive: true, force: true });
});

function begin(plan: Partial<LaunchPlan> | SuperviseOptions['plan'], planSeconds = 5): Run {
  const [redactor, log] = [simpleRedactor(), notingLog()];
  const onLine = (): void => undefined;
  const common = { name: 'Lab', redactor, log, clock: Date.now, onLine };
  const output = new ServerLog({
    ...common,
    path: join(root, 'log'),
    maxBytes: 1e6,
    kept: 1,
    now: () => performance.now(),
  });
  const options: SuperviseOptions = {
    ...common,
    serverId: 'lab',
    plan: typeof plan === 'function' ? plan : () => Promise.resolve({ ...somePlan, folder: root, ...plan }),
    runRoot: join(root, 'run'),
    logFile: join(root, 'log'),
    folder: root,
    user: 'me',
    onChange: onLine,
    environment: { PATH: '/bin:/usr/bin' },
  };
  run = new Run(options, { ...defaultSupervisionLimits, planSeconds }, output, told => news.push(told));
  return run;
}

const sh = (script: string): { argv: string[] } => ({ argv: ['/bin/sh', '-c', script] });
const never: LaunchPlan['prove'] = () => Promise.resolve<Proof>({ kind: 'not-yet', detail: 'nothing' });
const first = async (): Promise<RunEvent | undefined> => {
  await until('some news', () => news.length > 0);
  return news[0];
};

test('proved, then ended: nothing is left, and nothing more is told', async () => {
  const it = begin(sh('exec sleep 60'));
  expect(await first()).toEqual({ kind: 'proved' });
  expect(it.facts?.pid).toBeGreaterThan(1);
  await Promise.all([it.end(true), it.end(true)]);
  expect(it.facts).toBe(null);
  expect(readdirSync(join(root, 'run'))).toEqual([]);
  expect(news).toHaveLength(1);
});

test.each<[string, Partial<LaunchPlan>, Partial<RunEvent>]>([
  ['ends before it is ready', { ...sh('exit 3'), prove: never }, { kind: 'broke', trouble: 'exited' }],
  [
    'is late',
    { ...sh('exec sleep 60'), prove: never, readySeconds: 0.1 },
    { kind: 'broke', trouble: 'not-ready' },
  ],
  ['does not exist', { argv: ['/nowhere/lab'] }, { kind: 'broke', trouble: 'not-started' }],
  [
    'goes into the background',
    { ...sh('sleep 60 >/dev/null 2>&1 &'), prove: never },
    { kind: 'broke', trouble: 'forked-away' },
  ],
  [
    'is open where it must not be',
    { ...sh('exec sleep 60'), prove: () => Promise.resolve({ kind: 'unsafe', detail: 'It is open.' }) },
    { kind: 'broke', trouble: 'unsafe', summary: 'It is open.' },
  ],
])('a server that %s is told as that, once', async (_name, plan, wanted) => {
  const it = begin(plan);
  expect(await first()).toMatchObject(wanted);
  await it.end(false);
  expect(news).toHaveLength(1);
  expect(readdirSync(join(root, 'run'))).toEqual([]);
});

test('a port that somebody else was faster at', async () => {
  const upstream = { ...somePlan.upstream, address: { kind: 'port' as const, port: 1 } };
  begin({ ...sh('echo "address already in use" >&2; exit 1'), prove: never, upstream });
  expect(await first()).toMatchObject({ kind: 'broke', trouble: 'port-taken' });
});

test('an end in order after it was ready', async () => {
  begin(sh('while [ ! -e leave ]; do sleep 0.02; done'));
  expect(await first()).toEqual({ kind: 'proved' });
  writeFileSync(join(root, 'leave'), '');
  await until('ended', () => news.length === 2);
  expect(news[1]).toMatchObject({ kind: 'ended', summary: expect.stringContaining('exit code 0') });
});

test('a profile that never answers is given up', async () => {
  begin(() => new Promise(() => undefined), 0.05);
  expect(await first()).toMatchObject({
    trouble: 'not-started',
    summary: 'Planning the start took longer than 0.05 s.',
  });
});

test('a profile that refuses is heard', async () => {
  begin(() => Promise.reject(new Error('no such kernel')));
  expect(await first()).toMatchObject({ trouble: 'not-started', summary: 'no such kernel' });
});

test('ended while the profile still thinks: nothing is started when it answers at last', async () => {
  let answer = (_plan: LaunchPlan): void => undefined;
  const asked = new Promise<void>(resolve => {
    run = begin(() => {
      resolve();
      return new Promise<LaunchPlan>(late => (answer = late));
    });
  });
  await asked;
  await run?.end(false);
  answer({ ...somePlan, ...sh(`: > '${join(root, 'started')}'`), folder: root });
  expect(readdirSync(join(root, 'run'))).toEqual([]);
  await run?.end(false);
  expect([news, existsSync(join(root, 'started'))]).toEqual([[], false]);
});
