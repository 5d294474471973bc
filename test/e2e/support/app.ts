/* The app as a person has it: a real Electron, a home of its own, a real JupyterLab. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { _electron, test as base, type ElectronApplication, type Page } from '@playwright/test';
import { eventually, makeHome, root, type TestHome } from '../../support/core.ts';
import { processesOf } from '../../support/processes.ts';
import type { ServerInfo } from '../../../src/shared/model.ts';

export interface Desk {
  readonly home: TestHome;
  /** Starts the app; a second time for what a person does after a crash. */
  launch(...args: string[]): Promise<App>;
  /** The same without a hand on it: for a start that is meant to end by itself. */
  spawn(...args: string[]): ChildProcess;
}

export interface App {
  readonly electron: ElectronApplication;
  readonly page: Page;
}

/** Words for the app after its folder. */
function electronArgs(args: readonly string[]): string[] {
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return [...asRoot, root, ...args];
}

export const test = base.extend<{ access: Desk }>({
  // Playwright reads the names of fixtures from the pattern.
  // oxlint-disable-next-line no-empty-pattern
  access: async ({}, use) => {
    const home = await makeHome();
    const running: ChildProcess[] = [];
    const executable = process.env['GATEHOUSE_TEST_ELECTRON'] ?? '';
    const env = {
      ...home.environment,
      DISPLAY: process.env['DISPLAY'] ?? '',
      GATEHOUSE_NODE: process.execPath,
    };
    const launch = async (...args: string[]): Promise<App> => {
      const electron = await _electron.launch({
        executablePath: executable,
        args: electronArgs(args),
        env,
        timeout: 30_000,
      });
      // Playwright forgets the process of an app that has closed.
      running.push(electron.process());
      return { electron, page: await electron.firstWindow() };
    };
    const start = (...args: string[]): ChildProcess =>
      spawn(executable, electronArgs(args), { env, stdio: 'ignore' });
    await use({ home, launch, spawn: start });
    for (const child of running) await end(child);
    await home[Symbol.asyncDispose]();
    await eventually('the end of everything that the test started', 15_000, async () => {
      const left = await processesOf(home.folder);
      if (left.length > 0)
        throw new Error(`Still there: ${left.map(({ pid, argv }) => `${pid} ${argv}`).join('; ')}`);
      return true;
    });
  },
});

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

/** Clicks Start on the JupyterLab that was found and answers with its window. */
export async function startJupyter({ electron, page }: App): Promise<Page> {
  const [lab] = await Promise.all([
    electron.waitForEvent('window', { timeout: 60_000 }),
    page
      .getByRole('button', { name: /^Start JupyterLab/u })
      .first()
      .click({ timeout: 30_000 }),
  ]);
  await lab.locator('.jp-Launcher').waitFor({ timeout: 60_000 });
  return lab;
}

/** The one server of the home. */
export async function onlyServer(home: TestHome): Promise<ServerInfo> {
  const [server] = await home.json<ServerInfo[]>('list');
  if (server === undefined) throw new Error('There is no server.');
  return server;
}

export async function inState(home: TestHome, state: ServerInfo['state']): Promise<ServerInfo> {
  return eventually(`a server that is ${state}`, 30_000, async () => {
    const server = await onlyServer(home);
    return server.state === state ? server : null;
  });
}
