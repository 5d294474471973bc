import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RunResources, type RunResourcesOptions } from '../../../src/main/core/server/run-resources.ts';
import { guardsOf, notingLog, simpleRedactor } from '../../fakes/supervised.ts';

let root = '';
const redactor = simpleRedactor();
const log = notingLog();

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'gh-site-'));
});

afterEach(() => rmSync(root, { recursive: true, force: true }));

function resources(more: Partial<RunResourcesOptions> = {}): RunResources {
  return new RunResources({
    runRoot: join(root, 'run'),
    serverId: 'lab',
    folder: root,
    user: 'me',
    redactor,
    log,
    ...more,
  });
}

test('record, folder and guard stand before a server, and go with it', async () => {
  const it = resources();
  const context = await it.build();
  const { name } = it.names;
  expect(redactor.known).toContain(context.secret.reveal());
  expect(readdirSync(join(root, 'run')).sort()).toEqual([name, `${name}.json`]);
  expect(readFileSync(join(root, 'run', `${name}.json`), 'utf8')).not.toContain(context.secret.reveal());
  const [guard] = await guardsOf({ runRoot: join(root, 'run') });
  expect(guard).toBeDefined();
  await it.follow({ pid: 4_000_000, start: '1' });
  expect(readFileSync(join(root, 'run', `${name}.json`), 'utf8')).toContain(
    '"server":{"pid":4000000,"start":"1"}',
  );
  await it.takeDown(0);
  expect(readdirSync(join(root, 'run'))).toEqual([]);
  expect(await guardsOf({ runRoot: join(root, 'run') })).toEqual([]);
  expect(redactor.known.size).toBe(0);
});

test('what cannot be ended keeps its record, and no secret', async () => {
  const it = resources();
  const context = await it.build();
  writeFileSync(join(context.directory, 'secret'), context.secret.reveal());
  await it.takeDown(1);
  expect(readdirSync(join(root, 'run'))).toEqual([`${it.names.name}.json`]);
  expect(log.notes.join()).toContain('cannot be ended');
});

test.each<[string, Partial<RunResourcesOptions>, string]>([
  ['run root', { runRoot: '/dev/null/run' }, 'run-folder-failed'],
  ['record', { runRoot: '/proc/1/run' }, 'run-folder-failed'],
  ['working folder', { folder: '/nowhere' }, 'no-such-folder'],
  ['guard', { guardPath: '/nowhere/guard.sh' }, 'guard-failed'],
])('without its %s there is no run, and nothing is left of it', async (_name, change, code) => {
  const it = resources(change);
  await expect(it.build()).rejects.toMatchObject({ code });
  await it.takeDown(0);
  expect(existsSync(join(root, 'run')) ? readdirSync(join(root, 'run')) : []).toEqual([]);
});
