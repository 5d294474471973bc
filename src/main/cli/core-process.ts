import { rm } from 'node:fs/promises';
import { removeLinkFiles } from './browser.ts';
import type { CoreClient } from '../control/core-client.ts';
import { listenControl, type ControlServer } from '../control/control-server.ts';
import { answer } from '../core/calls.ts';
import { composeCore, type ComposeOptions, type Core } from '../core/compose.ts';
import { writeFileAtomic } from '../core/files.ts';
import { shutdownReason } from '../core/idle-shutdown.ts';
import { takeHome, type HomeHold } from '../core/home/home-lock.ts';
import { becomeCore, controlKeyPath, controlSocketPath } from '../core/home/instance.ts';
import { preparePaths } from '../core/paths.ts';
import { mintSecret } from '../core/secret.ts';
import { startOf } from '../core/server/process/processes.ts';

export interface CoreProcessOptions extends Omit<ComposeOptions, 'quit' | 'lookOnly' | 'mayWrite'> {
  /**
   * Started by a shell or another command, without a terminal: ends by itself when it is no longer wanted.
   */
  readonly background: boolean;
}

export interface CoreProcess {
  readonly client: CoreClient;
  /** Stops every server and the control socket. Twice is once. */
  quit(reason: string): Promise<void>;
  /** Whether a window or a command is connected now. */
  readonly watched: () => boolean;
  /** Resolves when the core has ended, whoever asked for it. */
  readonly ended: Promise<void>;
}

/** Milliseconds between two looks at whether a background core is still wanted. */
const attentionInterval = 10_000;

/**
 * Makes this process the core of its installation: lock, control socket, launcher. Throws `core-running`
 * where there is one.
 */
export async function openCoreProcess(options: CoreProcessOptions): Promise<CoreProcess> {
  const { paths, version, background } = options;
  await preparePaths(paths);
  const socket = controlSocketPath(paths.runtime, process.platform);
  const place = background ? 'in the background' : 'in a terminal (`gatehouse serve`)';
  const home = await takeHome(paths, { version, runtime: paths.runtime, place });
  try {
    const lock = await becomeCore(paths.runtime, { pid: process.pid, version, socket, place }, { startOf });
    try {
      return await openUnderLock(options, socket, home, () => lock.release());
    } catch (error) {
      await lock.release();
      throw error;
    }
  } catch (error) {
    await home.release();
    throw error;
  }
}

async function openUnderLock(
  options: CoreProcessOptions,
  path: string,
  home: HomeHold,
  release: () => Promise<void>,
): Promise<CoreProcess> {
  const { paths } = options;
  let end: () => void = () => {};
  const ended = new Promise<void>(resolve => (end = resolve));
  let quitting: Promise<void> | null = null;
  const close = async (reason: string): Promise<void> => {
    await core.launcher.quit(reason);
    clearInterval(watch);
    // After the answer to `core.quit` is on its way: the control socket ends, it is not cut.
    setTimeout(() => void finish(), 20);
  };
  const finish = async (): Promise<void> => {
    await control.close();
    await rm(controlKeyPath(paths.runtime), { force: true });
    await removeLinkFiles(paths.runtime, 0);
    // What could not be written any more is no reason to stay.
    await core
      .close()
      .catch((error: unknown) => core.log.warn('Not everything was saved.', { error: String(error) }));
    await release();
    await home.release();
    end();
  };
  const quit = (reason: string): Promise<void> => (quitting ??= close(reason));
  const core = await composeCore({ ...options, lookOnly: false, quit, mayWrite: home.mayWrite });
  void home.lost.then(() => quit('Another computer or container has taken this home over.'));
  await core.cleanUp();
  const attention = new AttentionWatch(options.background);
  const control = await listen(core, path, options, attention);
  const watch = setInterval(() => {
    const reason = shutdownReason(attention.facts(core), core.settings.get('core.graceMinutes') * 60_000);
    if (reason !== null) void quit(reason);
  }, attentionInterval);
  return { client: localClient(core, options.version), quit, ended, watched: () => attention.watched };
}

async function listen(
  core: Core,
  path: string,
  options: CoreProcessOptions,
  attention: AttentionWatch,
): Promise<ControlServer> {
  const key = mintSecret();
  core.redactor.learn(key);
  if (process.platform !== 'win32') await rm(path, { force: true });
  await writeFileAtomic(controlKeyPath(options.paths.runtime), `${key.reveal()}\n`);
  const server = await listenControl({
    path,
    key,
    version: options.version,
    answer: (name, args) => answer(core.answers, name, args),
    onConnections: count => attention.connections(count),
    redact: text => core.redactor.redact(text),
    onRefused: reason => core.log.warn('A connection to the control socket was refused.', { reason }),
  });
  core.announcer.onAny((name, value) => server.announce(name, value));
  return server;
}

/** The contract without a socket, for a command that runs in the core's own process. */
export function localClient(core: Core, version: string): CoreClient {
  return {
    coreVersion: version,
    // As in control/core-client.ts: the answers are made under the same contract.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion
    call: ((name: string, ...args: unknown[]) => answer(core.answers, name, args)) as CoreClient['call'],
    on: (name, listener) => core.announcer.on(name, listener),
    onClose: () => () => {},
    close: () => {},
  };
}

/** Remembers when a core was last looked at. */
class AttentionWatch {
  readonly #background: boolean;
  #shells = 0;
  #all = 0;
  #shellLeft: number | null = null;
  #lastLeft = performance.now();

  constructor(background: boolean) {
    this.#background = background;
  }

  connections({ shell, cli }: { readonly shell: number; readonly cli: number }): void {
    const now = performance.now();
    if (shell < this.#shells) this.#shellLeft = now;
    this.#shells = shell;
    this.#all = shell + cli;
    this.#lastLeft = now;
  }

  get watched(): boolean {
    return this.#all > 0;
  }

  facts(core: Core): Parameters<typeof shutdownReason>[0] {
    const now = performance.now();
    return {
      background: this.#background,
      connections: this.#all,
      active: core.launcher.active,
      sinceShell: this.#shellLeft === null ? null : now - this.#shellLeft,
      sinceConnection: now - this.#lastLeft,
      sinceUse: Date.now() - core.launcher.lastUsed(),
    };
  }
}
