/**
 * The gateway at an address without a name, for browsers that do not know `<host>.localhost`. The attacks: a
 * cookie of an address goes to every port of it, and other accounts can find out every address. So the
 * account behind each connection is looked up before a byte of it is read, and only the owner's is served: a
 * cookie that was sent to another account opens nothing for it. The port is new with each listener, and so is
 * its origin; on Linux the address is too.
 */
import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { createServer as createFront, type Socket } from 'node:net';
import type { OwnAccount } from '../../gateway-ports.ts';
import { mintSecret } from '../../secret.ts';
import type { Limits } from '../limits.ts';
import { closeServer, keepWhileOpen, listen, portOf, serverOptions } from './listen-on-every.ts';

export interface NamelessListener {
  /** As a browser writes it: `127.83.4.210:41234`, `[::1]:41234`. */
  readonly host: string;
  /** Name of its session cookie, its own: another server's must not sign this one's browser out. */
  readonly cookie: string;
  close(): Promise<void>;
}

/**
 * Null where this computer has no such address, or does not tell accounts apart. @param attach gets the
 * server before its first connection
 */
export async function openNamelessListener(
  limits: Limits,
  ownAccount: OwnAccount | undefined,
  platform: NodeJS.Platform,
  attach: (server: Server) => void,
): Promise<NamelessListener | null> {
  if (ownAccount === undefined) return null;
  const server = createServer(serverOptions(limits));
  server.maxHeadersCount = 0;
  attach(server);
  const sockets = new Set<Socket>();
  const front = createFront({ pauseOnConnect: true, noDelay: true }, socket => {
    keepWhileOpen(sockets, socket);
    const gone = (): void => void socket.destroy();
    socket.on('error', gone);
    ownAccount(socket).then(own => {
      if (!own || socket.destroyed) return socket.destroy();
      server.emit('connection', socket);
      return socket.resume();
    }, gone);
  });
  front.maxConnections = limits.connections;
  const address = addressFor(platform);
  if ((await listen(front, 0, address)) !== null) return null;
  return {
    host: `${address.includes(':') ? `[${address}]` : address}:${portOf(front)}`,
    cookie: `gatehouse-session-${mintSecret().reveal().slice(0, 8)}`,
    close: () => closeServer(front, sockets),
  };
}

/** Linux has all of 127.0.0.0/8; macOS has one address of it, which tools use. */
function addressFor(platform: NodeJS.Platform): string {
  return platform === 'linux' ? `127.${randomInt(1, 255)}.${randomInt(256)}.${randomInt(1, 255)}` : '::1';
}
