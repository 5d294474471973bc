/**
 * One thread serves every server: what a hostile guest has it do, against how long the owner waits meanwhile.
 * Real core, real JupyterLab, guests in processes of their own.
 */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { openHostileRoom, type HostileRoom, type Watched } from '../../support/hostile-room.ts';
import type { GuestClient } from '../../support/guest.ts';
import { eventually } from '../../support/core.ts';

const protocols = ['v1.kernel.websocket.jupyter.org'];
const mebibyte = 1024 * 1024;
/** Just within the largest message of a viewer. */
const bytes = mebibyte - 400;

let room: HostileRoom;
let path: string;

beforeAll(async () => {
  room = await openHostileRoom([]);
  const answer = await room.owner('api/kernels', { method: 'POST', body: '{"name":"python3"}' });
  path = `/api/kernels/${((await answer.json()) as { id: string }).id}/channels`;
});
afterAll(() => room?.close());

/**
 * The guests' processes take their part of the machine, so what a plain server takes meanwhile counts. Before
 * there was a budget, half of the requests took a second or six; how much less than that they take is for
 * `npm run bench -- --only hostile-guests` to say.
 */
function expectServed({ owner, plain }: Watched): void {
  expect(owner.median).toBeLessThan(400 + 10 * plain.median);
}

test.each<[attack: 'kernel-headers' | 'legacy-headers', guests: number, sockets: number]>([
  ['kernel-headers', 1, 16],
  ['kernel-headers', 20, 4],
  ['legacy-headers', 1, 16],
])(
  'the owner is served while %s come from %i viewers with %i sockets each',
  async (attack, count, sockets) => {
    const viewers = await room.guests('viewer', count);
    const running = await room.attack(attack, viewers, { path, protocols, sockets, bytes });
    const watched = await room.watch(5000);
    await running.stop();
    expect(watched.owner.count).toBeGreaterThan(5);
    expectServed(watched);
  },
);

test('an honest viewer of the same link is answered while the others flood', async () => {
  const [honest, ...viewers] = await room.guests('viewer', 10);
  const running = await room.attack('kernel-headers', viewers, { path, protocols, sockets: 4, bytes });
  expect((await honest!.ask('/api/kernels')).status).toBe(200);
  const socket = honest!.socket(path, protocols);
  let heard = 0;
  socket.on('message', () => (heard += 1));
  await new Promise(done => socket.once('open', done));
  socket.send(kernelInfo());
  await eventually('the kernel has answered', 20_000, async () => heard > 0);
  socket.terminate();
  await running.stop();
});

test('half messages of 20 hostile sessions on all their sockets keep no more than is said, and the owner is served', async () => {
  const viewers = await room.guests('viewer', 20);
  const before = await room.memory();
  const running = await room.attack('half-messages', viewers, { path, protocols, sockets: 30, bytes });
  const watched = await room.watch(3000);
  const grown = (await room.memory()) - before;
  await running.stop();
  expectServed(watched);
  // 128 MiB for all guests together, and what 600 TLS connections and the heap's own garbage take; it would
  // be 1,200 MiB.
  expect(grown).toBeLessThan(450);
});

test('one guest who opens as many connections as there are leaves room for the others', async () => {
  const [greedy] = await room.guests('viewer', 1);
  const [honest] = await room.guests('viewer', 1);
  const socket = honest!.socket(path, protocols);
  let closed = false;
  socket.on('close', () => (closed = true));
  await new Promise(done => socket.once('open', done));
  const running = await room.attack('idle-connections', [greedy as GuestClient], { sockets: 600 });
  await vi.waitFor(async () => expect(await room.connections()).toBeLessThan(260), { timeout: 30_000 });
  expect((await honest!.ask('/api/kernels')).status).toBe(200);
  expect(closed).toBe(false);
  socket.terminate();
  await running.stop();
});

/** `kernel_info_request` as JupyterLab sends it. */
function kernelInfo(): Buffer {
  const header = { msg_id: 'a', msg_type: 'kernel_info_request', session: 's', username: '', version: '5.3' };
  const parts = ['shell', JSON.stringify(header), '{}', '{}', '{}'].map(part => Buffer.from(part));
  const table = Buffer.alloc(8 * (parts.length + 2));
  table.writeBigUInt64LE(BigInt(parts.length + 1), 0);
  let offset = table.length;
  table.writeBigUInt64LE(BigInt(offset), 8);
  parts.forEach((part, index) => table.writeBigUInt64LE(BigInt((offset += part.length)), 8 * (index + 2)));
  return Buffer.concat([table, ...parts]);
}
