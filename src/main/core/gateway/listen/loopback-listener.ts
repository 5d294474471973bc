/** Where the owner connects: one port on every loopback address. */
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import getPort from 'get-port';
import { GatehouseError } from '../../errors.ts';
import { boundHandshakes } from './tls-handshakes.ts';
import type { GatewayRules } from '../../gateway-ports.ts';
import type { Limits } from '../limits.ts';
import {
  handshakeMs,
  keepWhileOpen,
  listenOnEvery,
  serverOptions,
  type Listener,
  type OpenServer,
} from './listen-on-every.ts';

export type LoopbackListenOptions = Pick<GatewayRules, 'preferredPort' | 'tls'>;

/** Listens on one port of every loopback address. `attach` gets each server before its first connection. */
export function listenOnLoopback(
  { preferredPort, tls }: LoopbackListenOptions,
  limits: Limits,
  attach: (server: Server) => void,
  addresses: readonly string[] = loopbackAddresses(),
): Promise<Listener> {
  return listenOnEvery({
    addresses,
    preferredPort,
    freePort: () => getPort({ host: '127.0.0.1' }),
    open: () => openServer(limits, tls, attach),
    cannotListen: (address, port, cause) =>
      new GatehouseError('cannot-listen', `Gatehouse cannot listen on ${address}, port ${port}.`, {
        nextStep: 'Look at the loopback interface and the firewall of this computer (`gatehouse doctor`).',
        cause,
      }),
    noFreePort: {
      where: 'every loopback address',
      nextStep: 'Close programs that hold many ports, then start the server again.',
    },
  });
}

/** 127.0.0.1, and ::1 where this machine has it. */
export function loopbackAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap(entries => entries ?? []);
  return all.some(entry => entry.address === '::1') ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
}

function openServer(
  limits: Limits,
  tls: LoopbackListenOptions['tls'],
  attach: (server: Server) => void,
): OpenServer {
  const options = serverOptions(limits);
  const server =
    tls === undefined
      ? createServer(options)
      : createTlsServer({
          ...options,
          ...tls,
          ALPNProtocols: ['http/1.1'],
          handshakeTimeout: handshakeMs,
        });
  server.on('tlsClientError', (_error, socket: Socket) => socket.destroy());
  if (tls !== undefined) boundHandshakes(server, limits.connections);
  // Node would drop further lines without a word; the facts refuse them.
  server.maxHeadersCount = 0;
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => keepWhileOpen(sockets, socket));
  attach(server);
  return { server, sockets };
}
