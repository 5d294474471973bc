/** A server of WebSockets behind a gateway, and clients for it. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { openRoom, owner, signIn, type Room, type RoomOptions } from './gateway.ts';

/** A room whose server echoes every message and notes each handshake. */
export async function echoRoom(
  open: (options: RoomOptions) => Promise<Room> = openRoom,
): Promise<{ room: Room; handshakes: IncomingMessage[]; echo: WebSocketServer }> {
  const handshakes: IncomingMessage[] = [];
  const echo = new WebSocketServer({
    noServer: true,
    maxPayload: 600 * 1024 * 1024,
    handleProtocols: offered =>
      offered.has('v1.kernel.websocket.jupyter.org') ? 'v1.kernel.websocket.jupyter.org' : false,
  });
  const room = await open({
    attach: server => {
      server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
        handshakes.push(request);
        if (request.url === '/refused') {
          socket.end(
            'HTTP/1.1 403 Forbidden\r\nServer: secret/1\r\nContent-Length: 6\r\nX-Why: origin\r\n\r\nnot me',
          );
          return;
        }
        echo.handleUpgrade(request, socket, head, client => {
          client.on('message', (data, isBinary) => client.send(data, { binary: isBinary }));
        });
      });
    },
  });
  return { room, handshakes, echo };
}

export function dial(
  room: Room,
  path: string,
  headers: Record<string, string>,
  protocols: string[] = [],
): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${room.port}${path}`, protocols, {
    headers: { Host: room.host, ...headers },
    maxPayload: 600 * 1024 * 1024,
  });
}

export function opened(client: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  client.once('open', () => resolve());
  client.once('error', reject);
  return promise;
}

export function nextMessage(client: WebSocket): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  client.once('message', data => resolve(Buffer.isBuffer(data) ? data : Buffer.alloc(0)));
  return promise;
}

/** Opens one socket by cookie and one by token; answers how many of each are still open. */
export async function twoSockets(
  room: Room,
): Promise<{ cookie: string; byCookie: WebSocket; byToken: WebSocket }> {
  const cookie = await signIn(room);
  const byCookie = dial(room, '/a', { Cookie: cookie, Origin: `http://${room.host}` });
  const byToken = dial(room, '/b', owner);
  await Promise.all([opened(byCookie), opened(byToken)]);
  return { cookie, byCookie, byToken };
}
