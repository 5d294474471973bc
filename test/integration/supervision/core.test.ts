import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { endFamily, findFamily } from '../../../src/main/core/server/process/ending.ts';
import { listProcesses } from '../../../src/main/core/server/process/processes.ts';
import { cleanStaleRuns } from '../../../src/main/core/server/process/records.ts';
import { commandOf, guardsOf, markerOf, notingLog, until } from '../../fakes/supervised.ts';

const smallCore = fileURLToPath(new URL('../../fakes/small-core.ts', import.meta.url));

let root = '';
let core: ChildProcess | null = null;
let marker = '';

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh mäßig '));
});

afterEach(async () => {
  core?.kill('SIGKILL');
  for (const guard of await guardsOf({ runRoot: join(root, 'run') })) process.kill(guard, 'SIGKILL');
  await endFamily({ marker, leader: null, graceful: 0, bound: 5000 });
  for (const pid of await lingering()) process.kill(pid, 'SIGKILL');
  rmSync(root, { recursive: true, force: true });
});

function startCore(mode: string): ChildProcess {
  core = spawn(process.execPath, [smallCore, root, mode], { stdio: ['ignore', 'pipe', 'inherit'] });
  return core;
}

async function lingering(): Promise<number[]> {
  const rows = await listProcesses('none');
  return rows.filter(row => commandOf(row.pid).includes(`linger-${marker}`)).map(row => row.pid);
}

async function untilNothingIsLeft(): Promise<void> {
  const runRoot = join(root, 'run');
  await until(
    'nothing of the run is left',
    async () => (await findFamily(marker, null)).length === 0 && readdirSync(runRoot).length === 0,
  );
  await until('the guard has gone', async () => (await guardsOf({ runRoot })).length === 0);
}

test('SIGKILL of the core, five times: nothing is left after 10 s, whatever signals it ignores', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { stdout } = startCore('family');
    await once(stdout!, 'data');
    await until(
      'ready',
      () => existsSync(join(root, 'run')) && readdirSync(join(root, 'run')).some(isRecord),
    );
    marker = markerOf({ runRoot: join(root, 'run') });
    await until('the family is there', async () => (await lingering()).length === 2);
    core?.kill('SIGKILL');
    await untilNothingIsLeft();
    expect(await lingering()).toEqual([]);
  }
});

function isRecord(name: string): boolean {
  return name.endsWith('.json');
}

test('SIGKILL of the core at any moment of the start leaves nothing', async () => {
  for (const delay of [0, 5, 10, 20, 30, 40, 60, 80, 120, 160]) {
    startCore('good');
    const record = (): string | undefined =>
      existsSync(join(root, 'run')) ? readdirSync(join(root, 'run')).find(isRecord) : undefined;
    await until('a record', () => record() !== undefined);
    marker = markerOf({ runRoot: join(root, 'run') });
    // Not a wait for something: the moment is what is tried.
    await new Promise(resolve => setTimeout(resolve, delay));
    core?.kill('SIGKILL');
    await until('the core is gone', () => core?.signalCode === 'SIGKILL');
    // Before the guard stood there was no server either: only the record and the folder, which the next start
    // removes. One that was just being made may be seen late.
    await until('the guard, if there was one, and all of its family have gone', async () => {
      const guards = await guardsOf({ runRoot: join(root, 'run') });
      return guards.length === 0 && (await findFamily(marker, null)).length === 0;
    });
    await cleanStaleRuns(join(root, 'run'), notingLog());
    expect(readdirSync(join(root, 'run'))).toEqual([]);
  }
});

test('the guard and the core killed together: the next start cleans up', async () => {
  const { stdout } = startCore('family');
  await once(stdout!, 'data');
  const runRoot = join(root, 'run');
  await until('a guard', async () => (await guardsOf({ runRoot })).length === 1);
  marker = markerOf({ runRoot });
  await until('the family is there', async () => (await lingering()).length === 2);
  const living = await cleanStaleRuns(runRoot, notingLog());
  expect(living).toEqual({ cleaned: 0, left: 0 });
  expect(await findFamily(marker, null)).not.toEqual([]);
  const [guard] = await guardsOf({ runRoot });
  core?.kill('SIGSTOP');
  process.kill(guard ?? 0, 'SIGKILL');
  core?.kill('SIGKILL');
  await until('the core is gone', () => core?.signalCode === 'SIGKILL');
  expect(await findFamily(marker, null)).not.toEqual([]);
  writeFileSync(join(runRoot, 'stranger.json'), '{"pid": 1}');
  expect(await cleanStaleRuns(runRoot, notingLog())).toEqual({ cleaned: 1, left: 0 });
  expect(readdirSync(runRoot)).toEqual(['stranger.json']);
  expect(await lingering()).toEqual([]);
});
