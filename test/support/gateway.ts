/**
 * A gateway with a server behind it that records what it executed, and clients that say exactly what they are
 * told to.
 */
import { createServer, request, type IncomingMessage, type RequestListener } from 'node:http';
import { connect, createServer as createRawServer, type Server, type Socket } from 'node:net';
import type { Upstream } from '../../src/main/core/ports.ts';
import type { Gateway, GatewayRules } from '../../src/main/core/gateway-ports.ts';
import { openGateway } from '../../src/main/core/gateway/owner/owner-gateway.ts';
import { defaultLimits, type Limits } from '../../src/main/core/gateway/limits.ts';
import { Secret } from '../../src/main/core/secret.ts';
import { openTo } from './reach.ts';

export { until } from './wait.ts';

export const token = 'mTq3vYl0Zr8sXw1nJd6kPb9cHf2gUe5aVo7iKx4yRtE';
const noHosts: readonly string[] = [];
export const upstreamSecret = 'upstream-secret-Qw8z';

/** What the server behind has executed. */
export interface Executed {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly string[];
  readonly body: string;
}

export interface Room {
  readonly gateway: Gateway;
  readonly port: number;
  /** `thesis.localhost:PORT` */
  readonly host: string;
  readonly executed: Executed[];
  readonly upstreamPort: number;
  readonly lines: string[];
  /** The gateway's clock, and how often it was looked at. */
  readonly time: { now: number; reads: number };
  /** The same server, once more told to the gateway. */
  readonly upstream: Upstream;
  close(): Promise<void>;
}

export interface RoomOptions {
  readonly listener?: RequestListener;
  readonly rawServer?: (socket: Socket) => void;
  readonly limits?: Partial<Limits>;
  readonly rules?: Partial<GatewayRules>;
  readonly upstream?: Partial<Upstream>;
  /** Called with the HTTP server behind, for upgrades. */
  readonly attach?: (server: Server) => void;
}

export async function openRoom(options: RoomOptions = {}): Promise<Room> {
  const executed: Executed[] = [];
  const sockets = new Set<Socket>();
  const server =
    options.rawServer === undefined
      ? createServer(options.listener ?? ((incoming, response) => record(executed, incoming, response)))
      : createRawServer(options.rawServer);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
  });
  options.attach?.(server);
  const upstreamPort = await listen(server);
  const lines: string[] = [];
  const note =
    (level: string) =>
    (message: string, fields?: object): void => {
      lines.push(`${level} ${message} ${JSON.stringify(fields ?? {})}`);
    };
  const time = { now: Date.now(), reads: 0 };
  const rules: GatewayRules = {
    host: 'thesis',
    name: 'thesis',
    token: new Secret(token),
    preferredPort: null,
    extraHosts: () => noHosts,
    trustedProxies: [],
    clock: () => {
      time.reads += 1;
      return time.now;
    },
    log: { info: note('info'), warn: note('warn'), error: note('error') },
    ...options.rules,
  };
  const gateway = await openGateway(rules, { ...defaultLimits, ...options.limits });
  const upstream: Upstream = {
    address: { kind: 'port', port: upstreamPort },
    host: 'localhost',
    headers: [['X-Upstream-Secret', new Secret(upstreamSecret)]],
    withheldCookies: [/^username-/],
    ...options.upstream,
  };
  gateway.setUpstream({ state: 'ready', reason: '', reach: openTo(upstream), landing: '/lab' });
  const { port } = gateway;
  return {
    gateway,
    port,
    host: `thesis.localhost:${port}`,
    executed,
    upstreamPort,
    lines,
    time,
    upstream,
    async close() {
      await gateway.close();
      for (const socket of sockets) socket.destroy();
      await closed(server);
    },
  };
}

async function closed(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  await promise;
}

export async function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function record(
  executed: Executed[],
  incoming: IncomingMessage,
  response: Parameters<RequestListener>[1],
): void {
  let body = '';
  incoming.setEncoding('latin1');
  incoming.on('data', (chunk: string) => (body += chunk));
  incoming.on('end', () => {
    executed.push({
      method: incoming.method ?? '',
      url: incoming.url ?? '',
      headers: incoming.rawHeaders,
      body,
    });
    response.end('served');
  });
}

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

/** One request on a connection of its own. `Host` is the own name unless `headers` says otherwise. */
export function ask(
  room: Pick<Room, 'port' | 'host'>,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string | string[]>>;
    readonly body?: string;
  } = {},
): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<Reply>();
  const outgoing = request({
    host: '127.0.0.1',
    port: room.port,
    path,
    method: options.method ?? 'GET',
    headers: { Host: room.host, ...options.headers },
    agent: false,
    // As much as browsers accept.
    maxHeaderSize: 256 * 1024,
  });
  outgoing.on('error', reject);
  outgoing.on('response', answer => {
    let body = '';
    answer.setEncoding('latin1');
    answer.on('data', (chunk: string) => (body += chunk));
    answer.on('error', reject);
    answer.on('end', () =>
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        rawHeaders: answer.rawHeaders,
        body,
      }),
    );
  });
  outgoing.on('upgrade', (answer, socket) => {
    socket.destroy();
    resolve({ status: 101, headers: answer.headers, rawHeaders: answer.rawHeaders, body: '' });
  });
  outgoing.end(options.body);
  return promise;
}

export const owner: Readonly<Record<string, string>> = { Authorization: `Bearer ${token}` };
/** What a browser sends when a person opens a page. */
export const navigation: Readonly<Record<string, string>> = {
  Accept: 'text/html',
  'Sec-Fetch-Mode': 'navigate',
  'Sec-Fetch-Dest': 'document',
  'Sec-Fetch-Site': 'none',
};
export const websocket: Readonly<Record<string, string>> = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
};

/** What a browser that keeps cookies sends when it is asked whether it does. */
export const probe = 'gatehouse-probe=1';

/** Signs a browser in; answers its `Cookie` header. */
export async function signIn(room: Room): Promise<string> {
  const link = new URL(room.gateway.oneTimeLink().url);
  const reply = await ask(room, link.pathname + link.search, { headers: { ...navigation, Cookie: probe } });
  const [cookie] = reply.headers['set-cookie'] ?? [];
  if (reply.status !== 303 || cookie === undefined)
    throw new Error(`no sign-in: ${reply.status} ${reply.body}`);
  return cookie.split(';', 1)[0] ?? '';
}

/**
 * Sends bytes as they are and answers all that comes back until the connection ends or is silent for
 * `quietMs`.
 */
export async function rawExchange(port: number, bytes: string, quietMs = 400): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1');
  let answer = '';
  socket.setEncoding('latin1');
  // The first byte may take longer: it is waited for, not measured.
  socket.setTimeout(Math.max(quietMs, 2000), () => socket.destroy());
  socket.on('data', (chunk: string) => {
    answer += chunk;
    socket.setTimeout(quietMs);
  });
  socket.on('error', () => socket.destroy());
  socket.on('close', () => resolve(answer));
  socket.write(Buffer.from(bytes, 'latin1'));
  return promise;
}

/** The parts of a stream, as the buffers they are. */
export async function* partsOf(stream: AsyncIterable<unknown>): AsyncGenerator<Buffer> {
  for await (const part of stream) {
    if (!Buffer.isBuffer(part)) throw new TypeError('not a buffer');
    yield part;
  }
}
