/*
 * What the tests of code-server need: a bare one, a program on another port that nobody may reach by way of
 * it, and handshakes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { eventually } from './core.ts';

/** What nobody may reach by way of code-server: a program on a port of this computer. */
export interface Neighbour {
  readonly port: number;
  /** `GET /path`, or `UPGRADE /path`. */
  readonly asked: string[];
  /** The `Cookie` headers that came with it. */
  readonly cookies: string[];
  close(): void;
}

export async function openNeighbour(): Promise<Neighbour> {
  const asked: string[] = [];
  const cookies: string[] = [];
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    cookies.push(incoming.headers.cookie ?? '');
    response.end('the neighbour');
  });
  server.on('upgrade', (incoming: IncomingMessage, socket) => {
    asked.push(`UPGRADE ${incoming.url}`);
    socket.on('error', () => {});
    socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
  });
  // On every address: older versions of code-server ask 0.0.0.0.
  await once(server.listen(0), 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    asked,
    cookies,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Status of a WebSocket handshake at a path. */
export function shake(socket: WebSocket): Promise<number> {
  return new Promise((resolve, reject) => {
    socket.once('upgrade', () => {
      resolve(101);
      socket.terminate();
    });
    socket.once('unexpected-response', (_request, response) => {
      resolve(response.statusCode ?? 0);
      socket.terminate();
    });
    socket.once('error', reject);
  });
}

/**
 * Each reaches the port of the neighbour, or would at some router that decodes, folds or takes capitals for
 * small letters.
 */
export function spellings(port: number): string[] {
  return [
    `/proxy/${port}/x`,
    `/proxy/${port}`,
    `/proxy/0${port}/x`,
    `/absproxy/${port}/x`,
    `/PROXY/${port}/x`,
    `/AbsProxy/${port}/x`,
    `/%70roxy/${port}/x`,
    `/%2570roxy/${port}/x`,
    `/abs%70roxy/${port}/x`,
    `//proxy/${port}/x`,
    `/proxy;a=b/${port}/x`,
    `/proxy%2f${port}%2fx`,
    `/./proxy/${port}/x`,
    `/healthz/../proxy/${port}/x`,
    `/healthz/%2e%2e/proxy/${port}/x`,
    `/healthz/..%2fproxy/${port}/x`,
    `/vscode/proxy/${port}/x`,
    `/proxy/localhost:${port}/x`,
    `/proxy/1@127.0.0.1:${port}/x`,
    `/proxy/${port}/x?folder=/tmp`,
  ];
}

export interface BareReply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
}

export interface Bare {
  readonly socketPath: string;
  ask(
    target: string,
    options?: { method?: string; headers?: Record<string, string>; body?: string },
  ): Promise<BareReply>;
  status(target: string): Promise<number>;
  shake(target: string, headers?: Record<string, string>): Promise<number>;
  stop(): Promise<void>;
}

/** code-server as somebody would start it by hand, on a socket. @param config its config.yaml */
export async function startBare(
  programs: string,
  path: string,
  flags: readonly string[],
  config = 'auth: none\n',
): Promise<Bare> {
  const folder = await mkdtemp(join(tmpdir(), 'bare-'));
  const socketPath = join(folder, 'bare.sock');
  await writeFile(join(folder, 'config.yaml'), config);
  const child: ChildProcess = spawn(
    join(programs, 'code-server'),
    ['--config', join(folder, 'config.yaml'), '--socket', socketPath, ...flags],
    { env: { PATH: path, HOME: folder }, stdio: 'ignore' },
  );
  const ask: Bare['ask'] = (target, { body, ...options } = {}) =>
    new Promise((resolve, reject) => {
      request({ socketPath, path: target, ...options }, response => {
        response.resume();
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers }));
      })
        .on('error', reject)
        .end(body);
    });
  const status = async (target: string): Promise<number> => (await ask(target)).status;
  await eventually('it answers', 60_000, async () => (await status('/healthz')) === 200);
  return {
    socketPath,
    ask,
    status,
    shake: (target, headers = {}) => shake(new WebSocket(`ws+unix:${socketPath}:${target}`, { headers })),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
