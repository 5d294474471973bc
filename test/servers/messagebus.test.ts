/*
 * The message bus of OVOS, from PyPI, behind the door, with its own client unmodified: as satellite and as
 * observer.
 */
import { execFile } from 'node:child_process';
import { on, once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { listenersOn, networkPorts } from '../../src/main/core/server/process/port-listeners.ts';
import { preflight, preflightCaveat } from '../../src/main/core/server/preflight.ts';
import type { NewShareLink } from '../../src/shared/share-model.ts';
import { openBusRoom, type BusRoom } from '../support/bus-room.ts';
import { toolUrl } from '../support/core.ts';
import { runPlan } from '../support/run-plan.ts';

let room: BusRoom;
beforeAll(async () => {
  room = await openBusRoom();
});
afterAll(() => room?.close());

test('behind the door it listens on no network, whatever its configuration says, and keeps the rest of it', async () => {
  expect(room.served.server.title).toMatch(/^OVOS message bus/);
  const pid = room.served.server.pid ?? 0;
  expect(await networkPorts([pid], [], process.platform)).toEqual([]);
  expect(await listenersOn(room.configured, process.platform)).toEqual([]);
  const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
  expect(argv + environment).not.toContain(await room.served.token());
  // max_msg_size of the user's own configuration, in megabytes.
  const owner = new WebSocket(
    `${toolUrl(room.served.server).replace('http', 'ws')}core/${await room.served.token()}`,
  );
  await once(owner, 'open');
  // Everything is sent to everybody, its sender too: what is shorter comes back.
  const short = JSON.stringify({ type: 'short', data: { text: 'x'.repeat(900_000) }, context: {} });
  owner.send(short);
  for await (const [frame] of on(owner, 'message')) if (String(frame).length > 900_000) break;
  owner.send(JSON.stringify({ type: 'long', data: { text: 'x'.repeat(1_200_000) }, context: {} }));
  const [code] = (await once(owner, 'close')) as [number];
  // 1009, unless the end of the connection overtakes the word for it: the bus reads no more of what is on its
  // way.
  expect([1009, 1006]).toContain(code);
});

test('on a port it is bound to this computer alone, and a bus that is not is never called ready', async () => {
  const { plan, context } = await room.onPort();
  const held = runPlan(plan, context.home);
  try {
    expect(await held.proof()).toEqual({ kind: 'ours' });
    expect((await listenersOn(context.port, process.platform)).map(({ reach }) => reach)).toEqual([
      'loopback',
    ]);
    const report = await preflight(plan, [held.child.pid ?? 0], AbortSignal.timeout(10_000));
    expect(report).toEqual({ reach: 'computer', networkPorts: [], open: ['WebSocket /core'] });
    expect(preflightCaveat(report)).toMatch(/other accounts/);
    held.child.kill('SIGTERM');
    expect(await held.ended).toBe(0);
  } finally {
    await held.kill();
  }
  const bare = { ...plan, argv: [join(dirname(room.python), 'ovos-messagebus')] };
  const open = runPlan(bare, context.home);
  try {
    expect(await open.proof()).toEqual({ kind: 'unsafe', detail: expect.stringContaining('network') });
  } finally {
    await open.kill();
    await context.remove();
  }
});

test.each(['("0.0.0.0", 0)', '("127.0.0.1", 0)', '("::", 0), family=socket.AF_INET6'])(
  'a bus of another version that listens at %s by itself is ended by the shim',
  async address => {
    const folder = await mkdtemp(join(tmpdir(), 'other-bus-'));
    const shim = join(folder, 'gatehouse_bus.py');
    // What lies beside a program is found before what is installed.
    const other = join(folder, 'ovos_messagebus');
    await mkdir(other);
    await cp('src/main/core/profiles/messagebus/shim/gatehouse_bus.py', shim);
    await writeFile(join(other, '__init__.py'), '');
    await writeFile(join(other, 'load_config.py'), 'MessageBusConfig = dict\n');
    const main = `import socket\ndef main():\n    socket.create_server(${address})\n    print("it listens")\n`;
    await writeFile(join(other, '__main__.py'), main);
    const run = promisify(execFile)(room.python, [shim, join(folder, 'server.sock')]);
    await expect(run).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('may listen on'),
    });
    await rm(folder, { recursive: true });
  },
);

