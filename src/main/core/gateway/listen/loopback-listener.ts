/**
 * The attack: on a shared machine another user takes `[::1]:PORT` while Gatehouse has only `127.0.0.1:PORT`.
 * Browsers ask `*.localhost` at ::1 first, and would hand the session cookie to that user. So one port is
 * held on every loopback address, or not used at all.
 */
import { createServer, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Server as NetServer, Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import getPort from 'get-port';
import { GatehouseError } from '../../errors.ts';
import { boundHandshakes } from './tls-handshakes.ts';
import type { GatewayRules } from '../../gateway-ports.ts';
import type { Limits } from '../limits.ts';

export interface Listener {
  readonly port: number;
  /** Ends every connection; resolves when nothing listens any more. */
  close(): Promise<void>;
}

export type LoopbackListenOptions = Pick<GatewayRules, 'preferredPort' | 'tls'>;

const tries = 20;
/** Until a handshake is made, where there is one. */
const handshakeMs = 10_000;

/** Listens on one port of every loopback address. `attach` gets each server before its first connection. */
export async function listenOnLoopback(
  { preferredPort, tls }: LoopbackListenOptions,
  limits: Limits,
  attach: (server: Server) => void,
  addresses: readonly string[] = loopbackAddresses(),
): Promise<Listener> {
  let port = preferredPort ?? (await getPort({ host: '127.0.0.1' }));
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const servers = await listenOnAll(port, () => openServer(limits, tls, attach), addresses);
    if (servers !== null) return { port, close: () => closeAll(servers) };
    // Somebody was faster, or the port is taken on one address only.
    port = await getPort({ host: '127.0.0.1' });
  }
  throw new GatehouseError('no-free-port', 'No port is free on every loopback address of this computer.', {
    nextStep: 'Close programs that hold many ports, then start the server again.',
  });
}

/** 127.0.0.1, and ::1 where this machine has it. */
export function loopbackAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap(entries => entries ?? []);
  return all.some(entry => entry.address === '::1') ? ['127.0.0.1', '::1'] : ['127.0.0.1'];
}

async function listenOnAll(
  port: number,
  open: () => OpenServer,
  addresses: readonly string[],
): Promise<readonly OpenServer[] | null> {
  const opened: OpenServer[] = [];
  for (const address of addresses) {
    const one = open();
    const failure = await listen(one.server, port, address);
    if (failure === null) {
      opened.push(one);
      continue;
    }
    await closeAll(opened);
    if (failure.code === 'EADDRINUSE' || failure.code === 'EACCES') return null;
    throw new GatehouseError('cannot-listen', `Gatehouse cannot listen on ${address}, port ${port}.`, {
      nextStep: 'Look at the loopback interface and the firewall of this computer (`gatehouse doctor`).',
      cause: failure,
    });
  }
  return opened;
}

interface OpenServer {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
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
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  attach(server);
  return { server, sockets };
}

/** For every HTTP server of Gatehouse. */
export function serverOptions(
  limits: Pick<Limits, 'headerBytes' | 'headersMs' | 'keepAliveMs'>,
): ServerOptions & { shouldUpgradeCallback: (request: UpgradeRequest) => boolean } {
  return {
    insecureHTTPParser: false,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    // A 10 GB upload takes its time; idle bodies are found by the sweep.
    requestTimeout: 0,
    keepAliveTimeout: limits.keepAliveMs,
    connectionsCheckingInterval: Math.min(5000, limits.headersMs),
    noDelay: true,
    // `curl --http2` offers h2c: to be ignored (RFC 9110, 7.8), not refused.
    shouldUpgradeCallback: request => request.headers.upgrade?.toLowerCase() === 'websocket',
  };
}

interface UpgradeRequest {
  readonly headers: { readonly upgrade?: string | undefined };
}

export function listen(server: NetServer, port: number, host: string): Promise<NodeJS.ErrnoException | null> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.ErrnoException | null>();
  server.once('error', resolve);
  server.listen({ port, host, exclusive: true, ipv6Only: host.includes(':') }, () => {
    server.off('error', resolve);
    resolve(null);
  });
  return promise;
}

/** Of a server that listens. */
export function portOf(server: NetServer): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closeAll(servers: readonly OpenServer[]): Promise<void> {
  await Promise.all(
    servers.map(({ server, sockets }) => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      for (const socket of sockets) socket.destroy();
      return promise;
    }),
  );
}
