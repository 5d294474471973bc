/**
 * The time of one message to an echo and back, one at a time: alternately direct and through Gatehouse, so
 * that noise is shared.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import type { Headers } from './asking.ts';
import type { Way } from './contestants.ts';
import { quantile } from './statistics.ts';

/** Milliseconds. */
export interface Echoes {
  readonly p50: readonly number[];
  readonly p99: readonly number[];
}

const message = Buffer.alloc(200, 'm');
/** Messages of one contestant before the next has its turn. */
const turn = 100;

export interface EchoTimes {
  readonly name: string;
  readonly direct: Echoes;
  readonly gatehouse: Echoes;
}

/** Of each way: the same server asked directly, on the same kind of connection, and through Gatehouse. */
export async function measureEchoes(
  ways: readonly Way[],
  rounds: number,
  messages: number,
): Promise<readonly EchoTimes[]> {
  const result: EchoTimes[] = [];
  for (const way of ways) {
    const { behind, port, headers } = way;
    const direct = await open(behind);
    const gatehouse = await open(port, headers);
    const [first, second] = await measurePair([direct, gatehouse], rounds, messages);
    if (first !== undefined && second !== undefined) {
      result.push({ name: way.name, direct: first, gatehouse: second });
    }
  }
  return result;
}

async function measurePair(
  sockets: readonly WebSocket[],
  rounds: number,
  messages: number,
): Promise<readonly Echoes[]> {
  const result = sockets.map(() => ({ p50: [] as number[], p99: [] as number[] }));
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

async function open(where: number | string, headers: Headers = { Host: 'localhost' }): Promise<WebSocket> {
  // A browser sends an Origin with every handshake, and with a cookie Gatehouse wants it.
  const origin = `http://${headers['Host']}`;
  const socket = new WebSocket(`ws://127.0.0.1/`, {
    headers: { ...headers, Origin: origin },
    perMessageDeflate: false,
    createConnection: () => (typeof where === 'number' ? connect(where, '127.0.0.1') : connect(where)),
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
