/* Attacks on the message bus of OVOS: alone, where everybody may do everything, and through the door. */
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { listenersOn } from '../../src/main/core/server/process/port-listeners.ts';
import { bareBus } from '../support/bus.ts';
import { startOvos, type Ovos } from '../support/ovos.ts';
import { openBusRoom, type BusRoom } from '../support/bus-room.ts';
import { eventually } from '../support/core.ts';
import { GuestClient } from '../support/guest.ts';

let room: BusRoom;
beforeAll(async () => {
  room = await openBusRoom();
});
afterAll(() => room?.close());

test('MycroftAI-RCE, the bus alone: whoever reaches it runs code, speaks as the owner and reads along', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bare-bus-'));
  const port = await getPort();
  const bus = await bareBus(room.python, folder, port);
  const context = { host: '127.0.0.1', port, route: '/core', ssl: false };
  let ovos: Ovos | null = null;
  try {
    const owner = await room.client(context).open();
    ovos = await startOvos({ host: '127.0.0.1', port, route: '/core' });
    expect((await listenersOn(port, process.platform)).map(({ reach }) => reach)).toContain('any');
    const stranger = await room.client(context).open();
    const forged = { source: 'audio', destination: 'skills', session: { session_id: 'default' } };
    stranger.send('recognizer_loop:utterance', { utterances: ['open the door'] }, forged);
    const spoken = await owner.sees('speak');
    expect(spoken.data['utterance']).toBe('you said open the door');
    expect(spoken.context).toMatchObject({ destination: 'audio', session: { session_id: 'default' } });
    owner.send('speak', { utterance: 'the code is 4711' });
    await stranger.sees('speak', ({ data }) => data['utterance'] === 'the code is 4711');
    expect(await ovos.isOwned()).toBe(false);
    stranger.send('ovos.pip.install', { packages: [ovos.hostile] });
    await eventually('its code runs', 30_000, async () => ovos?.isOwned());
  } finally {
    await ovos?.stop();
    bus.kill('SIGTERM');
    if (bus.exitCode === null) await once(bus, 'exit');
    await rm(folder, { recursive: true, force: true });
  }
});

test('a guest is no loudspeaker: what is too much, over all sockets, or too long, goes nowhere', async () => {
  const link = await room.share('editor', 'flood');
  const visitor = new GuestClient(link.url, await readFile(room.authority, 'utf8'));
  await visitor.join('Flo');
  const sockets = [1, 2, 3].map(() => visitor.socket('/core'));
  await Promise.all(sockets.map(socket => once(socket, 'open')));
  const begun = performance.now();
  for (const socket of sockets) {
    for (let count = 0; count < 200; count++) socket.send('{"type": "ovos.session.sync"}');
  }
  await eventually('it is audited', 10_000, async () =>
    (await room.refusals(link)).some(what => what.includes('more messages than a guest may send')),
  );
  const pongs = Promise.all(sockets.map(socket => once(socket, 'pong')));
  for (const socket of sockets) socket.ping();
  await pongs;
  const seconds = (performance.now() - begun) / 1000;
  const session = (await room.core.call('share.people')).find(one => one.link === link.id)?.session;
  const heard = room.owner
    .ofType('ovos.session.sync')
    .filter(({ context }) => context['source'] === `guest-${session}`);
  expect(heard.length).toBeGreaterThan(0);
  expect(heard.length).toBeLessThanOrEqual(100 + 20 * seconds + 1);
  const [first] = sockets;
  const closed = new Promise(done => first?.once('close', done));
  first?.send('x'.repeat(3_000_000));
  expect(await closed).toBe(1009);
  for (const socket of sockets) socket.terminate();
});

