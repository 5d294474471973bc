/*
 * A hostile guest, in a process of its own: `hostile-guest.ts ATTACK`, with what it is told as JSON on the
 * first line of its standard input. Says `ready` once the attack runs.
 */
import { once } from 'node:events';
import { Agent, get } from 'node:https';
import { createInterface } from 'node:readline';
import { connect, type TLSSocket } from 'node:tls';
import { WebSocket } from 'ws';

export interface HostileOptions {
  /** `https://127.0.0.1:PORT` */
  readonly origin: string;
  readonly authority: string;
  /** One of each session: `name=value`. */
  readonly cookies: readonly string[];
  /** Path of the WebSocket, or of the requests. */
  readonly path: string;
  readonly protocols: readonly string[];
  /** Connections of each session. */
  readonly sockets: number;
  /** Bytes of one message. */
  readonly bytes: number;
}

const attacks: Record<string, (options: HostileOptions) => Promise<unknown>> = {
  'kernel-headers': options => flood(options, kernelMessage(nested(options.bytes))),
  'legacy-headers': options => flood({ ...options, protocols: [] }, legacyMessage(options.bytes)),
  'bus-messages': options => flood(options, busMessage(options.bytes)),
  'half-messages': halfMessages,
  'idle-connections': idleConnections,
  'open-sockets': options => openSockets(options),
  requests: options => askAgain(options, () => false),
  'abandoned-requests': options => askAgain(options, () => true),
};

const [name = ''] = process.argv.slice(2);
const lines = createInterface({ input: process.stdin });
const [line] = (await once(lines, 'line')) as [string];
const attack = attacks[name];
if (attack === undefined) throw new Error(`There is no attack ${name}.`);
await attack(JSON.parse(line) as HostileOptions);
process.stdout.write('ready\n');

async function openSockets(options: HostileOptions): Promise<WebSocket[]> {
  const opened: WebSocket[] = [];
  for (const cookie of options.cookies) {
    const some = Array.from({ length: options.sockets }, async () => {
      const socket = new WebSocket(
        options.origin.replace('https', 'wss') + options.path,
        [...options.protocols],
        {
          ca: options.authority,
          headers: { cookie, origin: options.origin },
        },
      );
      socket.on('error', () => {});
      await new Promise(done => socket.once('open', done).once('close', done));
      if (socket.readyState === WebSocket.OPEN) opened.push(socket);
    });
    await Promise.all(some);
  }
  return opened;
}

/** As fast as they are taken, until the process is ended. */
async function flood(options: HostileOptions, message: Buffer | string): Promise<void> {
  const send = (socket: WebSocket): void => {
    if (socket.readyState === WebSocket.OPEN) socket.send(message, () => send(socket));
  };
  for (const socket of await openSockets(options)) send(socket);
}

async function halfMessages(options: HostileOptions): Promise<void> {
  for (const socket of await openSockets(options)) socket.send(Buffer.alloc(options.bytes), { fin: false });
}

/**
 * Asks for the path on each connection again and again; where it hangs up, a twentieth of a second after it
 * asked.
 */
async function askAgain(options: HostileOptions, hangsUp: () => boolean): Promise<void> {
  const { origin, authority, cookies, path, sockets } = options;
  for (const cookie of cookies) {
    const agent = new Agent({ ca: authority, keepAlive: true, maxSockets: sockets });
    const ask = (): void => {
      const next = (): void => void setTimeout(ask, 1);
      const asked = get(origin + path, { agent, headers: { cookie } }, answer => {
        answer.on('error', () => {});
        answer.once('close', next).resume();
      });
      asked.once('error', next);
      if (hangsUp()) setTimeout(() => asked.destroy(), 50);
    };
    for (let made = 0; made < sockets; made++) ask();
  }
}

/** Connections that show a right credential once, and then say nothing. */
async function idleConnections({ origin, authority, cookies, sockets }: HostileOptions): Promise<void> {
  const { port } = new URL(origin);
  const head = (cookie: string): string =>
    `GET /_gatehouse/none HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n\r\n` +
    `GET /favicon.ico HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n\r\n`;
  for (const cookie of cookies) {
    for (let made = 0; made < sockets; made += 50) {
      const some = Array.from({ length: Math.min(50, sockets - made) }, async () => {
        const socket: TLSSocket = connect({ host: '127.0.0.1', port: Number(port), ca: authority });
        socket.on('error', () => {});
        socket.write(head(cookie));
        await new Promise(done => socket.once('data', done).once('close', done));
        socket.on('data', () => {});
      });
      await Promise.all(some);
    }
  }
}

/** `{"msg_id":...,"x":[[[...]]]}` of so many bytes. */
function nested(bytes: number): string {
  const depth = Math.floor((bytes - 200) / 2);
  return `{"msg_id":"a","msg_type":"kernel_info_request","x":${'['.repeat(depth)}${']'.repeat(depth)}}`;
}

function kernelMessage(header: string): Buffer {
  const parts = ['shell', header, '{}', '{}', '{}'].map(part => Buffer.from(part));
  const table = Buffer.alloc(8 * (parts.length + 2));
  table.writeBigUInt64LE(BigInt(parts.length + 1), 0);
  let offset = table.length;
  table.writeBigUInt64LE(BigInt(offset), 8);
  parts.forEach((part, index) => {
    offset += part.length;
    table.writeBigUInt64LE(BigInt(offset), 8 * (index + 2));
  });
  return Buffer.concat([table, ...parts]);
}

function legacyMessage(bytes: number): string {
  return `{"channel":"shell","content":{},"header":${nested(bytes - 100)}}`;
}

/** Many members, each with a name of its own. */
function busMessage(bytes: number): string {
  const members: string[] = [];
  for (let index = 0, length = 0; length < bytes - 100; index++) {
    members.push(`"${index.toString(36)}":0`);
    length += (members.at(-1)?.length ?? 0) + 1;
  }
  return `{"type":"recognizer_loop:utterance","data":{${members.join(',')}},"context":{}}`;
}
