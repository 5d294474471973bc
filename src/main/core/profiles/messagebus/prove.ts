/**
 * The attack: a bus that listens on the network although it was told not to (its configuration says 0.0.0.0,
 * and another version may ask it again), where anyone who reaches it drives the assistant past the gateway.
 * So before it is called ready, the system is asked where the processes of this run listen.
 */
import { request } from 'node:http';
import { randomBytes } from 'node:crypto';
import { FrameReader } from '../../gateway/websocket/frames.ts';
import { requestTo } from '../../loopback.ts';
import type { Address, LaunchPlan, Proof } from '../../ports.ts';
import { listensOnNetwork } from '../../server/process/port-owner.ts';
import { route } from './bus-roles.ts';

const onNetwork: Proof = {
  kind: 'unsafe',
  detail: 'The message bus listens on the network, although it was told to listen on this computer only.',
};

/** What the bus says first is small. */
const firstBytes = 64 * 1024;

export function busProver(
  { prove, upstream }: Pick<LaunchPlan, 'prove' | 'upstream'>,
  platform: NodeJS.Platform,
): LaunchPlan['prove'] {
  const ports = upstream.address.kind === 'port' ? [upstream.address.port] : [];
  return async (signal, run) => {
    if (await listensOnNetwork(run, ports, platform)) return onNetwork;
    const proof = await prove(signal, run);
    if (proof.kind !== 'ours') return proof;
    const greeted = await greeting(upstream.address, signal);
    // Once more: it may have begun to listen after the first look, and before it greeted.
    return greeted.kind === 'ours' && (await listensOnNetwork(run, ports, platform)) ? onNetwork : greeted;
  };
}

/** A bus greets every client: `{"type": "connected", ...}`. */
async function greeting(address: Address, signal: AbortSignal): Promise<Proof> {
  try {
    const first = await firstMessage(address, signal);
    const said: unknown = JSON.parse(first);
    if (
      typeof said === 'object' &&
      said !== null &&
      ('type' in said ? said.type === 'connected' : 'ciphertext' in said)
    ) {
      return { kind: 'ours' };
    }
    return { kind: 'not-yet', detail: 'Something answers, but does not greet as a message bus does.' };
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no answer';
    return { kind: 'not-yet', detail: `The message bus does not greet yet (${why}).` };
  }
}

function firstMessage(address: Address, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const asked = request({
      ...requestTo(address),
      path: route,
      agent: false,
      signal,
      headers: {
        Host: 'localhost',
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      },
    });
    asked.once('error', reject);
    asked.once('response', response => {
      response.destroy();
      reject(new Error(`status ${response.statusCode}`));
    });
    asked.once('upgrade', (_response, socket, head: Buffer) => {
      const reader = new FrameReader({ masked: false, messageBytes: firstBytes });
      const read = (chunk: Buffer): void => {
        const [event] = reader.push(chunk);
        if (event === undefined) return;
        socket.destroy();
        if (event.kind === 'message') resolve(event.data.toString('utf8'));
        else reject(new Error(event.kind));
      };
      socket.on('error', reject);
      socket.on('close', () => reject(new Error('closed')));
      signal.addEventListener('abort', () => socket.destroy(), { once: true });
      socket.on('data', read);
      if (head.length > 0) read(head);
    });
    asked.end();
  });
}