test('MycroftAI-RCE, through the door of a satellite: refused, and audited', async () => {
  const link = await room.share('editor', 'hallway');
  const other = await room.guest(await room.share('editor', 'bedroom'), 'SSL_CERT_FILE');
  const attacker = await room.guest(link, 'WEBSOCKET_CLIENT_CA_BUNDLE');
  attacker.send('ovos.pip.install', { packages: [room.ovos.hostile] });
  attacker.send('configuration.patch', { config: { listener: {} } });
  attacker.send('speak', { utterance: 'I am the house' }, { destination: ['audio'] });
  const refused = await attacker.sees('gatehouse.refused', ({ data }) => data['type'] === 'speak');
  expect(refused.data['reason']).toMatch(/does not permit/);
  other.send('recognizer_loop:utterance', { utterances: ['my secret is 4711'] });
  await other.sees('speak', ({ data }) => data['utterance'] === 'you said my secret is 4711');
  room.owner.send('speak', { utterance: 'the code is 4711' });
  // What the attacker asks last is answered last: nothing of the above is still on its way.
  attacker.send('recognizer_loop:utterance', { utterances: ['the end'] });
  await attacker.sees('speak', ({ data }) => data['utterance'] === 'you said the end');
  expect(JSON.stringify(attacker.got)).not.toContain('4711');
  expect(room.owner.ofType('ovos.pip.install')).toEqual([]);
  expect(await room.ovos.isOwned()).toBe(false);
  expect(room.owner.ofType('configuration.patch')).toEqual([]);
  expect(JSON.stringify(room.owner.got)).not.toContain('I am the house');
  const audited = await room.refusals(link);
  expect(audited).toEqual(
    expect.arrayContaining([
      expect.stringContaining('ovos.pip.install'),
      expect.stringContaining('configuration.patch'),
      expect.stringContaining('speak: the link does not permit'),
      expect.stringContaining('messages that are for others'),
    ]),
  );
});

test('full installs skills, but speaks as nobody else; frames of two readings, encrypted and binary ones are refused', async () => {
  const link = await room.share('full', 'the other developer');
  const visitor = new GuestClient(link.url, await readFile(room.authority, 'utf8'));
  await visitor.join('audio');
  const socket = visitor.socket('/core');
  const answers: { type: string; data: { reason?: string } }[] = [];
  socket.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString('utf8'))));
  await once(socket, 'open');
  const forged = { source: 'audio', session: { session_id: 'default' } };
  socket.send(JSON.stringify({ type: 'ovos.skills.install', data: { url: 'x' }, context: forged }));
  const heard = await room.owner.sees('ovos.skills.install', ({ data }) => data['url'] === 'x');
  expect(heard.context['source']).toMatch(/^guest-[\da-f]{12}$/);
  expect(heard.context.session).toEqual({ session_id: heard.context['source'] });
  socket.send('{"type": "speak", "type": "twice", "data": {}, "context": {}}');
  socket.send(JSON.stringify({ ciphertext: 'ab', tag: 'cd', nonce: 'ef' }));
  socket.send(Buffer.from('{"type": "binary"}'));
  socket.send(`{"type": "deep", "data": {"x": ${'['.repeat(100)}${']'.repeat(100)}}}`);
  socket.send(JSON.stringify({ type: 'last', data: {}, context: {} }));
  await room.owner.sees('last');
  const reasons = answers.filter(({ type }) => type === 'gatehouse.refused').map(({ data }) => data.reason);
  expect(reasons).toEqual([
    expect.stringContaining('one name twice'),
    expect.stringContaining('encrypted'),
    expect.stringContaining('binary'),
    expect.stringContaining('nested too deep'),
  ]);
  const types = new Set(room.owner.got.map(({ type }) => type));
  expect(['twice', 'binary', 'deep'].filter(type => types.has(type))).toEqual([]);
  socket.terminate();
});

test('a guest reaches nothing but the socket, and a link that is taken back closes it', async () => {
  const link = await room.share('full', 'short visit');
  const visitor = new GuestClient(link.url, await readFile(room.authority, 'utf8'));
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
