import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { guardScript, startGuard } from '../../../src/main/core/server/guard.ts';
import { startOf } from '../../../src/main/core/server/processes.ts';
import { notingLog, until } from '../../fakes/supervised.ts';

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
  const guard = spawn('/bin/sh', [guardScript(), root, named, marker], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  children.push(guard);
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
  const guard = await startGuard({ runRoot: root, name, marker, script: guardScript(), log });
  delete process.env['GATEHOUSE_TOKEN'];
  const first = guard.pid ?? 0;
  expect(readFileSync(`/proc/${first}/environ`, 'utf8')).not.toMatch(/never-to-be-seen|GATEHOUSE/u);
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
  await expect(startGuard(options)).rejects.toMatchObject({ code: 'guard-failed' });
});
