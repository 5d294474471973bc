/**
 * The attack: connections to a TLS listener that never make their handshake. The connection limiter counts
 * those that have made it; the others cost a file and memory all the same, for as long as a handshake may
 * take, and nobody needs a credential to open one. So they have the same limit, and the oldest is cut.
 */
import type { Server, Socket } from 'node:net';

/** For a server that does not listen yet. @param max connections without a handshake at once */
export function boundHandshakes(server: Server, max: number): void {
  const waiting = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const key = peerOf(socket);
    waiting.set(key, socket);
    socket.on('close', () => {
      if (waiting.get(key) === socket) waiting.delete(key);
    });
    const [oldest] = waiting;
    if (waiting.size <= max || oldest === undefined) return;
    waiting.delete(oldest[0]);
    oldest[1].destroy();
  });
  server.on('secureConnection', (socket: Socket) => waiting.delete(peerOf(socket)));
}

/** The same key for a connection and for the TLS on it. */
function peerOf({ remoteAddress, remotePort, localAddress }: Socket): string {
  return `${remoteAddress} ${remotePort} ${localAddress}`;
}
