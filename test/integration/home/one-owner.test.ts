/*
 * One owner of a home's state at a time, whatever the environment says about where sockets lie, and on
 * whichever computer.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { coreScript, eventually, type Said } from '../../support/core.ts';

interface OnComputer {
  readonly environment: Record<string, string>;
  /** What a command is put behind. */
  readonly before: readonly string[];
}

const program = [
  '--credential',
  'none',
  '--',
  'python3',
  '-m',
  'http.server',
  '--bind',
  '127.0.0.1',
  '{port}',
];
let home: string;
let usual: OnComputer;
let other: OnComputer;
let node2: OnComputer;

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'owner '));
  const runtimes = [join(home, 'run one'), join(home, 'run two'), join(home, 'run three')];
  for (const folder of runtimes) await mkdir(folder, { mode: 0o700 });
  const [first = '', second = '', third = ''] = runtimes;
  const environment = { PATH: process.env['PATH'] ?? '', HOME: home, LANG: 'C.UTF-8' };
  usual = { environment: { ...environment, XDG_RUNTIME_DIR: first }, before: [] };
  other = { environment: { ...environment, XDG_RUNTIME_DIR: second }, before: [] };
  node2 = { environment: { ...environment, XDG_RUNTIME_DIR: third }, before: await secondComputer() };
});
afterEach(async () => {
  for (const place of [usual, other]) await cli(place, 'quit');
  await rm(home, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
});

/**
 * The start of a command that runs in namespaces of its own: other names, other processes, another network,
 * another life of the computer. Only the home is the same.
 */
async function secondComputer(): Promise<readonly string[]> {
  await writeFile(join(home, 'boot-id'), '00000000-0000-4000-8000-000000000002\n');
  await writeFile(join(home, 'machine-id'), '00000000000000000000000000000002\n');
  const script = `
    hostname node2
    mount --bind "$1/boot-id" /proc/sys/kernel/random/boot_id || exit 99
    if [ -e /etc/machine-id ]; then mount --bind "$1/machine-id" /etc/machine-id || exit 99; fi
    ip link set lo up 2>/dev/null
    shift
    exec "$@"`;
  const own = ['--uts', '--pid', '--net', '--mount', '--fork', '--mount-proc', '--kill-child'];
  return ['unshare', ...own, '--', 'sh', '-c', script, 'node2', home];
}

function run({ environment, before }: OnComputer, args: readonly string[]): ChildProcess {
  const [name = '', ...rest] = [...before, process.execPath, coreScript, ...args];
  return spawn(name, rest, { env: environment, cwd: home });
}

async function cli(place: OnComputer, ...args: string[]): Promise<Said> {
  const child = run(place, [...args, ...(args.includes('--') ? [] : ['--json'])]);
  let [out, err] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

const start = (place: OnComputer, name: string): Promise<Said> =>
  cli(place, 'start', '--no-trust', '--name', name, ...program);

async function names(place: OnComputer): Promise<string[]> {
  const { out, err } = await cli(place, 'list');
  if (out === '') throw new Error(err);
  return (JSON.parse(out) as ServerInfo[]).map(({ name }) => name).toSorted();
}

async function pidOf(place: OnComputer): Promise<number> {
  return (JSON.parse((await cli(place, 'about')).out) as { pid: number }).pid;
}

const stateFolder = (): string => join(home, '.local', 'state', 'gatehouse');
const locks = async (): Promise<string[]> =>
  (await readdir(stateFolder())).filter(name => name.startsWith('home.lock'));

test('attack: a second core for the home, by another XDG_RUNTIME_DIR, loses what the first remembers', async () => {
  expect(await start(other, 'a')).toMatchObject({ code: 0 });
  expect(await start(usual, 'b')).toMatchObject({ code: 0 });
  expect(await start(other, 'c')).toMatchObject({ code: 0 });
  expect(await names(usual)).toEqual(['a', 'b', 'c']);
  expect(await pidOf(usual)).toBe(await pidOf(other));
  expect(await cli(usual, 'quit')).toMatchObject({ code: 0 });
  expect(await names(usual)).toEqual(['a', 'b', 'c']);
  expect(await names(other)).toEqual(['a', 'b', 'c']);
  expect(await locks()).toEqual([]);
});

test('two that start at once, each with a runtime folder of its own, come to one core', async () => {
  const said = await Promise.all([start(usual, 'a'), start(other, 'b')]);
  expect(said.map(({ code, err }) => ({ code, err }))).toEqual([
    { code: 0, err: expect.any(String) },
    { code: 0, err: expect.any(String) },
  ]);
  expect(await names(usual)).toEqual(['a', 'b']);
});

test('commands that change something without a core lose nothing of each other', async () => {
  for (const name of ['a', 'b', 'c', 'd']) await start(usual, name);
  await cli(usual, 'quit');
  const said = await Promise.all([
    cli(usual, 'forget', 'a'),
    cli(other, 'forget', 'b'),
    cli(other, 'forget', 'c'),
  ]);
  expect(said.map(({ code, err }) => [code, err])).toEqual([0, 0, 0].map(code => [code, expect.any(String)]));
  expect(await names(usual)).toEqual(['d']);
});

test('a core that was killed, at whatever moment, locks nobody out', async () => {
  expect(await start(usual, 'a')).toMatchObject({ code: 0 });
  process.kill(await pidOf(usual), 'SIGKILL');
  expect(await start(other, 'b')).toMatchObject({ code: 0 });
  expect(await names(other)).toEqual(['a', 'b']);
  await cli(other, 'quit');
  for (const moment of [40, 80, 120, 160, 220, 300]) {
    const child = run(usual, ['serve', '--background']);
    // Not a wait for something: the moment is what is tried.
    await new Promise(resolve => setTimeout(resolve, moment));
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  // What a computer that lost its power may leave behind.
  await writeFile(join(stateFolder(), 'home.lock.90'), '{"pid": 1');
  expect(await start(other, 'c')).toMatchObject({ code: 0 });
  expect(await names(usual)).toEqual(['a', 'b', 'c']);
  expect(await locks()).toHaveLength(1);
});

test('a second computer with this home is told which is the first, changes nothing, and takes over when it is told to', async context => {
  const probe = await cli(node2, '--version').catch(() => null);
  if (probe?.code !== 0) context.skip('no right to make namespaces here');
  expect(await start(usual, 'a')).toMatchObject({ code: 0 });
  const first = await pidOf(usual);
  const refused = await start(node2, 'b');
  expect(refused.code).toBe(4);
  expect(refused.err).toMatch(
    new RegExp(`process ${first}, in the background; last sign of life \\d+ s ago`),
  );
  expect(refused.err).toMatch(/gatehouse quit.*GATEHOUSE_HOME=~\/'\.gatehouse-node2'.*gatehouse takeover/s);
  // Looking is allowed, and says whose it is; changing is not.
  const listed = await cli(node2, 'list');
  expect([listed.code, listed.err]).toEqual([0, expect.stringContaining('This home belongs to')]);
  for (const change of [
    ['forget', 'a'],
    ['config', 'set', 'core.graceMinutes', '5'],
    ['trust', home],
    ['audit', '--verify'],
  ]) {
    expect(await cli(node2, ...change), change.join(' ')).toMatchObject({
      code: 4,
      err: expect.stringContaining('home-in-use'),
    });
  }
  expect(await cli(node2, 'takeover')).toMatchObject({ code: 4 });
  expect(await names(usual)).toEqual(['a']);
  // A home of its own below the shared one works at once.
  const apart = {
    ...node2,
    environment: { ...node2.environment, GATEHOUSE_HOME: join(home, '.gatehouse-node2') },
  };
  expect(await cli(apart, 'config', 'set', 'core.graceMinutes', '7')).toMatchObject({ code: 0 });

  const before = await readFile(join(stateFolder(), 'servers.json'), 'utf8');
  expect(await cli(node2, 'takeover', '--yes')).toMatchObject({ code: 0 });
  // The first one is refused each write from that moment on, and ends.
  const late = await start(usual, 'late');
  expect(late.code).not.toBe(0);
  expect(await readFile(join(stateFolder(), 'servers.json'), 'utf8')).toBe(before);
  await eventually('the end of the first core', 20_000, async () => {
    try {
      return !process.kill(first, 0);
    } catch {
      return true;
    }
  });
  expect(await cli(node2, 'config', 'set', 'core.graceMinutes', '9')).toMatchObject({ code: 0 });
  expect(await start(usual, 'b')).toMatchObject({ code: 0 });
  expect(await names(usual)).toEqual(['a', 'b']);
  // On its own computer there is nothing to take over.
  expect(await cli(usual, 'takeover', '--yes')).toMatchObject({
    code: 1,
    err: expect.stringContaining('core-running'),
  });
});
