import { Writable } from 'node:stream';
import { CommanderError, type Command } from 'commander';
import { expect, test } from 'vitest';
import type { CommandContext, GlobalOptions } from '../../../src/main/cli/command-context.ts';
import { examplesOf } from '../../../src/main/cli/examples.ts';
import { buildProgram, exitCodeOf } from '../../../src/main/cli/program.ts';
import { splitTarget } from '../../../src/main/cli/target-options.ts';
import type { CoreClient } from '../../../src/main/control/core-client.ts';
import { serverInfo } from '../shell/server-info.ts';

interface Said {
  readonly calls: unknown[];
  readonly code: number;
  readonly error: string;
}

class Reached extends Error {}

/** A core that notes what it is called with. It knows one server, and answers nothing else. */
function context(calls: unknown[], options: GlobalOptions): CommandContext {
  const sink = new Writable({ write: (_chunk, _encoding, done) => done() });
  const client = {
    coreVersion: '1.2.3',
    call: async (name: string, ...args: unknown[]) => {
      if (name === 'server.list') return [serverInfo({ id: 'a' })];
      calls.push([name, ...args]);
      throw new Reached(name);
    },
    on: () => () => {},
    onClose: () => () => {},
    close: () => {},
  } as unknown as CoreClient;
  const connect = async (): Promise<CoreClient> => client;
  return {
    output: { out: sink, err: sink, json: options.json === true },
    connector: { running: connect, reading: connect, ensured: connect },
    cwd: '/cwd',
    argv: [],
    runtime: '/run',
    environment: {},
    home: { home: '/home', runtime: '/run' } as unknown as CommandContext['home'],
    openCore: () => Promise.reject(new Reached('openCore')),
    interrupted: async () => {},
    ask: null,
    askSecret: async () => 'secret',
  };
}

function programOf(calls: unknown[], said: (error: string) => void): Command {
  return buildProgram({
    version: '1.2.3',
    write: text => void calls.push(text),
    writeError: said,
    context: options => context(calls, options),
  });
}

async function run(argv: string[]): Promise<Said> {
  const calls: unknown[] = [];
  let error = '';
  const program = programOf(calls, text => void (error += text));
  try {
    await program.parseAsync(argv, { from: 'user' });
    return { calls, code: 0, error };
  } catch (thrown) {
    if (thrown instanceof Reached) return { calls, code: 0, error };
    if (!(thrown instanceof CommanderError)) throw thrown;
    return { calls, code: exitCodeOf(thrown), error };
  }
}

test.each<[string[], unknown[]]>([
  [['certificate'], ['share.certificate']],
  [
    ['certificate', 'passphrase'],
    ['share.keyPassphrase', 'secret'],
  ],
  [['ca'], ['authority.info']],
  [['config'], ['config.list']],
  [
    ['trust', '/x', '--forget'],
    ['folders.forget', '/x'],
  ],
  [
    ['stop', '--all'],
    ['server.stop', 'a'],
  ],
  [
    ['stop', 'a'],
    ['server.stop', 'a'],
  ],
  [
    ['forget', 'a'],
    ['server.forget', 'a'],
  ],
  [
    ['link', 'a', '--tool'],
    ['server.link', 'a', { tool: true }],
  ],
  [
    ['token', 'a', '--rotate'],
    ['server.rotateToken', 'a'],
  ],
  [
    ['logs', 'a', '-n', '5', '-f'],
    ['server.logs', 'a', { lines: 5 }],
  ],
  [
    ['profiles', '--cached'],
    ['profiles.find', { fresh: false, folder: '/cwd' }],
  ],
  [
    ['config', 'set', 'a', '1', '--json'],
    ['config.set', 'a', 1],
  ],
  [
    ['config', 'set', 'a', 'word'],
    ['config.set', 'a', 'word'],
  ],
  [['setup'], ['setup.run', 'jupyter']],
  [
    ['setup', 'jupyter', '--remove'],
    ['setup.remove', 'jupyter'],
  ],
  [
    ['audit', '-n', '5'],
    ['audit.read', { lines: 5 }],
  ],
  [
    ['secret', 'migrate', '--key-file', 'key'],
    ['secret.rotate', { keyFile: '/cwd/key' }],
  ],
  [
    ['share', 'a', '--off'],
    ['share.stop', 'a'],
  ],
])('%j', async (argv, wanted) => {
  expect((await run(argv)).calls).toEqual([wanted]);
});

test('every command has an example in its help, and an example is a command line that parses', async () => {
  const all = programOf([], () => {}).commands.flatMap(each => [each, ...each.commands]);
  expect(all.length).toBeGreaterThan(35);
  for (const command of all) {
    const examples = examplesOf(command);
    expect(examples, command.name()).not.toEqual([]);
    for (const [line] of examples) {
      const [program, ...argv] = line.split(' ');
      expect(program).toBe('gatehouse');
      const parent = command.parent?.parent === null ? [] : [command.parent?.name()];
      expect(argv.slice(0, parent.length + 1), line).toEqual(
        [...parent, command.name()].slice(0, argv.length),
      );
      const { code, error } = await run(argv).catch(() => ({ code: 0, error: '' }));
      expect({ line, code, error }).toEqual({ line, code: 0, error: '' });
    }
  }
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

test.each<[string[], string | undefined, string[], [string | undefined, string[]]]>([
  [['serve', 'jupyter'], 'jupyter', [], ['jupyter', []]],
  [
    ['serve', '--', 'srv', '--port', '{port}'],
    'srv',
    ['--port', '{port}'],
    [undefined, ['srv', '--port', '{port}']],
  ],
  [['serve', 'custom', '--', 'srv', '-x'], 'custom', ['srv', '-x'], ['custom', ['srv', '-x']]],
  [['serve', '--', 'srv'], 'srv', [], [undefined, ['srv']]],
])('%j: the words after the dashes are the command', (argv, target, words, wanted) => {
  expect(splitTarget(target, words, argv)).toEqual(wanted);
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
