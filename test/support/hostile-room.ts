/* A real core that hostile guests attack from processes of their own, while its owner goes on asking. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import getPort from 'get-port';
import type { Role } from '../../src/shared/model.ts';
import type { HostileOptions } from '../fakes/hostile-guest.ts';
import { eventually, toolUrl } from './core.ts';
import { GuestClient } from './guest.ts';
import { openShared, type Shared } from './shared.ts';

export type Attack =
  | 'kernel-headers'
  | 'legacy-headers'
  | 'bus-messages'
  | 'half-messages'
  | 'idle-connections'
  | 'open-sockets'
  | 'requests'
  | 'abandoned-requests';

/** Milliseconds that requests took. */
export interface Waits {
  readonly median: number;
  /** All but a twentieth took at most this. */
  readonly most: number;
  readonly slowest: number;
  readonly count: number;
}

/**
 * The owner's requests, and in turn with them those to a plain server in a process of its own, which waits
 * for the machine alone.
 */
export interface Watched {
  readonly owner: Waits;
  readonly plain: Waits;
}

/** A server of this kind, shared by a real core. */
export async function openHostileRoom(
  target: readonly string[],
  environment: Record<string, string> = {},
): Promise<HostileRoom> {
  return new HostileRoom(await openShared(environment, target));
}

export class HostileRoom {
  readonly shared: Shared;
  readonly #children: ChildProcess[] = [];
  #plain: PlainServer | null = null;

  constructor(shared: Shared) {
    this.shared = shared;
  }

  /** So many guests of one new link, come in. */
  async guests(role: Role, count: number): Promise<readonly GuestClient[]> {
    const link = await this.shared.share({ role, label: role });
    return Promise.all(
      Array.from({ length: count }, async () => {
        const guest = new GuestClient(link.url, this.shared.authority);
        const reply = await guest.join();
        if (reply.status !== 200) throw new Error(`Joining was answered ${reply.status}: ${reply.body}`);
        return guest;
      }),
    );
  }

  /** As the owner. @param path without a slash at its beginning */
  async owner(path: string, init: RequestInit = {}): Promise<Response> {
    const { served } = this.shared;
    const headers = { authorization: `Bearer ${await served.token()}` };
    return fetch(`${toolUrl(served.server)}${path}`, { ...init, headers });
  }

  /** Ended by `stop`, or with the room. */
  async attack(
    name: Attack,
    guests: readonly GuestClient[],
    options: Partial<HostileOptions> = {},
  ): Promise<{ stop(): Promise<void> }> {
    const script = join(import.meta.dirname, '..', 'fakes', 'hostile-guest.ts');
    const child = spawn(process.execPath, [script, name], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#children.push(child);
    const asked: HostileOptions = {
      origin: guests[0]?.origin ?? '',
      authority: this.shared.authority,
      cookies: guests.map(({ cookie }) => cookie),
      path: '/',
      protocols: [],
      sockets: 1,
      bytes: 0,
      ...options,
    };
    child.stdin.write(`${JSON.stringify(asked)}\n`);
    await once(child.stdout, 'data');
    return { stop: () => end(child) };
  }

  /**
   * One request after another. @param path for a page of Gatehouse's own: what the core takes, and no server;
   * else of the server
   */
  async watch(milliseconds: number, path = '/_gatehouse/login'): Promise<Watched> {
    const plain = await this.#plainServer();
    const { served } = this.shared;
    const owner = new URL(path, toolUrl(served.server));
    const headers = { authorization: `Bearer ${await served.token()}` };
    const took = { owner: [] as number[], plain: [] as number[] };
    const until = performance.now() + milliseconds;
    do {
      took.owner.push(await timeOf(owner, headers));
      took.plain.push(await timeOf(plain));
      await delay(5);
    } while (performance.now() < until);
    return { owner: waitsOf(took.owner), plain: waitsOf(took.plain) };
  }

  async #plainServer(): Promise<URL> {
    this.#plain ??= await startPlainServer();
    return this.#plain.url;
  }

  /** Memory of the core now, MiB. */
  async memory(): Promise<number> {
    const status = await readFile(`/proc/${this.shared.served.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
  }

  /** Connections of the core now: its open sockets. */
  async connections(): Promise<number> {
    const folder = `/proc/${this.shared.served.child.pid}/fd`;
    const links = await Promise.all(
      (await readdir(folder)).map(name => readlink(join(folder, name)).catch(() => '')),
    );
    return links.filter(link => link.startsWith('socket:')).length;
  }

  async close(): Promise<void> {
    await Promise.all(this.#children.map(child => end(child)));
    if (this.#plain !== null) await end(this.#plain.child);
    await this.shared.close();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

interface PlainServer {
  readonly url: URL;
  readonly child: ChildProcess;
}

async function startPlainServer(): Promise<PlainServer> {
  const port = await getPort();
  const script = join(import.meta.dirname, '..', 'bench', 'upstream.ts');
  const child = spawn(process.execPath, [script, String(port)], { stdio: 'inherit' });
  const url = new URL(`http://127.0.0.1:${port}/small`);
  await eventually('the plain server answers', 30_000, async () => (await fetch(url).catch(() => null))?.ok);
  return { url, child };
}

async function timeOf(url: URL, headers: Record<string, string> = {}): Promise<number> {
  const begun = performance.now();
  await (await fetch(url, { headers })).text();
  return performance.now() - begun;
}

function waitsOf(times: readonly number[]): Waits {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor((sorted.length - 1) * part)] ?? 0;
  return { median: at(0.5), most: at(0.95), slowest: at(1), count: sorted.length };
}
