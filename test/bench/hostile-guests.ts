/*
 * How long the owner waits while hostile guests have the core work: real JupyterLab, guests in processes of
 * their own.
 */
import { openHostileRoom, type Attack, type Watched } from '../support/hostile-room.ts';

export interface HostileTimes {
  readonly name: string;
  readonly watched: Watched;
  /** Resident memory of the core, MiB. */
  readonly memory: number;
}

const protocols = ['v1.kernel.websocket.jupyter.org'];
const bytes = 1024 * 1024 - 400;
const attacks: readonly (readonly [attack: Attack, guests: number, sockets: number])[] = [
  ['kernel-headers', 1, 16],
  ['kernel-headers', 20, 4],
  ['legacy-headers', 1, 16],
  ['half-messages', 1, 127],
  ['half-messages', 20, 30],
];

/** @param seconds each attack is watched for so long */
export async function measureHostileGuests(
  seconds: number,
  say: (text: string) => void,
): Promise<readonly HostileTimes[]> {
  const room = await openHostileRoom([]);
  try {
    const answer = await room.owner('api/kernels', { method: 'POST', body: '{"name":"python3"}' });
    const path = `/api/kernels/${((await answer.json()) as { id: string }).id}/channels`;
    const found: HostileTimes[] = [];
    const note = async (name: string): Promise<void> => {
      found.push({ name, watched: await room.watch(seconds * 1000), memory: await room.memory() });
      say(`${name}: the owner's slowest request took ${found.at(-1)?.watched.owner.slowest.toFixed(0)} ms`);
    };
    await note('nobody');
    for (const [attack, count, sockets] of attacks) {
      const running = await room.attack(attack, await room.guests('viewer', count), {
        path,
        protocols,
        sockets,
        bytes,
      });
      await note(`${attack}, ${count} viewers, ${sockets} sockets each`);
      await running.stop();
    }
    return found;
  } finally {
    await room.close();
  }
}
