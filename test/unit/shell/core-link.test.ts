import { expect, test, vi } from 'vitest';
import { CoreLink } from '../../../src/main/shell/core-link.ts';
import type { CoreClient, ShellLog } from '../../../src/main/shell/shell-ports.ts';
import { TokenCache } from '../../../src/main/shell/guards/token-cache.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { serverInfo } from './server-info.ts';

const silent: ShellLog = { info: () => {}, warn: () => {}, error: () => {} };

/** A core in memory: answers calls from a table, and announces what a test tells it to. */
class FakeCore {
  readonly listeners = new Map<string, (event: never) => void>();
  readonly closers: (() => void)[] = [];
  readonly answers: Record<string, () => unknown>;

  constructor(answers: Record<string, () => unknown>) {
    this.answers = answers;
  }

  tell(name: string, event: unknown): void {
    this.listeners.get(name)?.(event as never);
  }

  end(): void {
    for (const closer of this.closers.splice(0)) closer();
  }

  client(): CoreClient {
    return {
      call: (async (name: string) => {
        const answer = this.answers[name];
        if (answer === undefined) throw new Error(`no ${name}`);
        return answer();
      }) as CoreClient['call'],
      on: (name, listener) => {
        this.listeners.set(name, listener);
        return () => {};
      },
      onClose: listener => {
        this.closers.push(listener);
        return () => {};
      },
      close: () => this.end(),
    };
  }
}

test('knows the servers, and follows what is announced', async () => {
  const core = new FakeCore({ 'server.list': () => [serverInfo({})] });
  const link = new CoreLink(async () => core.client(), silent);
  await link.connect();
  expect(link.state.core).toBe('ready');
  core.tell('server.changed', serverInfo({ state: 'restarting' }));
  expect(link.server('thesis-1')?.state).toBe('restarting');
  core.tell('server.forgotten', { id: 'thesis-1' });
  expect(link.servers).toEqual([]);
});

test('what is announced while the list is on its way is not lost', async () => {
  const core: FakeCore = new FakeCore({
    'server.list': (): readonly ServerInfo[] => {
      core.tell('server.changed', serverInfo({ state: 'failed' }));
      return [serverInfo({ state: 'starting' })];
    },
  });
  const link = new CoreLink(async () => core.client(), silent);
  await link.connect();
  expect(link.server('thesis-1')?.state).toBe('failed');
});

test('a core that ends is taken up again, and its servers are asked for anew', async () => {
  const cores = [
    new FakeCore({ 'server.list': () => [serverInfo({})] }),
    new FakeCore({ 'server.list': () => [] }),
  ];
  let at = 0;
  const states: string[] = [];
  const link = new CoreLink(async () => (cores[at++] as FakeCore).client(), silent);
  link.watch({ onState: ({ core }) => states.push(core) });
  await link.connect();
  cores[0]?.end();
  await vi.waitFor(() => expect(link.state.core).toBe('ready'));
  expect(link.servers).toEqual([]);
  expect(states).toEqual(['connecting', 'ready', 'lost', 'connecting', 'ready']);
});

test('a core that keeps ending is not started for ever', async () => {
  let opened = 0;
  let current: FakeCore | null = null;
  const link = new CoreLink(async () => {
    opened += 1;
    current = new FakeCore({ 'server.list': () => [] });
    return current.client();
  }, silent);
  await link.connect();
  for (let ends = 0; ends < 4; ends += 1) {
    await vi.waitFor(() => expect(link.state.core).toBe('ready'));
    (current as FakeCore | null)?.end();
  }
  expect(link.state.core).toBe('lost');
  expect(opened).toBe(4);
  await link.connect();
  expect(link.state.core).toBe('ready');
});

test('a core that cannot be had is a state with a reason; a call says it', async () => {
  const link = new CoreLink(() => Promise.reject(new Error('No Node.')), silent);
  await link.connect();
  expect(link.state).toEqual({ core: 'lost', reason: 'No Node.' });
  expect(() => link.call('server.list')).toThrow('No Node.');
});

test('a wanted end stays an end', async () => {
  let opened = 0;
  const core = new FakeCore({ 'server.list': () => [] });
  const link = new CoreLink(async () => {
    opened += 1;
    return core.client();
  }, silent);
  await link.connect();
  link.end();
  await link.connect();
  expect(opened).toBe(1);
});

test('a token is asked for once at a time, and whether it changed is told', async () => {
  let token = 'first';
  const url = 'http://lab-secret.localhost:5000/';
  const own = 'http://lab-secret.localhost:5000';
  const core = new FakeCore({ 'server.list': () => [], 'server.windowToken': () => ({ url, token }) });
  const link = new CoreLink(async () => core.client(), silent);
  await link.connect();
  const keeper = new TokenCache(link, silent);
  expect(keeper.reveal('lab', own)).toBeNull();
  expect(await Promise.all([keeper.refresh('lab'), keeper.refresh('lab')])).toEqual([true, true]);
  expect(await keeper.refresh('lab')).toBe(false);
  token = 'second';
  expect(await keeper.refresh('lab')).toBe(true);
  expect(keeper.reveal('lab', own)).toBe('second');
  // Whoever took the port, or has the next address, is not shown it.
  expect(keeper.reveal('lab', 'http://lab-other.localhost:5000')).toBeNull();
  expect(JSON.stringify(keeper)).not.toContain('second');
  keeper.forget('lab');
  expect(keeper.reveal('lab', own)).toBeNull();
});
