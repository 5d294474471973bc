/* Requests and WebSockets as an attacker's page makes them. */
import { request } from 'node:http';
import type { WebSocket } from 'ws';

/** What a browser would send from any page, or from a name that leads to 127.0.0.1. */
export function attack(
  url: string,
  headers: Record<string, string>,
): Promise<{ status: number; cors: unknown }> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, response => {
      response.resume();
      resolve({
        status: response.statusCode ?? 0,
        cors: response.headers['access-control-allow-origin'],
      });
    })
      .on('error', reject)
      .end();
  });
}

/** 101, or the status of the refusal; 0 where there was none. */
export function opened(socket: WebSocket): Promise<number> {
  return new Promise(resolve => {
    socket.once('open', () => resolve(101));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', () => resolve(0));
  });
}

/** Messages of a socket, as they come. */
export function heardBy(socket: WebSocket): () => string {
  let text = '';
  socket.on('message', (data: Buffer) => (text += `${data.toString('utf8')}\n`));
  return () => text;
}
