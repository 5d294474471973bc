import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, test } from 'vitest';
import { familyOf, type ProcessRow } from '../../../../src/main/core/server/process/process-family.ts';
import {
  hasEntry,
  listProcesses,
  markedOf,
  parsePs,
  parseStat,
  signal,
  signalAll,
  startOf,
} from '../../../../src/main/core/server/process/processes.ts';

const someone: ProcessRow = {
  pid: 50,
  parent: 1,
  group: 50,
  session: 50,
  start: '9',
  zombie: false,
  marked: false,
};
const leader = { pid: 100, start: '5' };

function rows(...changes: Partial<ProcessRow>[]): ProcessRow[] {
  return changes.map(change => ({ ...someone, ...change }));
}

test.each<[string, ProcessRow[], number[]]>([
  ['nobody of the run', rows({ pid: 50 }), []],
  ['the leader', rows({ pid: 100, group: 100, session: 100, start: '5' }), [100]],
  ['a member of its group', rows({ pid: 101, group: 100, session: 9 }), [101]],
  ['a member of its session', rows({ pid: 101, group: 101, session: 100 }), [101]],
  ['marked, in a session of its own', rows({ pid: 101, group: 101, session: 101, marked: true }), [101]],
  [
    'a grandchild that denies everything but its parent',
    rows({ pid: 103, parent: 102 }, { pid: 102, parent: 101 }, { pid: 101, marked: true }),
    [101, 102, 103],
  ],
  ['a zombie', rows({ pid: 101, marked: true, zombie: true }), []],
  ['init and ourselves', rows({ pid: 1, marked: true }, { pid: 7, marked: true }), []],
  [
    'somebody else with the number of the leader',
    rows({ pid: 100, group: 100, session: 100, start: '6' }),
    [],
  ],
  [
    'marked ones, though the number of the leader is taken over',
    rows({ pid: 100, group: 100, session: 100, start: '6' }, { pid: 101, marked: true }),
    [101],
  ],
])('family: %s', (_name, table, wanted) => {
  expect(
    familyOf(table, leader, 7)
      .map(row => row.pid)
      .sort((one, other) => one - other),
  ).toEqual(wanted);
});

test.each([
  ['GATEHOUSE_RUN=ab\0', true],
  ['A=1\0GATEHOUSE_RUN=ab\0B=2\0', true],
  ['A=1\0GATEHOUSE_RUN=ab', true],
  ['X_GATEHOUSE_RUN=ab\0', false],
  ['GATEHOUSE_RUN=abc\0', false],
  ['A=GATEHOUSE_RUN=ab\0', false],
  ['X_GATEHOUSE_RUN=ab\0GATEHOUSE_RUN=ab\0', true],
  ['', false],
])('the environment %j is of the run: %s', (environment, wanted) => {
  expect(hasEntry(Buffer.from(environment), Buffer.from('GATEHOUSE_RUN=ab\0'))).toBe(wanted);
});

test('a name that looks like fields confuses nobody', () => {
  const text = `42 (a) S 1 (b\n) R 7 8 9 ${'0 '.repeat(15)}777 0`;
  expect(parseStat(text, true)).toEqual({
    pid: 42,
    parent: 7,
    group: 8,
    session: 9,
    start: '777',
    zombie: false,
    marked: true,
  });
  expect(parseStat('', false)).toBe(null);
});

test('a line of ps', () => {
  const line = '  42     7   8 S    Sun Nov 22 12:00:00 2026   ';
  expect(parsePs(line, new Set([42]))).toMatchObject({
    pid: 42,
    parent: 7,
    group: 8,
    start: 'Sun Nov 22 12:00:00 2026',
    marked: true,
  });
  expect(parsePs('', new Set())).toBe(null);
});

test('marked is what carries the whole marker and is of our own account', () => {
  const lines = [
    '  42   501 server GATEHOUSE_RUN=ab X=1',
    '  43   501 server GATEHOUSE_RUN=abc',
    '  44   502 server GATEHOUSE_RUN=ab',
    ' 501   502 server 501 GATEHOUSE_RUN=ab',
    '',
  ];
  expect([...markedOf(lines.join('\n'), 'ab', 501)]).toEqual([42]);
});

test.runIf(process.platform === 'linux' && process.getuid?.() === 0).each([
  ['plainly', []],
  ['in a process whose files it has made root', ['dumpable']],
])('the marker in the environment of another account makes nobody one of the run, %s', async (_name, how) => {
  // PR_SET_DUMPABLE (4) to 0 gives /proc/PID to root.
  const code = `import ctypes, sys, time
if sys.argv[1:]: ctypes.CDLL(None).prctl(4, 0, 0, 0, 0)
print("up", flush=True)
time.sleep(60)`;
  const child = spawn('/usr/bin/python3', ['-c', code, ...how], {
    env: { GATEHOUSE_RUN: 'unit-stranger' },
    cwd: '/',
    uid: 65_534,
    gid: 65_534,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  try {
    await Promise.race([once(child.stdout, 'data'), exited]);
    const row = (await listProcesses('unit-stranger')).find(({ pid }) => pid === child.pid);
    expect(row).toMatchObject({ marked: false, zombie: false });
  } finally {
    child.kill('SIGKILL');
    await exited;
  }
});

test('a real process: listed with its marker, signalled only while it is itself', async () => {
  const child = spawn('/bin/sleep', ['60'], { env: { GATEHOUSE_RUN: 'unit-processes' } });
  await once(child, 'spawn');
  const pid = child.pid ?? 0;
  const start = (await startOf(pid)) ?? '';
  const found = (await listProcesses('unit-processes')).filter(row => row.marked);
  expect(found).toMatchObject([{ pid, start, parent: process.pid }]);
  await signalAll([{ pid, start: `${start}1` }], 'SIGKILL');
  expect(await startOf(pid)).toBe(start);
  await signalAll([{ pid, start }], 'SIGKILL');
  if (child.signalCode === null) await once(child, 'exit');
  expect(child.signalCode).toBe('SIGKILL');
  expect(await startOf(pid)).toBe(null);
  expect(signal(pid, 'SIGTERM')).toBe(false);
});
