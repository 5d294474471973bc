/** The time of one message to an echo and back, one at a time: alternately direct and through Gatehouse, so that noise is shared. */
import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Contestant } from './contestants.ts';
import { quantile } from './statistics.ts';

/** Milliseconds. */
export interface Echoes {
  readonly p50: readonly number[];
  readonly p99: readonly number[];
}

const message = Buffer.alloc(200, 'm');
/** Messages of one contestant before the next has its turn. */
const turn = 100;

/** One entry a round for each contestant, in their order. */
export async function measureEchoes(
  contestants: readonly Contestant[],
  rounds: number,
  messages: number,
): Promise<readonly Echoes[]> {
  const sockets = await Promise.all(contestants.map(open));
  const result = contestants.map(() => ({ p50: [] as number[], p99: [] as number[] }));
  for (const socket of sockets) await echo(socket, 500);
  for (let round = 0; round < rounds; round += 1) {
    const times = sockets.map((): number[] => []);
    for (let sent = 0; sent < messages; sent += turn) {
      for (const [index, socket] of sockets.entries()) times[index]?.push(...(await echo(socket, turn)));
    }
    for (const [index, each] of times.entries()) {
      result[index]?.p50.push(quantile(each, 0.5));
      result[index]?.p99.push(quantile(each, 0.99));
    }
  }
  for (const socket of sockets) socket.terminate();
  return result;
}

async function open({ port, headers }: Contestant): Promise<WebSocket> {
  // A browser sends an Origin with every handshake, and with a cookie Gatehouse wants it.
  const socket = new WebSocket(`ws://127.0.0.1:${port}/echo`, {
    headers: { ...headers, Origin: `http://${headers['Host']}` },
    perMessageDeflate: false,
  });
  await once(socket, 'open');
  return socket;
}

async function echo(socket: WebSocket, count: number): Promise<number[]> {
  const times: number[] = [];
  for (let index = 0; index < count; index += 1) {
    const from = performance.now();
    const back = once(socket, 'message');
    socket.send(message);
    await back;
    times.push(performance.now() - from);
  }
  return times;
}
