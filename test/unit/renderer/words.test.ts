import { expect, test } from 'vitest';
import {
  announcement,
  clockTime,
  duration,
  shortPath,
  splitCommand,
  stateWords,
} from '../../../src/renderer/words.ts';
import { serverInfo } from '../shell/server-info.ts';

test.each([
  [-5, '0 s'],
  [999, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [3_599_999, '59 min'],
  [7_200_000, '2 h'],
  [86_400_000 * 3, '3 d'],
])('%d ms are %s', (milliseconds, wanted) => {
  expect(duration(milliseconds)).toBe(wanted);
});

const now = Date.parse('2026-11-22T12:00:14.000Z');

test.each([
  ['ready', 'running for 14 s'],
  ['starting', 'starting, 14 s'],
  ['restarting', 'restarting: it ended by itself'],
  ['unhealthy', 'not answering: it ended by itself'],
  ['stopped', 'stopped'],
  ['failed', 'did not start'],
] as const)('a server that is %s: %s', (state, wanted) => {
  expect(stateWords(serverInfo({ state, reason: 'It ended by itself.' }), now)).toBe(wanted);
});

test('a change is announced by name', () => {
  expect(announcement(serverInfo({ state: 'ready' }))).toBe('thesis is running');
});

test.each([
  ['/home/mira/work', '/home/mira', '~/work'],
  ['/home/mira', '/home/mira', '~'],
  ['/home/miranda', '/home/mira', '/home/miranda'],
  ['/home/mira', null, '/home/mira'],
  ['/opt', '/', '/opt'],
])('%s under %s is %s', (path, home, wanted) => {
  expect(shortPath(path, home)).toBe(wanted);
});

test.each([
  ['', []],
  ['  marimo   edit ', ['marimo', 'edit']],
  ['run "a b" c', ['run', 'a b', 'c']],
  ["run 'a \"b' c", ['run', 'a "b', 'c']],
  ['run --x="a b"c', ['run', '--x=a bc']],
  ['a\\ b', ['a b']],
  ['"C:\\\\x \\"y\\""', ['C:\\x "y"']],
  ['run ""', ['run', '']],
  ['run $HOME | tee', ['run', '$HOME', '|', 'tee']],
  ['größe {port}', ['größe', '{port}']],
])('%j is split into %j', (text, wanted) => {
  expect(splitCommand(text)).toEqual(wanted);
});

test('a time that cannot be read is left out', () => {
  expect(clockTime('never')).toBe('');
  expect(clockTime('2026-11-22T12:00:14.000Z')).toMatch(/^\d\d:\d\d:14$/u);
});
