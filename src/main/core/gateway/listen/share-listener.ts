/**
 * Where guests connect: one port on the chosen addresses, TLS only. The attacks: a downgrade to plain HTTP (a
 * plain request is led to https and reaches no server), a handshake that never ends, and a port that somebody
 * else takes between two runs.
 */
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import getPort from 'get-port';
import { GatehouseError } from '../../errors.ts';
import type { ShareTls } from '../../share-ports.ts';
import { lookAtFirstByte } from './first-byte.ts';
import { boundHandshakes } from './tls-handshakes.ts';
import type { Limits } from '../limits.ts';
import {
  handshakeMs,
  keepWhileOpen,
  listenOnEvery,
  serverOptions,
  type Listener,
  type OpenServer,
} from './listen-on-every.ts';

export interface ShareListenerOptions {
  /** `0.0.0.0`, `::` or addresses of this computer. */
  readonly addresses: readonly string[];
  readonly preferredPort: number | null;
  readonly tls: ShareTls;
  readonly limits: Limits;
  /** Gets each server before its first connection. */
  readonly attach: (server: Server) => void;
  /** `host:port` values of ours on this port. */
  readonly hosts: (port: number) => ReadonlySet<string>;
}

export function listenForGuests(options: ShareListenerOptions): Promise<Listener> {
  return listenOnEvery({
    addresses: options.addresses,
    preferredPort: options.preferredPort,
    freePort: () => getPort(),
    open: port => openServer(port, options),
    cannotListen,
    noFreePort: {
      where: 'every chosen address',
      nextStep: 'Close programs that hold many ports, then share again.',
    },
  });
}

function cannotListen(address: string, port: number, cause: NodeJS.ErrnoException): GatehouseError {
  const gone = cause.code === 'EADDRNOTAVAIL';
  return new GatehouseError(
    gone ? 'address-gone' : 'cannot-listen',
    gone
      ? `${address} is no address of this computer now, so nothing can be shared there.`
      : `Gatehouse cannot listen on ${address}, port ${port}.`,
    { nextStep: 'Choose another network, or look at the network of this computer.', cause },
  );
}

function openServer(port: number, options: ShareListenerOptions): OpenServer {
  const { tls, limits } = options;
  const server = createServer({
    ...serverOptions(limits),
    ...tls.options(),
    ALPNProtocols: ['http/1.1'],
    handshakeTimeout: handshakeMs,
  });
  server.maxHeadersCount = 0;
  // Node hands every connection to TLS at once; this one looks at it first.
  const toTls = server.listeners('connection');
  server.removeAllListeners('connection');
  const sockets = new Set<Socket>();
  boundHandshakes(server, limits.connections);
  server.on('connection', (socket: Socket) => {
    keepWhileOpen(sockets, socket);
    lookAtFirstByte(socket, {
      secure: secure => {
        for (const listener of toTls) Reflect.apply(listener, server, [secure]);
      },
      hosts: () => options.hosts(port),
      waitMs: handshakeMs,
    });
  });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const detach = tls.attach(server);
  const stopTickets = tls.rotateTickets(server);
  options.attach(server);
  const release = (): void => {
    detach();
    stopTickets();
  };
  return { server, sockets, release };
}
