import { CommanderError } from 'commander';
import { expect, test } from 'vitest';
import { buildProgram, exitCodeOf, splitTarget, type Actions } from '../../../src/main/cli/program.ts';

interface Said {
  readonly calls: unknown[];
  readonly code: number;
  readonly error: string;
}

/** Runs one command line against actions that only write down what they were asked. */
async function run(argv: string[]): Promise<Said> {
  const calls: unknown[] = [];
  let error = '';
  const program = buildProgram({
    version: '1.2.3',
    write: text => void calls.push(text),
    writeError: text => void (error += text),
    actions: options =>
      new Proxy({} as Actions, {
        get:
          (_target, name) =>
          async (...args: unknown[]) =>
            void calls.push([name, ...args, options.json === true]),
      }),
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
    return { calls, code: 0, error };
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    return { calls, code: exitCodeOf(thrown), error };
  }
}

test.each<[string[], unknown[]]>([
  [['certificate'], ['certificateShow', false]],
  [['ca'], ['authorityShow', false]],
  [['config'], ['configList', false]],
  [
    ['trust', '/x', '--forget'],
    ['trust', '/x', { forget: true }, false],
  ],
  [
    ['list', '--json'],
    ['list', { json: true }, true],
  ],
  [
    ['list', '--matlab-proxy', '-q'],
    ['list', { matlabProxy: true, quiet: true }, false],
  ],
  [
    ['stop', '--all'],
    ['stop', undefined, { all: true }, false],
  ],
  [
    ['link', 'a', '--tool'],
    ['link', 'a', { tool: true }, false],
  ],
  [
    ['logs', 'a', '-n', '5', '-f'],
    ['logs', 'a', { lines: '5', follow: true }, false],
  ],
  [
    ['config', 'set', 'a', '1', '--json'],
    ['configSet', 'a', '1', true],
  ],
  [['setup'], ['setup', 'jupyter', {}, false]],
])('%j', async (argv, wanted) => {
  expect((await run(argv)).calls).toEqual([wanted]);
});

test.each([
  [['nonsense']],
  [['stop', '--nonsense']],
  [['link']],
  [['list', '--secrets', 'plain']],
  [['logs', 'a', 'b']],
])('wrong usage %j ends with 2 and says so', async argv => {
  const { calls, code, error } = await run(argv);
  expect({ calls, code }).toEqual({ calls: [], code: 2 });
  expect(error).toMatch(/error:/);
});

test('help and version are no errors', async () => {
  expect((await run(['--version'])).code).toBe(0);
  expect((await run(['serve', '--help'])).code).toBe(0);
});

test.each<[string[], string | undefined, string[]]>([
  [['serve', 'jupyter'], 'jupyter', []],
  [['serve', '--', 'srv', '--port', '{port}'], undefined, ['srv', '--port', '{port}']],
  [['serve', 'custom', '--', 'srv', '-x'], 'custom', ['srv', '-x']],
  [['serve', '--', 'srv'], undefined, ['srv']],
])('%j: what is behind the dashes is the command', async (argv, target, command) => {
  const { calls } = await run(argv);
  const [, given, words] = calls[0] as [string, string | undefined, string[]];
  expect(splitTarget(given, words, argv)).toEqual([target, command]);
});

test.each([
  ['share', 'a', '--off', '--role', 'viewer'],
  ['share', 'a', '--off', '--expires', '1h'],
  ['profiles', '--kinds', '--cached'],
])('%j: options of which one would not be heeded are refused', async (...argv) => {
  const { code, calls, error } = await run(argv);
  expect([code, calls]).toEqual([2, []]);
  expect(error).toContain('cannot be used with');
});

test('--off alone takes everything back', async () => {
  const [[name, id, options] = []] = (await run(['share', 'a', '--off'])).calls as unknown[][];
  expect([name, id, options]).toEqual(['share', 'a', expect.objectContaining({ off: true })]);
});
