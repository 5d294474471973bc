/*
 * A Jupyter server as a person starts it, without Gatehouse: what an attack does to it is what the door has
 * to stop.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import getPort from 'get-port';
import { eventually } from './core.ts';

export interface BareJupyter {
  /** `http://127.0.0.1:PORT/` */
  readonly url: string;
  readonly port: number;
  readonly pid: () => number;
  readonly token: string;
  readonly home: string;
  /** Where it serves files from. */
  readonly folder: string;
  /** Everything it has printed. */
  readonly said: () => string;
  /** What a person gets who signs in on its form: the cookie that it sets. */
  signIn(password: string): Promise<string>;
  /** Stops it, and starts it again in the same home on the same port. */
  restart(config: string): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface BareOptions {
  /** jupyter_server_config.py */
  readonly config?: string;
  /** Below the home; `work` when absent. */
  readonly folder?: string;
  readonly token?: string;
}

export async function bareJupyter(python: string, options: BareOptions = {}): Promise<BareJupyter> {
  const home = await mkdtemp(join(tmpdir(), 'bare-'));
  const port = await getPort({ host: '127.0.0.1' });
  const token = options.token ?? 'a-token-that-nobody-guesses';
  const folder = join(home, options.folder ?? 'work');
  const url = `http://127.0.0.1:${port}/`;
  const context = { home, folder, port, token, url };
  let run = await start(python, context, options.config ?? '');
  return {
    ...context,
    pid: () => run.pid,
    said: () => run.said(),
    signIn: password => signIn(url, password),
    async restart(config) {
      await run.stop();
      run = await start(python, context, config);
    },
    async [Symbol.asyncDispose]() {
      await run.stop();
      await rm(home, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

interface Run {
  readonly pid: number;
  readonly said: () => string;
  readonly stop: () => Promise<void>;
}

type Place = Pick<BareJupyter, 'home' | 'folder' | 'port' | 'token' | 'url'>;

async function start(python: string, context: Place, config: string): Promise<Run> {
  const { home, folder, port, token, url } = context;
  const configFolder = join(home, '.jupyter');
  await mkdir(folder, { recursive: true });
  await mkdir(configFolder, { recursive: true });
  await writeFile(join(configFolder, 'jupyter_server_config.py'), config);
  const settings = [
    'ip=127.0.0.1',
    `port=${port}`,
    'port_retries=0',
    `root_dir=${folder}`,
    'allow_root=True',
  ];
  const child = spawn(
    python,
    ['-m', 'jupyter_server', '--no-browser', ...settings.map(setting => `--ServerApp.${setting}`)],
    {
      cwd: folder,
      env: { PATH: '/usr/bin:/bin', HOME: home, ...(token === '' ? {} : { JUPYTER_TOKEN: token }) },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said += text));
  }
  const ended = once(child, 'exit');
  await eventually('an answer of the server', 30_000, async () => {
    if (child.exitCode !== null) throw new Error(said);
    return (await fetch(`${url}api`)).ok;
  });
  return {
    pid: child.pid ?? 0,
    said: () => said,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function signIn(url: string, password: string): Promise<string> {
  const page = await fetch(`${url}login`);
  const xsrf = /_xsrf=([^;]+)/.exec(page.headers.getSetCookie().join('\n'))?.[1] ?? '';
  const answer = await fetch(`${url}login?next=%2F`, {
    method: 'POST',
    redirect: 'manual',
    headers: { cookie: `_xsrf=${xsrf}` },
    body: new URLSearchParams({ _xsrf: xsrf, password }),
  });
  const cookie = answer.headers.getSetCookie().find(text => text.startsWith('username-'));
  if (cookie === undefined) throw new Error(`Signing in was answered ${answer.status}.`);
  return cookie.split(';')[0] ?? '';
}
