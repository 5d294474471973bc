/* The least that applies a profile's role decisions to a real server: no credential, no limits. For tests only. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, request as ask, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import {
  closeFrame,
  controlFrame,
  FrameReader,
  messageFrame,
  type FrameEvent,
} from '../../src/main/core/gateway/frames.ts';
import type {
  LaunchPlan,
  RoleRules,
  SocketFilter,
  SocketMessage,
  SocketStep,
} from '../../src/main/core/ports.ts';
import type { Role } from '../../src/shared/model.ts';
import { secretHeaders } from './kernel.ts';

export interface RoleProxy {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  /** Requests and sockets that were refused, and why messages were dropped. */
  readonly refusals: string[];
  close(): Promise<void>;
}

export async function openRoleProxy(plan: LaunchPlan, rules: RoleRules, role: Role): Promise<RoleProxy> {
  const refusals: string[] = [];
  const sockets = new Set<Duplex>();
  const { address } = plan.upstream;
  const place =
    address.kind === 'socket' ? { socketPath: address.path } : { host: '127.0.0.1', port: address.port };
  const added = { ...secretHeaders(plan), ...Object.fromEntries(plan.upstream.explicitHeaders ?? []) };
  const parts = (url: string): [string, string] => {
    const mark = url.indexOf('?');
    return mark < 0 ? [url, ''] : [url.slice(0, mark), url.slice(mark + 1)];
  };
  const headersOf = (request: IncomingMessage): Record<string, string | string[] | undefined> => {
    const { origin, ...headers } = request.headers;
    return { ...headers, ...added, host: 'localhost', ...(origin && { origin: 'http://localhost' }) };
  };

  const server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const verdict = rules.decideRequest(role, method, ...parts(url));
    if (!verdict.allow) {
      refusals.push(`${method} ${url}: ${verdict.reason}`);
      request.resume();
      response.writeHead(403, { 'Content-Type': 'application/json' });
      response.end(JSON.stringify({ message: verdict.message }));
      return;
    }
    const sent = ask({ ...place, method, path: url, headers: headersOf(request), agent: false }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    sent.on('error', () => response.destroy());
    request.pipe(sent);
  });

  server.on('upgrade', (request, socket: Duplex, head: Buffer) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/).filter(Boolean);
    const verdict = rules.openSocket(role, ...parts(request.url ?? ''), offered);
    if (!verdict.allow) {
      refusals.push(`upgrade ${request.url}: ${verdict.reason}`);
      socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    const headers = headersOf(request);
    if (verdict.way === 'filter') {
      delete headers['sec-websocket-extensions'];
      delete headers['sec-websocket-protocol'];
      const protocols = verdict.subprotocols.join(', ');
      if (protocols !== '') headers['sec-websocket-protocol'] = protocols;
    }
    const target = verdict.way === 'filter' ? verdict.target : request.url;
    const sent = ask({ ...place, path: target, headers, agent: false });
    sent.on('error', () => socket.destroy());
    sent.on('response', answer => {
      answer.resume();
      socket.end(`HTTP/1.1 ${answer.statusCode} Refused\r\nConnection: close\r\n\r\n`);
    });
    sent.on('upgrade', (answer, upstream, first) => {
      const chosen = answer.headers['sec-websocket-protocol'] ?? null;
      const filter = verdict.way === 'filter' ? verdict.filter(chosen) : null;
      upstream.on('error', () => {}).on('close', () => socket.destroy());
      socket.on('close', () => upstream.destroy());
      if (verdict.way === 'filter' && filter === null) {
        socket.destroy();
        return;
      }
      socket.write(switching(request.headers['sec-websocket-key'] ?? '', chosen));
      if (filter === null) {
        if (first.length > 0) socket.write(first);
        if (head.length > 0) upstream.write(head);
        socket.pipe(upstream).pipe(socket);
      } else {
        const bytes = verdict.way === 'filter' ? verdict.messageBytes : 0;
        joinFiltered(socket, head, upstream, first, filter, bytes, refusals);
      }
    });
    sent.end();
  });
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const at = server.address();
  return {
    url: `http://127.0.0.1:${typeof at === 'object' ? at?.port : 0}/`,
    refusals,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.closeAllConnections();
      return new Promise<void>(done => server.close(() => done()));
    },
  };
}

function switching(key: string, chosen: string | null): string {
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');
  const lines = ['HTTP/1.1 101 Switching Protocols', 'Upgrade: websocket', 'Connection: Upgrade'];
  if (chosen !== null) lines.push(`Sec-WebSocket-Protocol: ${chosen}`);
  return `${[...lines, `Sec-WebSocket-Accept: ${accept}`].join('\r\n')}\r\n\r\n`;
}

function joinFiltered(
  guest: Duplex,
  guestHead: Buffer,
  upstream: Duplex,
  upstreamHead: Buffer,
  filter: SocketFilter,
  messageBytes: number,
  refusals: string[],
): void {
  const key = (): Buffer => randomBytes(4);
  const toUpstream = (message: SocketMessage): unknown => upstream.write(messageFrame(message, key()));
  const toGuest = (message: SocketMessage): unknown => guest.write(messageFrame(message, null));
  const act = (
    step: SocketStep,
    message: SocketMessage,
    on: (message: SocketMessage) => unknown,
    back: (message: SocketMessage) => unknown,
  ): void => {
    if (step.kind === 'pass') on(message);
    else if (step.kind === 'replace') on(step.message);
    else {
      refusals.push(step.reason);
      if (step.kind === 'answer') for (const one of step.messages) back(one);
    }
  };
  const control = (event: FrameEvent, to: Duplex, mask: Buffer | null): void => {
    if (event.kind === 'ping' || event.kind === 'pong') to.write(controlFrame(event.kind, event.data, mask));
    if (event.kind === 'close') to.end(closeFrame(event.code, event.reason, mask));
    if (event.kind === 'fault') {
      refusals.push(event.reason);
      guest.end(closeFrame(event.code, event.reason, null));
      upstream.destroy();
    }
  };
  const fromGuest = new FrameReader({ masked: true, messageBytes });
  const fromServer = new FrameReader({ masked: false, messageBytes: 1_000_000_000 });
  const readGuest = (chunk: Buffer): void => {
    for (const event of fromGuest.push(chunk)) {
      if (event.kind === 'message') act(filter.fromGuest(event), event, toUpstream, toGuest);
      else control(event, upstream, key());
    }
  };
  const readServer = (chunk: Buffer): void => {
    for (const event of fromServer.push(chunk)) {
      if (event.kind === 'message') act(filter.fromServer(event), event, toGuest, toUpstream);
      else control(event, guest, null);
    }
  };
  readGuest(guestHead);
  readServer(upstreamHead);
  guest.on('data', readGuest);
  upstream.on('data', readServer);
}
