/* What a real core says of servers that are open beside its door, and that it does not share them. */
import { writeFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { eventually, makeHome, type TestHome } from '../../support/core.ts';
import { GuestClient } from '../../support/guest.ts';
import { openShared } from '../../support/shared.ts';

/** Starts a server that asks nobody, bound to an address. */
function docs(home: TestHome, address: string): Promise<ServerInfo> {
  const command = ['python3', '-m', 'http.server', '{port}', '--bind', address];
  return home.json('start', '--name', 'docs', '--', ...command);
}

test('a server that is open to the network says so, and is not shared', async () => {
  await using home = await makeHome();
  const server = await docs(home, '0.0.0.0');
  expect(server.reason).toMatch(
    /listens on the network \(port \d+\), where it answers other computers without a credential \(\/\)\.$/,
  );
  const there = Object.values(networkInterfaces())
    .flatMap(each => each ?? [])
    .find(({ internal, family }) => !internal && family === 'IPv4');
  if (there !== undefined) {
    // The attack: the door is not needed at all.
    const [, number] = /port (\d+)/.exec(server.reason) ?? [];
    expect((await fetch(`http://${there.address}:${number}/`)).status).toBe(200);
  }
  const { code, err } = await home.cli('share', 'docs', '--role', 'full', '--yes');
  expect([code, err]).toEqual([
    4,
    expect.stringMatching(/"docs" cannot be shared: it is open beside the door: anyone who reaches port \d+/),
  ]);
  expect(await home.json('links')).toEqual([]);
  expect((await home.cli('logs', 'docs')).out).toMatch(
    /gatehouse: Seen from outside the gateway: it listens on the network, on port \d+, and answers anybody \//,
  );
});

test('a server that is open to this computer alone says so, and is shared', async () => {
  await using home = await makeHome();
  const server = await docs(home, '127.0.0.1');
  expect(server.reason).toMatch(/; other accounts of this computer can reach its port directly\.$/);
  const { code } = await home.cli('share', 'docs', '--role', 'full', '--yes');
  expect(code).toBe(0);
});

test('a server on a private socket has nothing to say', async () => {
  await using home = await makeHome();
  const server = await home.json<ServerInfo>('start', 'jupyter', '--name', 'lab');
  expect(server.reason).toBe('It answers and is ours.');
  expect((await home.cli('logs', 'lab')).out).toMatch(
    /it listens only on a private socket, and nobody else can reach it\./,
  );
});

test('a server that comes back open to the network is shut for the guests that it had', async () => {
  const bind = (home: TestHome, address: string): Promise<void> =>
    writeFile(join(home.folder, 'bind'), address);
  const command = ['sh', '-c', 'exec python3 -m http.server {port} --bind "$(cat bind)"'];
  const shared = await openShared({}, ['--', ...command], home => bind(home, '127.0.0.1'));
  try {
    const guest = new GuestClient((await shared.share()).url, shared.authority);
    await guest.join();
    expect((await guest.open('/bind')).status).toBe(200);
    await bind(shared.home, '0.0.0.0');
    await shared.core.call('server.restart', shared.served.server.id);
    await eventually('it is back, and says where it listens', 20_000, async () =>
      (await shared.core.call('server.list')).some(
        ({ state, caveat }) => state === 'ready' && caveat?.includes('network') === true,
      ),
    );
    expect((await guest.open('/bind')).status).toBe(503);
  } finally {
    await shared.close();
  }
});
