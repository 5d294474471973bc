import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { EventName, Events } from '../../shared/contract.ts';
import { errorInfo } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { readLines } from './lines.ts';
import {
  callSchema,
  messageLimit,
  Opener,
  proofMatches,
  proofOf,
  protocolVersion,
  responseSchema,
  Sealer,
  type Role,
} from './protocol.ts';

export interface ControlServerOptions {
  /** A Unix socket path in a 0700 folder, or a named pipe. */
  readonly path: string;
  readonly key: Secret<string>;
  readonly version: string;
  /** Answers one call; refuses by throwing. Arguments are not yet checked. */
  readonly answer: (name: string, args: readonly unknown[]) => Promise<unknown>;
  /** How many of each role are connected, whenever that changes. */
  readonly onConnections: (count: { readonly shell: number; readonly cli: number }) => void;
  readonly onRefused: (reason: string) => void;
  /** Takes secrets out of an error before it is told. */
  readonly redact: (text: string) => string;
}

export interface ControlServer {
  announce<K extends EventName>(name: K, value: Events[K]): void;
  close(): Promise<void>;
}

interface Peer {
  readonly socket: Socket;
  readonly role: Role;
  readonly sealer: Sealer;
}

/** Milliseconds in which a connection must prove itself. */
const handshakeLimit = 5000;
/**
 * Bytes that may wait for a peer that does not read; then it is dropped, so that it cannot fill the core's
 * memory.
 */
const backlogLimit = 16 * 1024 * 1024;

/** Listens on the control socket. Throws EADDRINUSE where the path is taken. */
export async function listenControl(options: ControlServerOptions): Promise<ControlServer> {
  const peers = new Set<Peer>();
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    welcome(socket, options, peers);
  });
  await listen(server, options.path);
  return {
    announce(name, value) {
      for (const peer of peers) send(peer, { kind: 'event', name, value });
    },
    close() {
      return new Promise(resolve => {
        server.close(() => resolve());
        for (const socket of sockets) socket.end(() => socket.destroy());
      });
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function welcome(socket: Socket, options: ControlServerOptions, peers: Set<Peer>): void {
  const nonce = randomBytes(32).toString('base64url');
  let opener: Opener | null = null;
  let peer: Peer | null = null;
  const timer = setTimeout(() => refuse('it did not prove itself in time'), handshakeLimit);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clearTimeout(timer);
    if (peer === null) return;
    peers.delete(peer);
    options.onConnections(count(peers));
  });
  readLines(socket, messageLimit, onLine, () => refuse('its message is too long'));
  socket.write(`${JSON.stringify({ gatehouse: options.version, protocol: protocolVersion, nonce })}\n`);

  function onLine(line: string): void {
    try {
      if (peer === null || opener === null) accept(line);
      else handle(peer, callSchema.parse(opener.open(line)), options);
    } catch (error) {
      refuse(error instanceof Error ? error.message : 'it could not be read');
    }
  }
  function accept(line: string): void {
    const response = responseSchema.parse(JSON.parse(line));
    const key = Buffer.from(options.key.reveal(), 'base64url');
    const wanted = proofOf(key, 'client', nonce, response.nonce, response.role);
    if (!proofMatches(response.proof, wanted)) throw new Error('it does not hold the key of this core');
    clearTimeout(timer);
    const nonces = `${nonce} ${response.nonce}`;
    opener = new Opener(key, 'client', nonces);
    peer = { socket, role: response.role, sealer: new Sealer(key, 'core', nonces) };
    const proof = proofOf(key, 'core', nonce, response.nonce, response.role);
    socket.write(`${JSON.stringify({ proof })}\n`);
    peers.add(peer);
    options.onConnections(count(peers));
  }
  function refuse(reason: string): void {
    options.onRefused(reason.slice(0, 200));
    if (peer === null) socket.end(`${JSON.stringify({ refused: reason.slice(0, 400) })}\n`);
    socket.destroySoon();
  }
}

function handle(
  peer: Peer,
  call: { id: number; name: string; args: unknown[] },
  options: ControlServerOptions,
): void {
  options.answer(call.name, call.args).then(
    value => send(peer, { kind: 'answer', id: call.id, value: value ?? null }),
    (error: unknown) => send(peer, { kind: 'error', id: call.id, error: errorInfo(error, options.redact) }),
  );
}

function send(peer: Peer, message: unknown): void {
  if (peer.socket.destroyed) return;
  if (peer.socket.writableLength > backlogLimit) {
    peer.socket.destroy();
    return;
  }
  peer.socket.write(peer.sealer.seal(message));
}

function count(peers: ReadonlySet<Peer>): { shell: number; cli: number } {
  let shell = 0;
  for (const peer of peers) if (peer.role === 'shell') shell += 1;
  return { shell, cli: peers.size - shell };
}
