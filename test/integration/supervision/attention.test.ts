/* A core that nobody looks at any more stops its servers in order and ends. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import packageFile from '../../../package.json' with { type: 'json' };
import { connectCore } from '../../../src/main/control/connect-core.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { eventually, makeHome, type TestHome } from '../../support/core.ts';
import { processesOf } from '../../support/processes.ts';

let home: TestHome;
beforeEach(async () => {
  home = await makeHome();
  await home.cli('config', 'set', 'secrets.store', 'memory');
  await home.cli('config', 'set', 'core.graceMinutes', '0');
});
afterEach(() => home[Symbol.asyncDispose]());

const custom = ['--', 'python3', '-u', '-m', 'http.server', '{port}', '--bind', '127.0.0.1'];

test(
  'when the shell has gone and its grace is over, everything ends in order',
  { timeout: 90_000 },
  async () => {
    await home.json<ServerInfo>('start', '--name', 'a', ...custom);
    const shell = await connectCore({ runtime: home.runtime, role: 'shell', version: packageFile.version });
    const watcher = await home.client();
    shell.close();
    // Somebody is still connected: it goes on. The grace is 0, so only the connection keeps it.
    await eventually('an answer', 5000, () => watcher.call('server.list'));
    const closed = new Promise<void>(resolve => watcher.onClose(resolve));
    watcher.close();
    await closed;
    await eventually(
      'the end of the core',
      60_000,
      async () => (await processesOf(home.folder)).length === 0,
    );
    expect((await home.json<ServerInfo[]>('list')).map(({ state }) => state)).toEqual(['stopped']);
  },
);
