/*
 * The app as a person has it: a real Electron, a home of its own, a real JupyterLab. When a test fails, the
 * logs of the home, the output of the app and of every command, and a screenshot of each window are attached.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { glob, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  _electron,
  test as base,
  type ElectronApplication,
  type Page,
  type TestInfo,
} from '@playwright/test';
import { eventually, makeHome, root, type TestHome } from '../../support/core.ts';
import { processesOf } from '../../support/processes.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';
import { HomeWindow } from '../pages/home-window.ts';

export interface App {
  readonly electron: ElectronApplication;
  readonly homeWindow: HomeWindow;
}

export interface Apps {
  /** Starts the app; a second time for what a person does after a crash. */
  launch(...args: string[]): Promise<App>;
  /** Starts it without Playwright, for a start that is expected to end at once. */
  spawn(...args: string[]): ChildProcess;
}

/** The core of the home, asked by the command line. */
export interface Core {
  /** The one server of the home. */
  server(): Promise<ServerInfo>;
  /** Waits until that server is in a state. */
  inState(state: ServerInfo['state']): Promise<ServerInfo>;
  /** Process of the core. */
  pid(): Promise<number>;
  /** Access token of a server. */
  token(id: string): Promise<string>;
}

interface Fixtures {
  /** A home with a space and an umlaut in its path; the test fails if a process of it is left. */
  readonly home: TestHome;
  readonly core: Core;
  readonly apps: Apps;
  /** One app, started without arguments. */
  readonly app: App;
}

export const test = base.extend<Fixtures>({
  // Playwright reads the names of fixtures from the pattern.
  // oxlint-disable-next-line no-empty-pattern
  home: async ({}, use, testInfo) => {
    const home = await makeHome();
    const said: string[] = [];
    await use(recorded(home, said));
    if (hasFailed(testInfo)) {
      await testInfo.attach('commands.txt', { body: said.join('\n') });
      await attachLogs(home, testInfo);
    }
    await home[Symbol.asyncDispose]();
    await eventually('the end of everything that the test started', 15_000, async () => {
      const left = await processesOf(home.folder);
      if (left.length > 0)
        throw new Error(`Still there: ${left.map(({ pid, argv }) => `${pid} ${argv}`).join('; ')}`);
      return true;
    });
  },
  core: async ({ home }, use) => {
    const server = async (): Promise<ServerInfo> => {
      const [found] = await home.json<ServerInfo[]>('list');
      if (found === undefined) throw new Error('There is no server.');
      return found;
    };
    await use({
      server,
      inState: state =>
        eventually(`a server that is ${state}`, 30_000, async () => {
          const found = await server();
          return found.state === state ? found : null;
        }),
      pid: async () => (await home.json<{ pid: number }>('about')).pid,
      token: async id => (await home.json<{ token: string }>('token', id)).token,
    });
  },
  apps: async ({ home }, use, testInfo) => {
    const running: RunningApp[] = [];
    const executable = process.env['GATEHOUSE_TEST_ELECTRON'] ?? '';
    const env = {
      ...home.environment,
      DISPLAY: process.env['DISPLAY'] ?? '',
      GATEHOUSE_NODE: process.execPath,
    };
    await use({
      launch: async (...args) => {
        const electron = await _electron.launch({
          executablePath: executable,
          args: electronArgs(args),
          env,
          timeout: 30_000,
        });
        running.push(new RunningApp(electron));
        return { electron, homeWindow: new HomeWindow(electron, await electron.firstWindow()) };
      },
      spawn: (...args) => spawn(executable, electronArgs(args), { env, stdio: 'ignore' }),
    });
    for (const [index, app] of running.entries()) {
      if (hasFailed(testInfo)) await app.attach(testInfo, `app-${index + 1}`);
      await app.end();
    }
  },
  app: async ({ apps }, use) => {
    await use(await apps.launch());
  },
});

/** Arguments of Electron: the app's folder, then the app's own. */
function electronArgs(args: readonly string[]): string[] {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [...asRoot, root, ...args];
}

class RunningApp {
  readonly #electron: ElectronApplication;
  /** Playwright forgets the process of an app that has closed. */
  readonly #process: ChildProcess;
  #output = '';

  constructor(electron: ElectronApplication) {
    this.#electron = electron;
    this.#process = electron.process();
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (data: Buffer) => (this.#output += data.toString()));
    }
  }

  async attach(testInfo: TestInfo, name: string): Promise<void> {
    await testInfo.attach(`${name}-output.txt`, { body: this.#output });
    for (const [index, page] of this.#windows().entries()) {
      const body = await page.screenshot({ timeout: 5000 }).catch(() => null);
      if (body === null) continue;
      await testInfo.attach(`${name}-window-${index + 1}.png`, { body, contentType: 'image/png' });
    }
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const gone = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await gone;
  }

  #windows(): readonly Page[] {
    return this.#electron.windows().filter(page => !page.isClosed());
  }
}

function hasFailed({ status, expectedStatus }: TestInfo): boolean {
  return status !== expectedStatus;
}

/** The same home, whose commands are written down with what they print. */
function recorded(home: TestHome, said: string[]): TestHome {
  return {
    ...home,
    cli: async (...args) => {
      const answer = await home.cli(...args);
      said.push(`$ gatehouse ${args.join(' ')}`, answer.out, answer.err, `exit code ${answer.code}`);
      return answer;
    },
    json: async <T>(...args: string[]) => {
      const answer = await home.json<T>(...args);
      said.push(`$ gatehouse ${args.join(' ')} --json`, JSON.stringify(answer));
      return answer;
    },
  };
}

/** `gatehouse.log`, `shell.log` and the logs of servers; not the numbered files of Chromium's databases. */
async function attachLogs(home: TestHome, testInfo: TestInfo): Promise<void> {
  const cwd = join(home.folder, 'gatehouse');
  for await (const file of glob('**/*.log', { cwd })) {
    if (/^\d+\.log$/.test(basename(file))) continue;
    const body = await readFile(join(cwd, file));
    await testInfo.attach(basename(file), { body, contentType: 'text/plain' });
  }
}
