/*
 * A real core in a process of its own, in a home of its own, for tests; and the command line as a person
 * would call it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { get, type IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { CoreClient } from '../../src/main/control/core-client.ts';
import { connectCore } from '../../src/main/control/connect-core.ts';
import type { AccessLink, ServerInfo } from '../../src/shared/model.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { testPython } from './jupyter.ts';

export const root = join(import.meta.dirname, '..', '..');
export const coreScript = join(root, 'out', 'core', 'main.mjs');

export interface Said {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface TestHome {
  /** GATEHOUSE_HOME: with a space and an umlaut, because users have them. */
  readonly folder: string;
  readonly environment: Record<string, string>;
  readonly runtime: string;
  /** Runs one command to its end. */
  cli(...args: string[]): Promise<Said>;
  /** The same with `--json`, parsed; throws what it said when it failed. */
  json<T>(...args: string[]): Promise<T>;
  client(): Promise<CoreClient>;
  /** Quits a core that may run, and removes everything. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** A home where the test JupyterLab is the only thing on PATH beside the system's own. */
export async function makeHome(extra: Record<string, string> = {}): Promise<TestHome> {
  const folder = await mkdtemp(join(tmpdir(), 'höme '));
  const python = dirname(await testPython());
  const environment: Record<string, string> = {
    PATH: `${python}:/usr/bin:/bin`,
    HOME: folder,
    LANG: 'C.UTF-8',
    GATEHOUSE_HOME: join(folder, 'gatehouse'),
    ...extra,
  };
  const runtime = join(folder, 'gatehouse', 'run');
  const cli = async (...args: string[]): Promise<Said> => {
    const child = spawn(process.execPath, [coreScript, ...args], { env: environment, cwd: folder });
    return collect(child);
  };
  return {
    folder,
    environment,
    runtime,
    cli,
    async json<T>(...args: string[]) {
      const dashes = args.indexOf('--');
      const { code, out, err } = await cli(
        ...args.toSpliced(dashes === -1 ? args.length : dashes, 0, '--json'),
      );
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${err}`);
      return JSON.parse(out) as T;
    },
    client: () => connectCore({ runtime, role: 'cli', version: packageFile.version }),
    async [Symbol.asyncDispose]() {
      await cli('quit');
      await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

async function collect(child: ChildProcess): Promise<Said> {
  let out = '';
  let err = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (err += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

export interface Served {
  readonly child: ChildProcess;
  readonly server: ServerInfo;
  readonly link: AccessLink;
  /** Everything it has printed. */
  readonly said: () => string;
  readonly ended: Promise<number | null>;
  /** The access token, as the owner would ask for it. */
  token(): Promise<string>;
}

/** `gatehouse serve --json ARGS` until it says `ready`. */
export async function serve(home: TestHome, ...args: string[]): Promise<Served> {
  const child = spawn(process.execPath, [coreScript, 'serve', '--json', ...args], {
    env: home.environment,
    cwd: home.folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = once(child, 'exit').then(([code]) => code as number | null);
  const ready = new Promise<{ server: ServerInfo; link: AccessLink }>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', line => {
      said += `${line}\n`;
      const event = JSON.parse(line) as { event: string; server: ServerInfo; link: AccessLink };
      if (event.event === 'ready') resolve(event);
    });
    void ended.then(code => reject(new Error(`serve ended with ${code} before it was ready: ${said}`)));
  });
  const { server, link } = await ready;
  return {
    child,
    server,
    link,
    said: () => said,
    ended,
    token: async () => (await home.json<{ token: string }>('token', server.id)).token,
  };
}

/** Address for tools: they may not resolve `*.localhost`. */
export function toolUrl(server: Pick<ServerInfo, 'url'>): string {
  return (server.url ?? '').replace(/\/\/[^:/]+/, '//127.0.0.1');
}

/** Waits until a look succeeds; throws what the last look threw, or that time ran out. */
export async function eventually<T>(
  what: string,
  limit: number,
  look: () => Promise<T | null | undefined | false>,
): Promise<T> {
  const deadline = performance.now() + limit;
  let last: unknown = null;
  while (performance.now() < deadline) {
    try {
      const seen = await look();
      if (seen !== null && seen !== undefined && seen !== false) return seen;
    } catch (error) {
      last = error;
    }
    await delay(50);
  }
  throw new Error(`${what} did not happen within ${limit} ms`, { cause: last });
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/**
 * A GET with the host name of the address, sent to 127.0.0.1: Node does not resolve `*.localhost` everywhere.
 */
export function askByName(url: string, headers: Record<string, string> = {}): Promise<Reply> {
  const { port, pathname, search, host } = new URL(url);
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path: pathname + search, headers: { ...headers, host } }, response => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    }).on('error', reject);
  });
}
