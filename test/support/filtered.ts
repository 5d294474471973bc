/* A filter between a guest and a real WebSocket server, and guests who cut their frames where they like. */
import { createServer, type IncomingMessage } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { afterEach, expect } from 'vitest';
import { WebSocket, WebSocketServer, type RawData } from 'ws';
import type { FilterVerdict } from '../../src/main/core/gateway/websocket/filter-rules.ts';
import { joinFiltered } from '../../src/main/core/gateway/websocket/filtered-socket.ts';
import { TrustedProxies } from '../../src/main/core/gateway/request/trusted-proxies.ts';
import { alwaysOurs } from './reach.ts';
import { defaultBudgets } from '../../src/main/core/gateway/guest/guest-budgets.ts';
import { GuestWork } from '../../src/main/core/gateway/guest/guest-work.ts';
import { openRoute } from '../../src/main/core/gateway/forward/upstream-route.ts';
import { makeHosts } from '../../src/main/core/gateway/request/hosts.ts';
import { readFacts } from '../../src/main/core/gateway/request/facts.ts';
import type { SocketMessage, SocketStep } from '../../src/main/core/role-ports.ts';

export function textOf(data: RawData): string {
  return (Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as Buffer)).toString();
}

export const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

export interface Bench {
  readonly port: number;
  /** What reached the server. */
  readonly got: string[];
  readonly upgrades: IncomingMessage[];
  readonly dropped: string[];
  readonly server: WebSocketServer;
  /** Sides of the guest, as the gateway has them. */
  readonly sides: Duplex[];
}

interface Options {
  readonly verdict?: Partial<FilterVerdict>;
  readonly protocol?: string | false;
  readonly compress?: boolean;
  readonly messageMs?: number;
  readonly work?: GuestWork;
  readonly admits?: (bytes: number) => boolean;
}

/**
 * `say X` passes, `ask X` is answered with `no X`, `swap` goes on as `swapped`, everything else is dropped.
 */
function judge({ data }: SocketMessage): SocketStep {
  const text = data.toString();
  const message = (words: string): SocketMessage => ({ binary: false, data: Buffer.from(words) });
  if (text.startsWith('say ')) return { kind: 'pass' };
  if (text === 'swap') return { kind: 'replace', message: message('swapped') };
  if (text.startsWith('ask '))
    return { kind: 'answer', messages: [message(`no ${text.slice(4)}`)], reason: 'asked' };
  return { kind: 'drop', reason: 'dropped' };
}

export async function bench(options: Options = {}): Promise<Bench> {
  const got: string[] = [];
  const upgrades: IncomingMessage[] = [];
  const dropped: string[] = [];
  const sides: Duplex[] = [];
  const work = options.work ?? new GuestWork(defaultBudgets);
  const http = createServer();
  const server = new WebSocketServer({
    server: http,
    perMessageDeflate: options.compress === true,
    ...(options.protocol !== undefined && { handleProtocols: () => options.protocol ?? false }),
  });
  server.on('connection', (socket, request) => {
    upgrades.push(request);
    socket.on('message', data => got.push(textOf(data)));
    socket.on('ping', data => got.push(`ping ${textOf(data)}`));
    socket.on('close', (code, reason) => got.push(`close ${code} ${textOf(reason)}`));
  });
  const route = openRoute(
    {
      address: { kind: 'port', port: await listen(http) },
      host: 'localhost',
      headers: [],
      withheldCookies: [],
    },
    alwaysOurs,
  );
  const verdict: FilterVerdict = {
    allow: true,
    relay: 'filter',
    target: '/filtered',
    subprotocols: [],
    messageBytes: 1000,
    readsServer: false,
    filter: chosen => (chosen === 'bad' ? null : { fromGuest: judge, fromServer: () => ({ kind: 'pass' }) }),
    ...options.verdict,
  };
  const gateway = createServer();
  gateway.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    sides.push(socket);
    const listener = {
      hosts: makeHosts('x', 1, ['127.0.0.1']),
      headerCount: 100,
      trustedProxies: new TrustedProxies([]),
    };
    const facts = readFacts(
      {
        ...pick(request),
        rawHeaders: request.rawHeaders.map((text, at) =>
          request.rawHeaders[at - 1] === 'Host' ? '127.0.0.1' : text,
        ),
      },
      '::1',
      true,
      listener,
    );
    if ('message' in facts) throw new Error(facts.message);
    joinFiltered(
      route,
      { facts, request, socket, head },
      { handshakeMs: 5000, halfClosedMs: 200, messageMs: options.messageMs ?? 60_000 },
      {
        verdict,
        dropped: reason => dropped.push(reason),
        admits: options.admits,
        share: giveWay => work.open({ id: 'ada', link: 'class' }, giveWay),
      },
      { failed: error => socket.destroy(error) },
    );
  });
  const port = await listen(gateway);
  closing.push(
    () => route.pool.destroy(),
    () => http.closeAllConnections(),
    () => new Promise(done => http.close(done)),
    () => server.clients.forEach(client => client.terminate()),
    () => new Promise(done => gateway.close(done)),
    () => sides.forEach(side => side.destroy()),
  );
  return { port, got, upgrades, dropped, server, sides };
}

function pick({ method, url, httpVersion }: IncomingMessage): {
  method: string | undefined;
  url: string | undefined;
  httpVersion: string;
} {
  return { method, url, httpVersion };
}

async function listen(server: ReturnType<typeof createServer>): Promise<number> {
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  return (server.address() as AddressInfo).port;
}

export function guestOf({ port }: Bench, protocols: string[] = []): WebSocket {
  const guest = new WebSocket(`ws://127.0.0.1:${port}/asked?session_id=owner`, protocols);
  closing.push(() => guest.terminate());
  return guest;
}

export async function until(what: () => boolean): Promise<void> {
  await expect.poll(what, { timeout: 5000, interval: 5 }).toBe(true);
}

/** A raw guest, to cut frames where we like. */
export async function rawGuest({ port }: Bench): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  closing.push(() => socket.destroy());
  socket.write(
    'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n',
  );
  await new Promise<void>(done => socket.once('data', () => done()));
  return socket;
}
