/* What a real core says of servers that are open beside its door, and that it does not share them. */
import { networkInterfaces } from 'node:os';
import { expect, test } from 'vitest';
import type { ServerInfo } from '../../src/shared/model.ts';
import { makeHome } from '../support/core.ts';

const port = ['-m', 'http.server', '{port}'];

test('a server that is open to the network says so, and is not shared', async () => {
  await using home = await makeHome();
  const server = await home.json<ServerInfo>(
    'start',
    '--name',
    'docs',
    '--',
    'python3',
    ...port,
    '--bind',
    '0.0.0.0',
  );
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
    expect.stringMatching(
      /"docs" cannot be shared, because it is open beside the door: whoever reaches port \d+/,
    ),
  ]);
  expect(await home.json('links')).toEqual([]);
  expect((await home.cli('logs', 'docs')).out).toMatch(
    /gatehouse: Looked at from outside its door: it listens on the network, on port \d+, and answers anybody \//,
  );
});

test('a server that is open to this computer alone says so, and is shared', async () => {
  await using home = await makeHome();
  const server = await home.json<ServerInfo>(
    'start',
    '--name',
    'docs',
    '--',
    'python3',
    ...port,
    '--bind',
    '127.0.0.1',
  );
  expect(server.reason).toMatch(/; other accounts of this computer can reach its port directly\.$/);
  const { code } = await home.cli('share', 'docs', '--role', 'full', '--yes');
  expect(code).toBe(0);
});

test('a server on a private socket has nothing to say', async () => {
  await using home = await makeHome();
  const server = await home.json<ServerInfo>('start', 'jupyter', '--name', 'lab');
  expect(server.reason).toBe('It answers and is ours.');
  expect((await home.cli('logs', 'lab')).out).toMatch(
    /it listens on a private socket alone, and nobody else can ask it\./,
  );
});
