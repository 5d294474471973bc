import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { GatehouseError } from '../../errors.ts';
import type { GuardOptions, ProcessGuard } from './process-guard.ts';
import type { Identity } from './process-family.ts';

type Shell = ChildProcessByStdio<Writable, Readable, null>;

/** Where guard.sh lies next to this file; somewhere else once the core is one bundled file. */
export function guardScript(): string {
  return fileURLToPath(new URL('guard.sh', import.meta.url));
}

/** @throws GatehouseError `guard-failed` */
export async function processGuardOnPosix(options: GuardOptions): Promise<ProcessGuard> {
  const guard = new ShellGuard(options, await startShell(options));
  guard.watch();
  return guard;
}

class ShellGuard implements ProcessGuard {
  readonly #options: GuardOptions;
  #shell: Shell;
  #leader: Identity | null = null;
  #released = false;
  #replaced = 0;

  constructor(options: GuardOptions, shell: Shell) {
    this.#options = options;
    this.#shell = shell;
  }

  get pid(): number | null {
    return this.#shell.pid ?? null;
  }

  follow(leader: Identity): void {
    this.#leader = leader;
    this.#say(`group ${leader.pid} ${leader.start}`);
  }

  /** A guard that somebody killed is replaced; the server notices nothing. */
  watch(): void {
    const shell = this.#shell;
    const ended = (): void => {
      if (!this.#released && shell === this.#shell) void this.#replace();
    };
    if (hasEnded(shell)) ended();
    else shell.once('exit', ended);
  }

  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    const shell = this.#shell;
    if (hasEnded(shell)) return;
    this.#say('done');
    shell.stdin.end();
    const policy = AbortSignal.timeout(2000);
    await once(shell, 'exit', { signal: policy }).catch(() => shell.kill('SIGKILL'));
  }

  #say(line: string): void {
    if (!hasEnded(this.#shell)) this.#shell.stdin.write(`${line}\n`);
  }

  async #replace(): Promise<void> {
    this.#replaced += 1;
    const { log, name } = this.#options;
    if (this.#replaced > 20) {
      log.error('The guard of a server is killed repeatedly; the server runs without one.', {
        run: name,
      });
      return;
    }
    log.warn('The guard of a server was killed; a new one takes its place.', { run: name });
    try {
      const shell = await startShell(this.#options);
      this.#shell = shell;
      this.watch();
      if (this.#released) {
        shell.stdin.end('done\n');
      } else if (this.#leader !== null) this.follow(this.#leader);
    } catch (error) {
      log.error('A new guard could not be started; the server runs without one.', { run: name, error });
    }
  }
}

function hasEnded(shell: Shell): boolean {
  return shell.exitCode !== null || shell.signalCode !== null;
}

async function startShell({ script, runRoot, name, marker }: GuardOptions): Promise<Shell> {
  const shell: Shell = spawn('/bin/sh', [script, runRoot, name], {
    cwd: '/',
    // Nothing of our own environment: it carries no secret and no marker of a run that we may be part of
    // ourselves.
    env: { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' },
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // Writing to a guard that was just killed: its end is noticed by `exit`.
  shell.stdin.on('error', () => undefined);
  // Not by its command line, which every account of the computer may read: who carries the marker counts as
  // ours.
  shell.stdin.write(`marker ${marker}\n`);
  try {
    await Promise.race([
      once(shell.stdout, 'data', { signal: AbortSignal.timeout(5000) }),
      once(shell, 'exit').then(() => Promise.reject(new Error('it ended at once'))),
    ]);
  } catch (cause) {
    shell.kill('SIGKILL');
    throw new GatehouseError(
      'guard-failed',
      `The guard "${script}" that ends a server with Gatehouse could not be started.`,
      {
        nextStep: 'Check that /bin/sh exists and that Gatehouse is completely installed.',
        cause,
      },
    );
  }
  shell.stdout.destroy();
  return shell;
}
