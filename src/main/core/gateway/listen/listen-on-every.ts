/**
 * One port on every address of a listener, or none at all. The attack: on a shared machine another user takes
 * `[::1]:PORT` while Gatehouse has only `127.0.0.1:PORT`. Browsers ask `*.localhost` at ::1 first, and would
 * hand the session cookie to that user.
 */
import type { Server, ServerOptions } from 'node:http';
import type { Server as NetServer, Socket } from 'node:net';
import { GatehouseError } from '../../errors.ts';
import type { Limits } from '../limits.ts';

export interface Listener {
  readonly port: number;
  /** Ends every connection; resolves when nothing listens any more. */
  close(): Promise<void>;
}

export interface OpenServer {
  readonly server: Server;
  readonly sockets: ReadonlySet<Socket>;
  /** Ends what the server was given for its life. */
  readonly release?: () => void;
}

export interface ListenOptions {
  readonly addresses: readonly string[];
  /** Null: any. */
  readonly preferredPort: number | null;
  freePort(): Promise<number>;
  /** Makes the server of one address, which does not listen yet. */
  open(port: number): OpenServer;
  cannotListen(address: string, port: number, cause: NodeJS.ErrnoException): GatehouseError;
  /** What no port is free on: `every loopback address`. */
  readonly noFreePort: { readonly where: string; readonly nextStep: string };
}

const tries = 20;
/** Milliseconds until a TLS handshake has to be made, and until its first byte has to come. */
export const handshakeMs = 10_000;

export async function listenOnEvery(options: ListenOptions): Promise<Listener> {
  let port = options.preferredPort ?? (await options.freePort());
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const opened = await listenOnAll(port, options);
    if (opened !== null) return { port, close: () => closeAll(opened) };
    // Another program was faster, or the port is taken on one address only.
    port = await options.freePort();
  }
  const { where, nextStep } = options.noFreePort;
  throw new GatehouseError('no-free-port', `No port is free on ${where} of this computer.`, { nextStep });
}

async function listenOnAll(port: number, options: ListenOptions): Promise<readonly OpenServer[] | null> {
  const opened: OpenServer[] = [];
  for (const address of options.addresses) {
    const one = options.open(port);
    opened.push(one);
    const failure = await listen(one.server, port, address);
    if (failure === null) continue;
    await closeAll(opened);
    if (failure.code === 'EADDRINUSE' || failure.code === 'EACCES') return null;
    throw options.cannotListen(address, port, failure);
  }
  return opened;
}

async function closeAll(opened: readonly OpenServer[]): Promise<void> {
  await Promise.all(
    opened.map(({ server, sockets, release }) => {
      release?.();
      return closeServer(server, sockets);
    }),
  );
}

/** Ends a server and its connections. */
export function closeServer(server: NetServer, sockets: Iterable<Socket>): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  for (const socket of sockets) socket.destroy();
  return promise;
}

/** Keeps a connection in the set while it is open. */
export function keepWhileOpen(sockets: Set<Socket>, socket: Socket): void {
  sockets.add(socket);
  socket.on('close', () => sockets.delete(socket));
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

/** The port on which a server listens. */
export function portOf(server: NetServer): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
