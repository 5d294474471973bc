/**
 * The attack: connections to a door that speaks TLS which never make their handshake. The crowd counts those
 * that have made it; the others cost a file and memory just so, for as long as a handshake may take, and
 * nobody needs a right to open one. So of these there are no more at once than of the others, and the oldest
 * goes.
 */
import type { Server, Socket } from 'node:net';

/** For a server that does not listen yet. @param most connections without a handshake at once */
export function boundHandshakes(server: Server, most: number): void {
  const waiting = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = peerOf(socket);
    waiting.set(key, socket);
    socket.on('close', () => {
      if (waiting.get(key) === socket) waiting.delete(key);
    });
    const [oldest] = waiting;
    if (waiting.size <= most || oldest === undefined) return;
    waiting.delete(oldest[0]);
    oldest[1].destroy();
  });
  server.on('secureConnection', (socket: Socket) => waiting.delete(peerOf(socket)));
}

/** The same of a connection and of the TLS on it. */
function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
