import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardScript } from '../../../../src/main/core/server/process/process-guard-posix.ts';
import { startProcessGuard } from '../../../../src/main/core/server/process/start-process-guard.ts';
import {
  listProcesses,
  parseStat,
  signal,
  startOf,
} from '../../../../src/main/core/server/process/processes.ts';
import { notingLog, until } from '../../../fakes/supervised.ts';

let root = '';
const name = 'run-1';
const marker = 'unit-guard';
let children: ChildProcess[] = [];

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh guard '));
  mkdirSync(join(root, name));
  writeFileSync(join(root, `${name}.json`), '{}');
  children = [];
});

afterEach(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  rmSync(root, { recursive: true, force: true });
});

async function sleeper(environment: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn('/bin/sleep', ['60'], { env: environment, detached: true, stdio: 'ignore' });
  children.push(child);
  await once(child, 'spawn');
  return child;
}

/** guard.sh itself, with its pipe in the hand of the test. */
async function bareGuard(named = name): Promise<ChildProcess> {
  const guard = spawn('/bin/sh', [guardScript(), root, named], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(guard);
  guard.stdin.on('error', () => undefined);
  guard.stdin.write(`marker ${marker}\n`);
  await Promise.race([once(guard.stdout, 'data'), once(guard, 'exit')]);
  return guard;
}

async function ended(child: ChildProcess): Promise<string | number | null> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode ?? child.exitCode;
}

test('when its pipe breaks it ends the group and what is marked, and nothing else, and goes', async () => {
  const [leader, marked, nearly] = [
    await sleeper(),
    await sleeper({ GATEHOUSE_RUN: marker }),
    await sleeper({ GATEHOUSE_RUN: `${marker}2` }),
  ];
  const guard = await bareGuard();
  const kept = join(root, 'kept');
  mkdirSync(kept);
  guard.stdin!.end(`group ${leader.pid} ${await startOf(leader.pid ?? 0)}\n`);
  expect(await Promise.all([ended(leader), ended(marked), ended(guard)])).toEqual(['SIGTERM', 'SIGTERM', 0]);
  expect(await startOf(nearly.pid ?? 0)).not.toBe(null);
  expect([existsSync(join(root, name)), existsSync(join(root, `${name}.json`)), existsSync(kept)]).toEqual([
    false,
    false,
    true,
  ]);
});

test('a group whose number was taken over by another is left alone', async () => {
  const bystander = await sleeper();
  const guard = await bareGuard();
  guard.stdin!.end(`group ${bystander.pid} 1\n`);
  expect(await ended(guard)).toBe(0);
  expect(await startOf(bystander.pid ?? 0)).not.toBe(null);
});

test('after "done" it goes and touches nothing', async () => {
  const marked = await sleeper({ GATEHOUSE_RUN: marker });
  const guard = await bareGuard();
  guard.stdin!.end('done\n');
  expect(await ended(guard)).toBe(0);
  expect(await startOf(marked.pid ?? 0)).not.toBe(null);
  expect(existsSync(join(root, name))).toBe(true);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const)('%s is not for it', async signalName => {
  const guard = await bareGuard();
  guard.kill(signalName);
  guard.stdin!.end('done\n');
  expect(await ended(guard)).toBe(0);
});

test.each(['../elsewhere', '', '.', 'a/b', 'a b'])(
  'a run named %j is refused before anything is removed',
  async named => {
    const guard = await bareGuard(named);
    expect(await ended(guard)).toBe(2);
    expect(existsSync(join(root, name))).toBe(true);
  },
);

test('started, it carries no secret, and it is replaced when it is killed', async () => {
  const log = notingLog();
  process.env['GATEHOUSE_TOKEN'] = 'never-to-be-seen';
  const guard = await startProcessGuard({ runRoot: root, name, marker, script: guardScript(), log });
  delete process.env['GATEHOUSE_TOKEN'];
  const first = guard.pid ?? 0;
  expect(readFileSync(`/proc/${first}/environ`, 'utf8')).not.toMatch(/never-to-be-seen|GATEHOUSE/u);
  // Every account may read this one.
  expect(readFileSync(`/proc/${first}/cmdline`, 'utf8')).not.toContain(marker);
  const leader = await sleeper();
  guard.follow({ pid: leader.pid ?? 0, start: (await startOf(leader.pid ?? 0)) ?? '' });
  process.kill(first, 'SIGKILL');
  await until('another guard', () => guard.pid !== first);
  expect(await startOf(leader.pid ?? 0)).not.toBe(null);
  expect(log.notes).toHaveLength(1);
  const second = guard.pid ?? 0;
  await Promise.all([guard.release(), guard.release()]);
  expect(await startOf(second)).toBe(null);
  expect(await startOf(leader.pid ?? 0)).not.toBe(null);
});

test('a guard that cannot be started is said', async () => {
  const options = { runRoot: root, name, marker, script: '/nowhere/guard.sh', log: notingLog() };
  await expect(startProcessGuard(options)).rejects.toMatchObject({ code: 'guard-failed' });
});

test.runIf(process.getuid?.() === 0)(
  "another account's process that carries the marker is left alone",
  async () => {
    const stranger = spawn('/bin/sleep', ['60'], {
      env: { GATEHOUSE_RUN: marker },
      uid: 65_534,
      stdio: 'ignore',
    });
    children.push(stranger);
    await once(stranger, 'spawn');
    const own = await sleeper({ GATEHOUSE_RUN: marker });
    const guard = await bareGuard();
    guard.stdin!.end();
    expect([await ended(own), await ended(guard)]).toEqual(['SIGTERM', 0]);
    expect(await startOf(stranger.pid ?? 0)).not.toBe(null);
  },
);

/** A server whose child denies environment and marker; `code` is what else the child does. */
async function withChild(code: string, done: (stat: string) => boolean): Promise<[ChildProcess, number]> {
  const denying = `import ctypes, os, time\n${code}\ntime.sleep(61)`;
  const forking = `
import os, sys, time
if os.fork() == 0:
    os.execve(sys.executable, [sys.executable, "-c", ${JSON.stringify(denying)}], {})
time.sleep(62)
`;
  const leader = spawn('python3', ['-c', forking], { detached: true, stdio: 'ignore' });
  children.push(leader);
  await once(leader, 'spawn');
  let child = 0;
  await until('its child', async () => {
    const rows = await listProcesses('nobody');
    child = rows.find(row => row.parent === leader.pid)?.pid ?? 0;
    return done(await readFile(`/proc/${child}/stat`, 'utf8').catch(() => ''));
  });
  return [leader, child];
}

test.runIf(process.platform === 'linux').each<[string, string, (stat: string) => boolean]>([
  [
    'has left the session',
    'os.setsid()',
    stat => parseStat(stat, false)?.session === Number.parseInt(stat, 10),
  ],
  [
    'has a name with a line end',
    'ctypes.CDLL(None).prctl(15, b"a\\nb", 0, 0, 0)',
    stat => stat.includes('(a\nb)'),
  ],
  [
    'has a name like fields',
    'ctypes.CDLL(None).prctl(15, b") S 1 1 1", 0, 0, 0)',
    stat => stat.includes('() S'),
  ],
])('a child without an environment that %s is ended too', async (_name, code, done) => {
  const [leader, child] = await withChild(code, done);
  try {
    const guard = await bareGuard();
    guard.stdin!.end(`group ${leader.pid} ${await startOf(leader.pid ?? 0)}\n`);
    expect([await ended(leader), await ended(guard)]).toEqual(['SIGTERM', 0]);
    expect(await startOf(child)).toBe(null);
  } finally {
    signal(child, 'SIGKILL');
  }
});
