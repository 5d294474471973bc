/** A server like Jupyter answers one request after another: how long its owner waits while guests have it work. Real core, real JupyterLab, guests in processes of their own. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openHostileRoom, type Attack, type HostileRoom } from '../support/hostile-room.ts';

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

test.each<[attack: Attack, guests: number]>([
  ['requests', 1],
  ['requests', 10],
  ['abandoned-requests', 10],
])(
  'the owner of a server is served while %s come from %i viewers',
  async (attack, count) => {
    const viewers = await room.guests('viewer', count);
    const running = await room.attack(attack, viewers, { path: costly, sockets: 6 });
    await new Promise(done => setTimeout(done, 8000));
    const { owner, plain } = await room.watch(12_000, small);
    await running.stop();
    console.log(attack, count, { costlyMs, owner, plain });
    expect(owner.median).toBeLessThan(costlyMs);
  },
  120_000,
);