test('nobody comes in without the token; with it by route, query, Basic and subprotocol, at both doors', async () => {
  const link = await room.share('editor', 'every way');
  const doors = [
    [toolUrl(room.served.server), await room.served.token()],
    [new URL(link.url).origin, link.toolToken],
  ] as const;
  for (const [gateway, token] of doors) {
    const basic = (user: string): string => `Basic ${Buffer.from(`${user}:`).toString('base64')}`;
    const wrong = token.slice(0, -8) + 'AAAAAAAA';
    expect(await room.statusOf(gateway, '/core')).toBe(401);
    expect(await room.statusOf(gateway, `/core/${wrong}`)).toBe(401);
    expect(await room.statusOf(gateway, '/core', { headers: { authorization: basic(wrong) } })).toBe(401);
    expect(await room.statusOf(gateway, `/core/${token}`)).toBe(101);
    expect(await room.statusOf(gateway, `/core?token=${token}`)).toBe(101);
    expect(await room.statusOf(gateway, '/core', { headers: { authorization: basic(token) } })).toBe(101);
    expect(await room.statusOf(gateway, '/core', { protocols: [`gatehouse.${token}`] })).toBe(101);
  }
});

test('an unmodified client is a satellite over wss: it asks, it is answered, and its name is not its own word', async () => {
  const link = await room.share('editor', 'kitchen');
  const satellite = await room.guest(link, 'SSL_CERT_FILE');
  satellite.send(
    'recognizer_loop:utterance',
    { utterances: ['what time is it'], lang: 'en-us' },
    {
      source: 'audio',
      destination: 'audio',
      client_name: 'owner',
      session: { session_id: 'default', lang: 'en-us' },
    },
  );
  const spoken = await satellite.sees('speak');
  expect(spoken.data['utterance']).toBe('you said what time is it');
  const heard = await room.owner.sees('recognizer_loop:utterance', ({ data }) =>
    String(data['utterances']).includes('what time'),
  );
  const [person] = (await room.core.call('share.people')).filter(one => one.link === link.id);
  const name = `guest-${person?.session}`;
  expect(heard.context).toMatchObject({
    source: name,
    destination: 'skills',
    client_name: 'kitchen (guest)',
    session: { session_id: name, lang: 'en-us' },
  });
});

test('an unmodified client is an observer over wss: it reads what the link names, and says nothing', async () => {
  const link = await room.share('viewer', 'wall', { receive: ['speak', 'mycroft.skill.*'] });
  expect(link.permissions).toEqual({ send: [], receive: ['speak', 'mycroft.skill.*'] });
  const observer = await room.guest(link, 'WEBSOCKET_CLIENT_CA_BUNDLE');
  room.owner.send('mycroft.volume.set', { percent: 1 });
  room.owner.send('mycroft.skill.handler.start', { name: 'Clock' });
  room.owner.send('speak', { utterance: 'it is noon' });
  await observer.sees('speak', ({ data }) => data['utterance'] === 'it is noon');
  expect(observer.ofType('mycroft.skill.handler.start')).toHaveLength(1);
  expect(observer.ofType('mycroft.volume.set')).toEqual([]);
  observer.send('recognizer_loop:utterance', { utterances: ['viewers do not speak'] });
  await observer.sees('gatehouse.refused', ({ data }) => data['type'] === 'recognizer_loop:utterance');
  room.owner.send('speak', { utterance: 'later' });
  await observer.sees('speak', ({ data }) => data['utterance'] === 'later');
  expect(JSON.stringify(room.owner.got)).not.toContain('viewers do not speak');
  expect(await room.refusals(link)).toContainEqual(expect.stringContaining('recognizer_loop:utterance'));
});

test('the command line says types, shows them, and refuses what a role cannot have', async () => {
  const made = await room.home.json<NewShareLink>(
    'share',
    room.served.server.id,
    '--role',
    'editor',
    '--send',
    'recognizer_loop:utterance',
    '--receive=speak,mycroft.skill.*',
    '--listen=127.0.0.1',
    '--for=garage',
  );
  expect(made.permissions).toEqual({
    send: ['recognizer_loop:utterance'],
    receive: ['speak', 'mycroft.skill.*'],
  });
  const { out } = await room.home.cli('links');
  expect(out).toContain(`${made.id}  may send: recognizer_loop:utterance`);
  const wrong = await room.home.cli(
    'share',
    room.served.server.id,
    '--role',
    'viewer',
    '--send',
    'speak',
    '--yes',
  );
  expect([wrong.code, wrong.err]).toEqual([2, expect.stringContaining('sends nothing')]);
  const wide = await room.home.cli(
    'share',
    room.served.server.id,
    '--role',
    'editor',
    '--send',
    'ovos.skills.install',
  );
  expect([wide.code, wide.err]).toEqual([4, expect.stringContaining('run any code as you')]);
});
