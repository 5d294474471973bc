/* matlab-proxy as PyPI has it, with and without Gatehouse before it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { request, type IncomingHttpHeaders } from 'node:http';
import { request as secureRequest } from 'node:https';
import { dirname, join } from 'node:path';
import getPort from 'get-port';
import { eventually, makeHome, type TestHome } from './core.ts';
import { everyProcess } from './processes.ts';
import { pythonServer } from './server-packages.ts';

/** A home where matlab-proxy, and no MATLAB, is on PATH. */
export async function matlabHome(extra: Record<string, string> = {}): Promise<TestHome> {
  const python = await pythonServer('matlab');
  return makeHome({ PATH: `${dirname(python)}:/usr/bin:/bin`, ...extra });
}

/** Its own stand-in for MATLAB. */
export const fakeMatlab = { MWI_DEV: 'true', MWI_TEST: 'true' };

export interface Told {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /** PEM of the authority of a TLS listener. */
  readonly ca?: string;
  readonly host?: string;
}

/** One request as it is written, to 127.0.0.1, whatever the name. */
export function tell(
  url: string,
  { method = 'GET', headers = {}, ca, host = '127.0.0.1' }: Asking = {},
): Promise<Told> {
  const { port, host: name, protocol } = new URL(url);
  const path = url.slice(url.indexOf('/', url.indexOf('//') + 2));
  const all = { host, port, path, method, headers: { host: name, ...headers }, agent: false as const };
  return new Promise((resolve, reject) => {
    const sent =
      protocol === 'https:' ? secureRequest({ ...all, ca, servername: 'localhost' }) : request(all);
    sent.on('response', response => {
      let body = '';
      response.setEncoding('utf8').on('data', (text: string) => (body += text));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** Environment of a process as it was started. */
export async function environmentOf(pid: number): Promise<Readonly<Record<string, string>>> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8');
  return Object.fromEntries(
    text.split('\0').flatMap(line => {
      const at = line.indexOf('=');
      return at < 1 ? [] : [[line.slice(0, at), line.slice(at + 1)]];
    }),
  );
}

/** The stand-in that this server has started. */
export async function fakeMatlabOf(serverPort: string): Promise<number> {
  const all = await everyProcess();
  const found = all.find(
    ({ argv, environment }) =>
      argv.includes('devel.py') && environment.includes(`MWI_APP_PORT=${serverPort}\0`),
  );
  if (found === undefined) throw new Error('There is no stand-in for MATLAB.');
  return found.pid;
}

export interface Bare {
  readonly port: number;
  readonly token: string;
  readonly ended: Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** matlab-proxy as its own documentation starts it. */
export async function bareMatlabProxy(home: TestHome): Promise<Bare> {
  const port = await getPort();
  const token = 'token-of-the-bare-server';
  const program = join(dirname(await pythonServer('matlab')), 'matlab-proxy-app');
  const child = spawn(program, [], {
    env: { ...home.environment, MWI_APP_PORT: String(port), MWI_AUTH_TOKEN: token },
    cwd: home.folder,
    stdio: 'ignore',
  });
  const ended = once(child, 'exit');
  await eventually('the bare server answers', 60_000, async () =>
    tell(`http://127.0.0.1:${port}/get_status`),
  );
  return {
    port,
    token,
    ended,
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}
