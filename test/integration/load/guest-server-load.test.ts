/**
 * A server like Jupyter answers one request after another: how long its owner waits while guests have it
 * work. Real core, real JupyterLab, guests in processes of their own.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHostileRoom, type Attack, type HostileRoom } from '../../support/hostile-room.ts';

/** Of all that a viewer may ask for, what takes the server longest. */
const costly = '/lab/api/settings';
const small = '/api/status';

let room: HostileRoom;
/** What the costly answer takes a server that has nothing else to do; milliseconds. */
let costlyMs: number;

beforeAll(async () => {
  room = await openHostileRoom([]);
  await room.owner(costly.slice(1));
  const quiet = await room.watch(3000, costly);
  costlyMs = quiet.owner.median;
});
afterAll(() => room?.close());

/**
 * Before guests took turns single requests of the owner waited for half a minute, and one viewer made half of
 * them wait for six times what the costly answer takes.
 */
test.each<[attack: Attack, guests: number]>([
  ['requests', 1],
  ['requests', 10],
  ['abandoned-requests', 10],
])(
  'the owner of a server, and an honest viewer, are served while %s come from %i viewers',
  async (attack, count) => {
    const [honest, ...viewers] = await room.guests('viewer', count + 1);
    const running = await room.attack(attack, viewers, { path: costly, sockets: 6 });
    await delay(8000);
    const watching = room.watch(12_000, small);
    expect((await honest!.ask(small)).status).toBe(200);
    const { owner, plain } = await watching;
    await running.stop();
    expect(owner.slowest).toBeLessThan(30 * costlyMs + 10 * plain.slowest);
    if (count === 1) expect(owner.median).toBeLessThan(costlyMs + 5 * plain.median);
  },
  120_000,
);

test('thirty viewers who ask for a page at once get it', async () => {
  const viewers = await room.guests('viewer', 30);
  const paths = ['/lab', '/api/status', '/api/contents?content=1', '/api/kernels', '/lab/api/settings'];
  const answers = await Promise.all(viewers.flatMap(viewer => paths.map(path => viewer.ask(path))));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
}, 120_000);
