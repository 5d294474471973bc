import { expect, test } from 'vitest';
import { callNames } from '../../src/shared/contract.ts';
import { answer, type Answers } from '../../src/main/core/calls.ts';

const asked: unknown[] = [];
// Every call answers with its own name and arguments, so that a test sees what came through.
const answers = Object.fromEntries(
  callNames.map(name => [name, async (...args: unknown[]) => void asked.push([name, ...args])]),
) as unknown as Answers;

test.each<[string, unknown[]]>([
  ['server.list', []],
  ['server.stop', ['jupyter-x7k2m9']],
  ['server.start', [{ profile: 'jupyter', folder: '/home/zoë/my work' }]],
  [
    'server.start',
    [{ profile: 'custom', command: ['a', '{port}'], credential: { kind: 'header', name: 'X-A' } }],
  ],
  ['config.set', ['core.graceMinutes', 5]],
])('%s %j passes', async (name, args) => {
  asked.length = 0;
  await answer(answers, name, args);
  expect(asked).toEqual([[name, ...args]]);
});

test.each<[string, unknown[]]>([
  ['server.list', [1]],
  ['server.stop', []],
  ['server.stop', ['../etc']],
  ['server.stop', ['a', 'b']],
  ['server.start', [{ profile: 'Perl' }]],
  ['server.start', [{ profile: 'jupyter', folder: 'relative' }]],
  ['server.start', [{ profile: 'jupyter', name: 'a\nb' }]],
  ['server.start', [{ profile: 'jupyter', extra: 1 }]],
  ['server.start', [{ profile: 'custom', credential: { kind: 'header', name: 'X-A\r\nB' } }]],
  ['server.start', [{ profile: 'custom', command: [] }]],
  ['server.start', [{ profile: 'jupyter', readySeconds: 0 }]],
  ['server.logs', ['a', { lines: 1e9 }]],
  ['server.link', ['a', { tool: 'yes' }]],
])('%s %j is refused', async (name, args) => {
  asked.length = 0;
  await expect(answer(answers, name, args)).rejects.toMatchObject({ code: 'bad-arguments', exitCode: 2 });
  expect(asked).toEqual([]);
});

test.each(['', 'toString', '__proto__', 'server.start ', 'constructor'])('"%s" is no call', async name => {
  await expect(answer(answers, name, [])).rejects.toMatchObject({ code: 'unknown-call' });
});
