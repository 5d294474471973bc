/**
 * Long messages of a real bus: they arrive as they should, and the owner does not wait for those of hostile
 * satellites.
 */
import { dirname } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../support/core.ts';
import { openHostileRoom, type HostileRoom } from '../support/hostile-room.ts';
import { pythonServer } from '../support/server-packages.ts';

let room: HostileRoom;
beforeAll(async () => {
  const python = await pythonServer('messagebus');
  room = await openHostileRoom(['messagebus'], { PATH: `${dirname(python)}:/usr/bin:/bin` });
});
afterAll(() => room?.close());

test('a message that is read on the other thread goes on with who speaks, and every socket hears it', async () => {
  const [speaker] = await room.guests('full', 1);
  const [viewer] = await room.guests('viewer', 1);
  const sockets = Array.from({ length: 20 }, () => viewer!.socket('/core'));
  const heard: string[] = [];
  for (const socket of sockets) {
    socket.on('message', (data: Buffer) => {
      const { type, context } = JSON.parse(data.toString()) as { type: string; context: { source?: string } };
      if (type === 'speak') heard.push(context.source ?? '');
    });
  }
  const speaks = speaker!.socket('/core');
  await Promise.all([speaks, ...sockets].map(socket => new Promise(done => socket.once('open', done))));
  const data = Object.fromEntries(Array.from({ length: 44_000 }, (_none, at) => [`name${at}`, 1]));
  speaks.send(JSON.stringify({ type: 'speak', data, context: { source: 'audio' } }));
  await eventually('all have heard it', 30_000, async () => heard.length === sockets.length);
  expect(new Set(heard).size).toBe(1);
  expect(heard[0]).toMatch(/^guest-/);
  for (const socket of [speaks, ...sockets]) socket.terminate();
});

test('the owner is served while 20 satellites send the longest messages', async () => {
  const satellites = await room.guests('editor', 20);
  const running = await room.attack('bus-messages', satellites, { path: '/core', bytes: 2_000_000 });
  const { owner, plain } = await room.watch(5000);
  await running.stop();
  expect(owner.median).toBeLessThan(100 + 4 * plain.median);
  expect(owner.most).toBeLessThan(100 + 4 * plain.most);
});
